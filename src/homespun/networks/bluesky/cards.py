"""The card under a post: the first page that it links to, as that page describes itself. This network makes none by itself.

A page that says nothing of itself, forbids programs, or does not answer soon has no card, and the post goes out without.
"""

from collections.abc import Callable
from typing import Any

from homespun.http import Door, NetworkError
from homespun.networks import shrinking
from homespun.networks.bluesky.facets import LINK, whole
from homespun.networks.errors import NetworkError as Refused
from homespun.networks.trees import tree
from homespun.networks.web.metadata import from_metas

PAGES, PICTURES = ("text/html", "application/xhtml+xml"), ("image/jpeg", "image/png", "image/webp")
PAGE_CAP, PICTURE_CAP, DEADLINE = 2 << 20, 8 << 20, 8.0
TITLE, DESCRIPTION = 300, 1000  # letters
LARGEST = 1_000_000  # bytes of its picture (app.bsky.embed.external)
Uploads = Callable[[bytes, str], dict[str, Any]]


def card(door: Door, text: str, upload: Uploads) -> dict[str, Any] | None:
    link = next((whole(match[0]) for match in LINK.finditer(text)), "")
    told = described(door, link) if link else {}
    if not told.get("title"):
        return None
    external = {"uri": link, "title": told["title"][:TITLE], "description": (told.get("text") or "")[:DESCRIPTION]}
    thumb = thumbnail(door, told["media"][0]["url"], upload) if told["media"] else None
    return {"$type": "app.bsky.embed.external", "external": external | ({"thumb": thumb} if thumb else {})}


def described(door: Door, link: str) -> dict[str, Any]:
    try:
        if not door.may_visit(link, deadline=DEADLINE):
            return {}
        answer = door.fetch(link, accept=PAGES, cap_bytes=PAGE_CAP, deadline=DEADLINE)
        page = tree(answer.text)
    except NetworkError:
        return {}
    return dict(from_metas(page, answer.url)) if page is not None else {}


def thumbnail(door: Door, url: str, upload: Uploads) -> dict[str, Any] | None:
    try:
        answer = door.fetch(url, accept=PICTURES, cap_bytes=PICTURE_CAP, deadline=DEADLINE)
        return upload(*shrinking.fitted(answer.body, answer.content_type, LARGEST))
    except (NetworkError, Refused):
        return None
