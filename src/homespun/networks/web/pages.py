"""A page as a record: its words, by whom and when, and the feeds that it offers."""

from typing import Any

import msgspec
from lxml import etree
from lxml.html import HtmlElement

from homespun.networks.trees import tree
from homespun.networks.web import metadata, microformats
from homespun.networks.web.addresses import tidy
from homespun.networks.web.moments import ms_in_path, ms_of
from homespun.networks.web.records import LONGEST_HTML, Record
from homespun.networks.web.texts import text_of

AROUND = "|".join(
    f".//{name}" for name in ("script", "style", "nav", "form", "aside", "footer", "template", "noscript", "iframe", "svg", "button")
)
FEWEST = 200  # letters of a part of a page that is taken for its words


class Read(msgspec.Struct):
    """A page, read. The record has no time where the page tells none."""

    record: Record
    feeds: list[str] = []
    article: bool = False  # it says itself that it is one: a post, a video, an episode


def read(html: str, url: str) -> Read | None:
    """None for what cannot be read as a page."""
    page = tree(html)
    if page is None:
        return None
    entry, said, metas = microformats.entry_of(page, url), metadata.from_json_ld(page, url), metadata.from_metas(page, url)
    feeds = metadata.feeds(page, url)
    article = bool(entry or said) or metadata.is_article(page)
    if entry.get("html") or entry.get("text"):
        metas |= {"title": "", "text": ""}  # which a note has none of, and a site writes all the same
    record = joined(entry, said, metas)
    record["url"] = entry.get("url") or metadata.canonical(page, url)
    record["names"] = [tidy(url)]
    if not record.get("html") and not (entry and record.get("text")):
        record["guessed"] = True
        record |= words(page, metadata.base(page, url), record)
    record["published"] = record.get("published") or in_time(page) or ms_in_path(record["url"])
    return Read(record, feeds, article)


def joined(*told: Record) -> Record:
    """The first that says something, field by field; of an author by name, what else is said of the same."""
    found: Record = {}
    for each in told:
        for name, value in each.items():
            if name != "author" and value and not found.get(name):
                found[name] = value
    authors = [each["author"] for each in told if each.get("author") and any(each["author"].values())]
    if authors:
        found["author"] = authors[0] if authors[0].get("name") or len(authors) == 1 else authors[0] | {"name": authors[1].get("name")}
    return found


def words(page: HtmlElement, base: str, record: Record) -> dict[str, Any]:
    """The part of the page that is its words; what it says of itself in short, where no part of it is long enough."""
    part = part_of(page)
    if part is None:
        return {}
    for each in part.xpath(AROUND):
        each.drop_tree()
    for each in part.xpath(".//h1")[:1]:
        if " ".join(str(each.text_content()).split()) in " ".join(str(record.get("title", "")).split()):
            each.drop_tree()
    if len(text_of(part)) < max(FEWEST, len(record.get("text", ""))):
        return {}
    for each in part.xpath("//base[@href]"):
        del each.attrib["href"]  # lxml would fail at one that is no address
    part.make_links_absolute(base, resolve_base_href=False, handle_failures="ignore")
    html = etree.tostring(part, encoding="unicode", method="html", with_tail=False)
    return {"html": html} if len(html) <= LONGEST_HTML else {"text": text_of(part)}


def part_of(page: HtmlElement) -> HtmlElement | None:
    """What the page marks as its words, the longest of it; else its body."""
    for path in ("//*[@itemprop='articleBody']", "//article", "//main", "//*[@role='main']", "//*[@id='content']", "//body"):
        found: list[HtmlElement] = page.xpath(path)[:50]
        if found:
            return max(found, key=lambda each: len(str(each.text_content())))
    return None


def in_time(page: HtmlElement) -> int:
    """The first time that the page marks as one."""
    told = page.xpath("//*[@itemprop='datePublished']/@datetime|//article//time/@datetime|//time[@pubdate]/@datetime")
    return ms_of(told[0]) if told else 0
