"""Rendered pages, kept in memory for everybody until something else is to be shown.

A page is kept under a key that holds all it depends on, so nothing has to be thrown away in time: what is to be shown next
has another key. Which one that is, is asked of the database on every request, so that a withdrawal shows at once.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

ROOM = 32 << 20  # bytes of pages in one process


@dataclass(frozen=True)
class Page:
    """A whole answer: as it is, packed for the line, and the tag by which a browser says that it has it."""

    body: bytes
    packed: bytes
    etag: str
    content_type: str
    frames: tuple[str, ...]  # where players may be loaded from once a visitor asks

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


@dataclass(frozen=True)
class Mark:
    """Of an answer that may be sent again as it is while `current` gives the same key."""

    key: Hashable
    current: Callable[[], Hashable]


class Shelf:
    """Pages by key; those that nobody has asked for longest make room."""

    def __init__(self, room: int = ROOM) -> None:
        self.room = room
        self.pages: OrderedDict[Hashable, Page] = OrderedDict()
        self.taken = 0
        self.lock = Lock()

    def take(self, key: Hashable) -> Page | None:
        with self.lock:
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Page) -> None:
        with self.lock:
            if replaced := self.pages.pop(key, None):
                self.taken -= replaced.size
            self.pages[key] = page
            self.taken += page.size
            while self.taken > self.room and len(self.pages) > 1:
                self.taken -= self.pages.popitem(last=False)[1].size


shelf = Shelf()


def answer(
    request: HttpRequest,
    *,
    key: Hashable,
    make: Callable[[], str | tuple[str, tuple[str, ...]]],
    content_type: str = "text/html; charset=utf-8",
    language: str = "",
) -> HttpResponse:
    """The page of that key, made if it is not kept; or the word that the browser has it already.

    `make` gives the text, and with it the origins of players if there are any.
    """
    page = None if settings.DEBUG else shelf.take(key)
    if page is None:
        made = make()
        text, frames = made if isinstance(made, tuple) else (made, ())
        page = bound(text, content_type, frames)
        shelf.put(key, page)
    response = _response(request, page)
    response["ETag"] = page.etag
    response["Cache-Control"] = "public, no-cache"
    response["Vary"] = "Accept-Encoding"
    if language:
        response["Content-Language"] = language
    return response


def bound(text: str, content_type: str, frames: tuple[str, ...]) -> Page:
    body = text.encode()
    etag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    return Page(body, gzip.compress(body, 6, mtime=0), etag, content_type, frames)


def _response(request: HttpRequest, page: Page) -> HttpResponse:
    if page.etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(page.packed if packed else page.body, content_type=page.content_type)
    if packed:
        response["Content-Encoding"] = "gzip"
    if page.frames:
        response._csp_update = {"frame-src": list(page.frames)}  # type: ignore[attr-defined]  # how django-csp is told for one answer
    return response
