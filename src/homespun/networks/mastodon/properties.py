"""The forms that a property of an ActivityPub object comes in: a thing, its id, a link to it, or a list of these."""

from collections.abc import Iterator
from typing import Any

from homespun.networks.mastodon.values import URI, address

Thing = dict[str, Any]


def several(value: Any) -> list[Any]:
    """One or many, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def things(value: Any) -> Iterator[Thing]:
    for each in several(value):
        if isinstance(each, dict):
            yield each


def id_of(value: Any) -> str:
    """The id of what stands there; of several the first that has one."""
    for each in several(value):
        told = each
        if isinstance(each, dict):
            told = each.get("id") or each.get("href")
        if found := address(told, URI):
            return found
    return ""


def kinds(thing: Thing) -> list[str]:
    return [each for each in several(thing.get("type")) if isinstance(each, str)]


def links(value: Any) -> Iterator[tuple[str, str, Thing]]:
    """Addresses with the media type that is told for each, and what else is told."""
    for each in several(value):
        if isinstance(each, str):
            if found := address(each):
                yield found, "", {}
        elif isinstance(each, dict):
            kind = each.get("mediaType")
            told = each.get("href") or each.get("url")
            if found := address(told):
                yield found, kind if isinstance(kind, str) else "", each
            elif isinstance(told, list | dict):
                yield from [(link, inner or (kind if isinstance(kind, str) else ""), each) for link, inner, _ in links(told)]


def language_text(thing: Thing, key: str) -> tuple[str, str]:
    """A text and its language (ActivityStreams 4.7): `content`, or `contentMap`, or both."""
    text, mapped = thing.get(key), thing.get(f"{key}Map")
    texts = {lang: each for lang, each in mapped.items() if isinstance(each, str)} if isinstance(mapped, dict) else {}
    if isinstance(text, str) and text:
        return text, next((lang for lang, each in texts.items() if each == text), "")
    return next(((each, lang) for lang, each in texts.items()), ("", ""))
