"""The forms that a property of an ActivityPub object comes in: a thing, its id, a link to it, or a list of these."""

from typing import Any

from homespun.networks.mastodon.values import URI, address

Thing = dict[str, Any]
Link = tuple[str, str, Thing]  # an address, its media type, and what else is told of it


def several(value: Any) -> list[Any]:
    """One or many, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def things(value: Any) -> list[Thing]:
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def id_of(value: Any) -> str:
    """The id of what stands there; of several the first that has one."""
    if isinstance(value, str):
        return address(value, URI)
    for each in value if isinstance(value, list) else (value,):
        told = (each.get("id") or each.get("href")) if isinstance(each, dict) else each
        if told and (found := address(told, URI)):
            return found
    return ""


def kinds(thing: Thing) -> list[str]:
    told = thing.get("type")
    if isinstance(told, str):
        return [told]
    return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []


def links(value: Any) -> list[Link]:
    """Addresses with the media type that is told for each, and what else is told."""
    if isinstance(value, str):
        found = address(value)
        return [(found, "", {})] if found else []
    return [link for each in several(value) for link in _links_of(each)]


def _links_of(value: Any) -> list[Link]:
    if not isinstance(value, dict):
        return links(value) if isinstance(value, str) else []
    kind = value.get("mediaType")
    kind = kind if isinstance(kind, str) else ""
    told = value.get("href") or value.get("url")
    if found := address(told):
        return [(found, kind, value)]
    return [(link, inner or kind, value) for link, inner, _ in links(told)] if isinstance(told, list | dict) else []


def language_text(thing: Thing, key: str) -> tuple[str, str]:
    """A text and its language (ActivityStreams 4.7): `content`, or `contentMap`, or both."""
    text, mapped = thing.get(key), thing.get(f"{key}Map")
    texts = mapped.items() if isinstance(mapped, dict) else ()
    if isinstance(text, str) and text:
        return text, next((lang for lang, each in texts if each == text), "") if texts else ""
    return next(((each, lang) for lang, each in texts if isinstance(each, str)), ("", ""))
