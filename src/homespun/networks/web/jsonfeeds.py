"""JSON Feed 1.1 (jsonfeed.org/version/1.1), and 1 before it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from homespun.networks import tolerant
from homespun.networks.web.moments import ms_of


class Author(msgspec.Struct, gc=False):
    name: str | None = None
    url: str | None = None
    avatar: str | None = None


class Attachment(msgspec.Struct, gc=False):
    url: str | None = None
    mime_type: str | None = None
    title: str | None = None


class Item(msgspec.Struct, gc=False):
    id: str | int | float | None = None
    url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    image: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    authors: list[Author] | None = None
    author: Author | None = None  # of version 1
    language: str | None = None
    attachments: list[Attachment] | None = None


class Whole(msgspec.Struct, gc=False):
    authors: list[Author] | None = None
    author: Author | None = None
    language: str | None = None
    items: list[Item] | None = None


def entries(feed: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The items by their ids, as records."""
    told = tolerant.fitted(Whole, feed)
    for item in told.items or ():
        name = str(item.id if item.id is not None else "") or item.url or ""
        if name:
            yield name, of_item(item, told)


def of_item(item: Item, feed: Whole) -> dict[str, Any]:
    author = next(
        iter([*(item.authors or ()), *filter(None, [item.author]), *(feed.authors or ()), *filter(None, [feed.author])]), Author()
    )
    attached = [{"url": each.url, "type": each.mime_type, "alt": each.title} for each in item.attachments or ()]
    return {
        "url": item.url or "",
        "title": " ".join((item.title or "").split()),
        "html": item.content_html or "",
        "text": item.content_text or item.summary or "",
        "author": {"name": author.name, "url": author.url, "photo": author.avatar},
        "published": ms_of(item.date_published) or ms_of(item.date_modified),
        "updated": ms_of(item.date_modified),
        "lang": item.language or feed.language or "",
        "media": [*attached, *([{"url": item.image, "type": "image"}] if item.image else [])],
    }
