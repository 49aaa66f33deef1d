"""Pictures, films and sounds of an ActivityPub object: attached as one or as many, by type, by media type or by the end of their name."""

import re
from collections.abc import Iterator

from homespun.networks.mastodon.properties import Thing, kinds, links, things
from homespun.networks.mastodon.values import ALT, address, kept, pixels
from homespun.networks.values import Media

MOST, FILE = 40, 300
ENDS = re.compile(
    r"\.(?:(jpe?g|png|gif|webp|avif|heic|svg|jxl|bmp)|(mp4|webm|mov|m4v|ogv)|(mp3|ogg|oga|wav|flac|m4a|opus))(?:[?#]|$)", re.IGNORECASE
)
BY_END = ("image", "video", "audio")
BY_TYPE = {"Image": "image", "Video": "video", "Audio": "audio"}


def of(thing: Thing, kind: str, *, is_own: bool = False) -> list[Media]:
    """Those attached, and what the object itself is where it is a film, a sound or a picture; its header picture where it has a title.

    `is_own`: it is out of an export, where pictures are files beside it.
    """
    found = [medium for each in things(thing.get("attachment")) if (medium := attached(each, is_own=is_own))]
    if kind in BY_TYPE or kind == "Document":
        found += own(thing, kind)
    elif kind in ("Article", "Page", "Event"):
        found += [medium for each in things(thing.get("image")) if (medium := attached(each | {"type": "Image"}))]
    return list({(medium.url, medium.file): medium for medium in found}.values())[:MOST]


def attached(each: Thing, *, is_own: bool = False) -> Media | None:
    told = each.get("url")
    if is_own and isinstance(told, str) and told.startswith("/") and (kind := kind_of(told, str(each.get("mediaType") or ""), kinds(each))):
        return medium("", kind, each, kept(told.lstrip("/"), FILE))
    for link, told, _ in links([each]):
        if kind := kind_of(link, told or str(each.get("mediaType") or ""), kinds(each)):
            return medium(link, kind, each)
    return None


def own(thing: Thing, kind: str) -> Iterator[Media]:
    """The best of what the object offers of itself."""
    fitting = [
        (pixels(told.get("height")), link)
        for link, media_type, told in links(thing.get("url"))
        if kind_of(link, media_type, []) == BY_TYPE.get(kind, "image")
    ]
    if fitting:
        yield medium(max(fitting)[1], BY_TYPE.get(kind, "image"), {"name": thing.get("name")})


def kind_of(link: str, media_type: str, types: list[str]) -> str:
    """ "" for what is neither seen nor heard: pages, texts, recipes."""
    if "Link" in types and not media_type:
        return ""
    if media_type:
        first = media_type.partition("/")[0].lower()
        return ("gif" if media_type == "image/gif" else first) if first in BY_END else ""
    if found := next((BY_TYPE[each] for each in types if each in BY_TYPE), ""):
        return found
    match = ENDS.search(link)
    return BY_END[(match.lastindex or 1) - 1] if match else ""


def medium(link: str, kind: str, told: Thing, file: str = "") -> Media:
    alt = next((value for key in ("name", "summary") if (value := kept(told.get(key), ALT))), "")
    return Media("image" if kind == "gif" else kind, address(link), file, alt, pixels(told.get("width")), pixels(told.get("height")))
