"""Microformats 2: the `h-entry` of a page, with whom it is by and what it answers (microformats.org/wiki/h-entry)."""

from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from homespun.networks.web.addresses import is_same_site, tidy
from homespun.networks.web.moments import ms_of
from homespun.networks.web.records import Record

LARGEST = 1_500_000  # characters of a page that is read as a tree of Python objects
DEEPEST = 20
BROKEN = (RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError)  # what mf2py raises at odd pages


def entry_of(page: HtmlElement, url: str) -> Record:
    """What the entry of this page says; {} where there is none, or more than one and none is at this address."""
    if not page.xpath("//*[contains(@class, 'h-entry')]"):
        return {}
    html = etree.tostring(page, encoding="unicode", method="html")  # with what is nested too deeply left out
    if len(html) > LARGEST:
        return {}
    import mf2py  # noqa: PLC0415  # a tenth of a second and 15 MB, for which commands that read no page need not wait

    try:
        told = mf2py.parse(doc=html, url=url)
    except BROKEN:
        return {}
    entries = [each for each in items(told.get("items"), 0) if "h-entry" in kinds(each)]
    mine = [each for each in entries if tidy(first(each, "url"), url) == tidy(url)]
    found = mine[0] if mine else entries[0] if len(entries) == 1 else None
    return of_entry(found, told, url) if found else {}


def of_entry(entry: Record, told: Record, url: str) -> Record:
    content = value(entry, "content")
    html = content.get("html", "") if isinstance(content, dict) else ""
    text = plain(content) or plain(value(entry, "summary"))
    title = plain(value(entry, "name"))
    card = author_of(entry, told)
    address = tidy(first(entry, "url"), url)
    return {
        "url": address if address and is_same_site(address, url) else "",
        "title": "" if title and " ".join(text.split()).startswith(" ".join(title.split())[:200]) else title,
        "html": html,
        "text": text,
        "author": {"name": plain(value(card, "name")), "url": tidy(first(card, "url"), url), "photo": tidy(first(card, "photo"), url)},
        "published": ms_of(plain(value(entry, "published"))),
        "edited": ms_of(plain(value(entry, "updated"))),
        "parent": tidy(first(entry, "in-reply-to"), url),
        "media": [
            {"url": tidy(address_of(each), url), "type": kind, "alt": each.get("alt", "") if isinstance(each, dict) else ""}
            for kind, name in (("image", "photo"), ("video", "video"), ("audio", "audio"))
            for each in values(entry, name)[:20]
        ],
    }


def items(found: Any, depth: int) -> list[Record]:
    """The things of a page, those inside a feed too."""
    every: list[Record] = []
    for each in found if isinstance(found, list) and depth < DEEPEST else ():
        if isinstance(each, dict):
            every += [each, *items(each.get("children"), depth + 1)]
    return every


def author_of(entry: Record, told: Record) -> Record:
    """The card of the entry, else the one card of the page (microformats.org/wiki/authorship, the steps that ask nobody)."""
    own = value(entry, "author")
    if isinstance(own, dict) and own.get("properties"):
        return own
    cards = [each for each in items(told.get("items"), 0) if "h-card" in kinds(each)]
    if isinstance(own, str) and own:
        known = [each for each in cards if own in (address_of(found) for found in values(each, "url"))]
        return known[0] if known else {"properties": {"url" if own.startswith("http") else "name": [own]}}
    return cards[0] if len(cards) == 1 else {}


def kinds(thing: Record) -> list[str]:
    told = thing.get("type")
    return told if isinstance(told, list) else []


def values(thing: Record, name: str) -> list[Any]:
    told = thing.get("properties")
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, list) else []


def value(thing: Record, name: str) -> Any:
    return next(iter(values(thing, name)), None)


def first(thing: Record, name: str) -> str:
    return address_of(value(thing, name))


def address_of(told: Any) -> str:
    """Of a property that is an address, a picture with its description, or a thing with an address."""
    if isinstance(told, dict):
        return first(told, "url") if told.get("properties") else str(told.get("value") or "")
    return told if isinstance(told, str) else ""


def plain(told: Any) -> str:
    if isinstance(told, dict):
        told = told.get("value")
    return told.strip() if isinstance(told, str) else ""
