"""What a page says of itself to machines: JSON-LD by schema.org, meta elements, links."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from lxml.html import HtmlElement

from homespun.networks import tolerant
from homespun.networks.web.addresses import is_same_site, tidy
from homespun.networks.web.moments import ms_of
from homespun.networks.web.records import Record

ARTICLES = frozenset(
    re.findall(
        r"\w+",
        """Article NewsArticle BlogPosting SocialMediaPosting DiscussionForumPosting Report ScholarlyArticle TechArticle AnalysisNewsArticle
        VideoObject AudioObject PodcastEpisode Episode Review Recipe""",
    )
)
FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json")
PUBLISHED = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dcterms.created",
    "dcterms.date",
    "pubdate",
    "og:published_time",
)
MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified")
MOST = 500  # things of one page


class Person(msgspec.Struct, gc=False):
    name: str | None = None
    url: str | None = None


def metas(page: HtmlElement) -> dict[str, str]:
    """Names in small letters; of several the first."""
    found: dict[str, str] = {}
    for each in page.xpath("//meta[@content]")[:MOST]:
        name = (each.get("property") or each.get("name") or each.get("itemprop") or "").strip().lower()
        if name and each.get("content").strip():
            found.setdefault(name, each.get("content").strip())
    return found


def first(told: dict[str, str], names: tuple[str, ...]) -> str:
    return next((told[name] for name in names if told.get(name)), "")


def from_metas(page: HtmlElement, url: str) -> Record:
    told = metas(page)
    picture = tidy(first(told, ("og:image", "og:image:url", "twitter:image")), url)
    titles = page.xpath("//title")
    author = first(told, ("author", "article:author", "dc.creator", "twitter:creator"))
    return {
        "title": first(told, ("og:title", "twitter:title")) or (str(titles[0].text_content()).strip() if titles else ""),
        "text": first(told, ("og:description", "description", "twitter:description")),
        "site": first(told, ("og:site_name", "application-name")),
        "author": {"name": "" if author.startswith("http") else author.removeprefix("@")},
        "published": ms_of(first(told, PUBLISHED)),
        "edited": ms_of(first(told, MODIFIED)),
        "lang": (page.get("lang") or told.get("og:locale", "")).replace("_", "-"),
        "media": [{"url": picture, "type": "image", "alt": told.get("og:image:alt", "")}] if picture else [],
    }


def is_article(page: HtmlElement) -> bool:
    return metas(page).get("og:type", "").startswith(("article", "video", "music.song"))


def canonical(page: HtmlElement, url: str) -> str:
    """The address that the page says it goes by, where it may say so; else the one at which it was found."""
    for each in page.xpath("//link[@href][contains(concat(' ', translate(@rel, 'CANONIL', 'canonil'), ' '), ' canonical ')]/@href")[:1]:
        told = tidy(each, url)
        if told and is_same_site(told, url):
            return told
    return tidy(url)


def feeds(page: HtmlElement, url: str) -> list[str]:
    """The feeds that a page offers, those of comments last."""
    found: dict[str, bool] = {}
    for each in page.xpath("//link[@href][@rel][@type]")[:MOST]:
        kind = each.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in each.get("rel", "").lower().split() and kind in FEEDS and (address := tidy(each.get("href"), base(page, url))):
            found.setdefault(address, "comment" in f"{each.get('title', '')} {address}".lower())
    return sorted(found, key=found.__getitem__)


def base(page: HtmlElement, url: str) -> str:
    """What relative addresses of the page are relative to."""
    told = page.xpath("//base[@href]/@href")
    return (tidy(told[0], url) if told else "") or url


def from_json_ld(page: HtmlElement, url: str) -> Record:
    """What is said of the article, the video or the episode that the page is about; {} where nothing is."""
    things = list(json_ld(page))
    by_id = {str(each["@id"]): each for each in things if each.get("@id")}
    thing = next((each for each in things if ARTICLES & types(each)), None)
    if thing is None:
        return {}
    author = person(thing.get("author") or thing.get("creator"), by_id)
    publisher = person(thing.get("publisher"), by_id)
    return {
        "title": text(thing.get("headline")) or text(thing.get("name")),
        "text": text(thing.get("articleBody")) or text(thing.get("description")),
        "author": {"name": author.name, "url": tidy(author.url, url)},
        "site": publisher.name or "",
        "published": ms_of(thing.get("datePublished") or thing.get("uploadDate") or thing.get("dateCreated")),
        "edited": ms_of(thing.get("dateModified")),
        "lang": text(thing.get("inLanguage")),
    }


def json_ld(page: HtmlElement) -> Iterator[Record]:
    count = 0
    for script in page.xpath("//script[@type='application/ld+json']")[:20]:
        waiting: list[Any] = [tolerant.loosely(str(script.text_content()).strip().encode("utf-8", errors="replace"))]
        while waiting and count < MOST:
            each = waiting.pop(0)
            if isinstance(each, list):
                waiting = [*each[:MOST], *waiting]
            elif isinstance(each, dict):
                count += 1
                yield each
                waiting += [each[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if isinstance(each.get(name), list | dict)]


def types(thing: Record) -> set[str]:
    told = thing.get("@type")
    return {str(each).rpartition("/")[2] for each in (told if isinstance(told, list) else [told])}


def person(told: Any, by_id: dict[str, Record]) -> Person:
    if isinstance(told, list):
        told = told[0] if told else None
    if isinstance(told, str):
        return Person(url=told) if told.startswith("http") else Person(name=told)
    if isinstance(told, dict) and not told.get("name"):
        told = by_id.get(str(told.get("@id")), told)
    return tolerant.fitted(Person, told)


def text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return value.strip() if isinstance(value, str) else ""
