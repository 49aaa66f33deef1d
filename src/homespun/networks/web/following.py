"""Following a feed or a page: what is new behind a cursor, and what says other words than before.

The cursor has what the site wants to hear the next time (`etag`, `modified`), the feed that a page offers, and for each entry that the
feed now lists by what it can be known again: a digest of its words, and when it was first seen where it has no time of its own.
"""

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from homespun.http import Answer, Door, charsets
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Cursor, Page, Post, Unread
from homespun.networks.web import feeds, pages, records
from homespun.networks.web.addresses import tidy
from homespun.networks.web.asking import ask
from homespun.networks.web.feeds import Feed
from homespun.networks.web.moments import ms_of
from homespun.networks.web.records import Record, Told
from homespun.networks.web.shut import refusal

AT_ONCE = 200
SOON = 3_600_000  # ms
SAME = ("title", "html", "text", "media", "parent")  # what is said anew when it changes


class Seen(msgspec.Struct):
    """What is at an address now: a feed or a page, and where it came from."""

    answer: Answer
    url: str
    feed: Feed | None = None
    page: pages.Read | None = None


def look(door: Door, url: str, *, etag: str = "", modified: str = "", invited: bool = False) -> Seen:
    """Ask, and read what comes as what it is. Raises `NetworkError`."""
    answer = ask(door, url, etag=etag, modified=modified, invited=invited)
    seen = Seen(answer, tidy(answer.url) or url)
    if said := refusal(seen.url):
        raise NetworkError(said)
    if answer.unchanged:
        return seen
    try:
        read(seen)
    except TimeoutError as error:
        raise NetworkError(_("Reading what is there takes too long."), permanent=False) from error
    if seen.feed is None and seen.page is None:
        raise NetworkError(_("What is there is neither a page nor a feed."))
    return seen


def read(seen: Seen) -> None:
    """Turn the answer into a feed or a page, if it is one. Raises `TimeoutError`."""
    answer, content_type = seen.answer, seen.answer.headers.get("content-type", "")
    if feeds.looks_like_one(answer.body, answer.content_type):
        seen.feed = feeds.read(answer.body, seen.url, content_type, seconds=answer.seconds_left)
    elif answer.content_type in ("text/html", "application/xhtml+xml"):
        seen.page = pages.read(charsets.decode(answer.body, content_type, seconds=answer.seconds_left), seen.url)


def followed(door: Door, address: str, cursor: Cursor) -> Iterator[Page]:
    """What is new at a feed, or at the feed that a page offers; else the page itself, when it says other words."""
    url = str(cursor.get("feed") or address)
    told = {"etag": str(cursor.get("etag", "")), "modified": str(cursor.get("modified", ""))}
    seen = look(door, url, invited=bool(cursor.get("invited")), **told)
    if seen.answer.unchanged:
        return
    kept: Cursor = {name: cursor[name] for name in ("feed", "invited") if name in cursor}
    if seen.page and not seen.page.article and seen.page.feeds and not cursor.get("page"):
        kept = {"feed": seen.page.feeds[0], "invited": True}
        seen = look(door, seen.page.feeds[0], invited=True)
    if seen.feed:
        yield from of_feed(seen, seen.feed, kept, known_of(cursor))
    elif seen.page:
        yield from of_page(seen, seen.page, known_of(cursor))


def known_of(cursor: Cursor) -> dict[str, str]:
    known = cursor.get("known")
    return known if isinstance(known, dict) else {}


def said_next(answer: Answer) -> Cursor:
    """What to tell the site the next time, so that it need not send the same again."""
    return {name: value for name, value in (("etag", answer.etag), ("modified", answer.last_modified)) if value}


def of_feed(seen: Seen, feed: Feed, kept: Cursor, before: dict[str, str]) -> Iterator[Page]:
    """Oldest first. What a kill leaves unread is new the next time: the site is told that we have it with the last page only."""
    known: dict[str, str] = {}
    posts: list[Post] = []
    unread: list[Unread] = []
    for name, record, told in reversed(list(timed(feed, before, now_ms()))):
        if before.get(name) == told:
            known[name] = told
            continue
        edited = name in before and before[name].partition(":")[0] != told.partition(":")[0]
        try:
            posts.append(post_of(record, now_ms() if edited else 0))
        except Unusable as error:
            unread.append(Unread(Said(str(record.get("url") or record.get("title"))[:200]), error.said))
        known[name] = told
        if len(posts) >= AT_ONCE:
            yield Page(posts, {**kept, "known": {**before, **known}}, unread=tuple(unread))
            posts, unread = [], []
    yield Page(posts, {**kept, "known": known, **said_next(seen.answer)}, unread=tuple(unread), progress=1.0)


def timed(feed: Feed, before: dict[str, str], now: int) -> Iterator[tuple[str, Record, str]]:
    """Short name, record and what it can be known again by; newest first. What has no time was written when it was first seen."""
    found = []
    for place, (name, record) in enumerate(feed.entries):
        short, print_of = digest(name), digest_of(record)
        moment = record.get("published")
        if not moment:
            first = before.get(short, "").partition(":")[2]
            moment = int(first) if first.isdigit() else now - place * 1000
            print_of = f"{print_of}:{moment}"
        found.append((short, record | {"published": moment}, print_of))
    yield from sorted({each[0]: each for each in reversed(found)}.values(), key=lambda each: each[1]["published"], reverse=True)


def digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", errors="replace")).hexdigest()[:12]


def digest_of(record: Record) -> str:
    return digest(repr([record.get(name) for name in SAME]))


def of_page(seen: Seen, page: pages.Read, before: dict[str, str]) -> Iterator[Page]:
    told = digest_of(page.record)
    first, _mark, moment = before.get("page", "").partition(":")
    record = page.record | {"published": page.record.get("published") or (int(moment) if moment else undated(seen.answer))}
    cursor = {"page": True, "known": {"page": f"{told}:{record['published']}"}, **said_next(seen.answer)}
    if first == told:
        yield Page([], cursor, progress=1.0)
        return
    yield Page([post_of(record, now_ms() if first else 0)], cursor, progress=1.0)


def post_of(record: Record, edited: int) -> Post:
    """The post that it is now; `edited` where it said other words before, and 0 where it is seen for the first time. Raises `Unusable`."""
    told = tolerant.fitted(Told, record)
    updated = record.get("updated") or told.edited
    if not edited and told.edited - told.published < SOON:
        told.edited = 0  # whoever publishes looks it over once more
    if edited:
        told.edited = updated if isinstance(updated, int) and told.published < updated <= edited else edited
    return records.post(records.packed(told))


def posts_of(feed: Feed) -> list[Post]:
    """All that a feed now lists, newest first."""
    found = []
    for _name, record, _told in timed(feed, {}, now_ms()):
        try:
            found.append(post_of(record, 0))
        except Unusable:
            continue
    return found


def undated(answer: Answer) -> int:
    """When a page was written that does not say it: when it was changed last, or today."""
    day: Any = 86_400_000
    return ms_of(answer.last_modified) or now_ms() // day * day


def now_ms() -> int:
    return int(time.time() * 1000)
