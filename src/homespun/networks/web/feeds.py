"""Feeds: RSS, Atom and JSON Feed as records of their entries, and what each says of itself."""

import hashlib
import io
import math
import re
from collections.abc import Iterator
from typing import Any

import feedparser
import msgspec

from homespun.http import charsets
from homespun.networks import tolerant
from homespun.networks.web.addresses import home_of, is_same_site, tidy
from homespun.networks.web.jsonfeeds import entries as json_entries
from homespun.networks.web.moments import ms_of_parsed
from homespun.networks.web.records import Record
from homespun.networks.web.texts import text_of_html

MOST = 5_000  # entries of one feed
XML = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml")
JSON = ("application/feed+json", "application/json")
TYPES = (*XML, *JSON)
BEGINNING = 1 << 16
BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)  # what feedparser raises at odd feeds
OWN_NAME = re.compile(r"[?&]entry=[0-9a-f]{24}$")  # of what a feed copies from elsewhere
DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
SPACE = b"\xef\xbb\xbf \t\r\n"
FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^?]*+\?>|<!--(?:[^-]|-(?!->))*+-->|<![^->\[][^>\[]*+(?:\[[^\]]*+\])?[^>]*+>)*+<([\w:.-]+)")


class Feed(msgspec.Struct):
    """A feed, read. `entries` are records without a time where the feed tells none, and with a name of their own each."""

    url: str
    title: str = ""
    home: str = ""
    photo: str = ""
    entries: list[tuple[str, Record]] = []


def looks_like_one(body: bytes, content_type: str) -> bool:
    """By its first element, whatever its type says; what says that it is XML may be one that feedparser mends."""
    if content_type == "application/feed+json" or (body[:64].strip(SPACE).startswith(b"{") and b"jsonfeed.org/version" in body[:4096]):
        return True
    match = FIRST.match(charsets.decode(body[:BEGINNING], content_type, is_document=True).encode())
    if match is None:
        return False
    name = match[1].lower().rpartition(b":")[2]
    return name in (b"rss", b"feed", b"rdf") or (content_type in XML and name != b"html")


def read(body: bytes, url: str, content_type: str, *, seconds: float = math.inf) -> Feed | None:
    """None where it is no feed. Raises `TimeoutError` where decoding it takes longer than so many seconds."""
    if body[:64].lstrip(SPACE).startswith(b"{"):
        told = tolerant.loosely(charsets.decode(body, content_type, seconds=seconds).encode())
        return of_json(told, url) if isinstance(told, dict) else None
    text = charsets.decode(body, content_type, is_document=True, seconds=seconds)
    text = DECLARATION.sub("", text, count=1)  # feedparser would try any codec that it names
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        told = feedparser.parse(io.BytesIO(text.encode()), response_headers=headers, sanitize_html=False)
    except BROKEN:
        return None
    if not told.get("version") and not told.get("entries"):
        return None
    return of_xml(told, url)


def of_json(told: Record, url: str) -> Feed | None:
    if "jsonfeed.org/version" not in str(told.get("version")):
        return None
    home = tidy(told.get("home_page_url"), url) if isinstance(told.get("home_page_url"), str) else ""
    feed = Feed(url, words(told.get("title")), home or home_of(url), words(told.get("icon")))
    feed.entries = [placed(feed, name, each) for name, each in json_entries(told)][:MOST]
    return feed


def of_xml(told: Any, url: str) -> Feed:
    about = told.get("feed", {})
    image = about.get("image", {})
    feed = Feed(url, words(about.get("title")), tidy(about.get("link"), url) or home_of(url), words(image.get("href") or about.get("icon")))
    feed.entries = [placed(feed, name, each) for name, each in xml_entries(told, about)]
    return feed


def xml_entries(told: Any, about: Any) -> Iterator[tuple[str, Record]]:
    for entry in told.get("entries", ())[:MOST]:
        name = words(entry.get("id")) or words(entry.get("link")) or words(entry.get("title"))
        if name:
            yield name, of_entry(entry, about)


def of_entry(entry: Any, about: Any) -> Record:
    """What feedparser tells of an entry; whoever wrote it is said by it, or by the feed."""
    detail = entry.get("author_detail") or about.get("author_detail") or {}
    content: Any = next((each for each in entry.get("content", ()) if each.get("value")), {})
    answered = entry.get("thr_in-reply-to") or {}
    html = words(content.get("value")) or words(entry.get("summary"))
    return {
        "url": words(entry.get("link")),
        "title": plain(entry.get("title_detail") or {"value": entry.get("title")}),
        "html": html,
        "author": {"name": words(detail.get("name") or entry.get("author")), "url": words(detail.get("href"))},
        "published": ms_of_parsed(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
        "updated": ms_of_parsed(dict.get(entry, "updated_parsed")),
        "lang": words(content.get("language") or about.get("language")),
        "parent": words(answered.get("href") or answered.get("ref")),
        "replies": number(entry.get("thr_total") or entry.get("slash_comments")),
        "media": [*enclosures(entry), *thumbnails(entry)],
    }


def plain(detail: Any) -> str:
    """A title is text, which some write as html."""
    from_html = "html" in words(detail.get("type"))
    value = words(detail.get("value"))
    return text_of_html(value).replace("\n", " ") if from_html or "&" in value else " ".join(value.split())


def enclosures(entry: Any) -> Iterator[Record]:
    for each in entry.get("enclosures", ())[:20]:
        yield {"url": words(each.get("href") or each.get("url")), "type": words(each.get("type")) or "audio"}
    for each in entry.get("media_content", ())[:20]:
        kind = words(each.get("type")) or words(each.get("medium"))
        yield {"url": words(each.get("url")), "type": "" if "flash" in kind else kind, "width": number(each.get("width"))}


def thumbnails(entry: Any) -> Iterator[Record]:
    for each in entry.get("media_thumbnail", ())[:1]:
        found = {"url": words(each.get("url")), "type": "image", "width": number(each.get("width")), "height": number(each.get("height"))}
        yield found


def placed(feed: Feed, name: str, entry: Record) -> tuple[str, Record]:
    """The entry with the addresses that it goes by. One that is at home elsewhere is a copy, and goes by a name of the feed's own: no
    site may say what stands on another."""
    told = {"site": feed.title} | entry
    link = tidy(entry.get("url"), feed.url)
    permalink = link or (tidy(name) if name.startswith("http") else "")
    if permalink and is_same_site(permalink, feed.url):
        return name, told | {"url": permalink, "home": home_of(permalink)}
    own = tidy(feed.url)
    return name, told | {"url": f"{own}{'&' if '?' in own else '?'}{query(name)}", "link": link, "home": home_of(own), "copied": True}


def query(name: str) -> str:
    """A name within a feed as a part of an address, the same every time."""
    digest = hashlib.sha256(name.encode("utf-8", errors="replace")).hexdigest()[:24]
    return f"entry={digest}"


def words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
