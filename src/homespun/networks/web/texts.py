"""Html as plain text: paragraphs and lines kept, nothing else; and which pictures it shows."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from homespun.networks.trees import tree

LONGEST = 400_000  # characters of html that are read
MOST = 100_000  # characters of text that are kept
PARAGRAPHS = frozenset(
    re.findall(r"\w+", "p div blockquote ul ol dl pre h1 h2 h3 h4 h5 h6 hr table section article header footer figure details summary")
)
LINES = frozenset({"br", "li", "tr", "dt", "dd", "figcaption"})
SILENT = frozenset(re.findall(r"\w+", "script style template noscript iframe object svg math select button textarea head title"))
TAG = re.compile(r"<[a-zA-Z/!]|&#?\w+;")


def text_of_html(html: str) -> str:
    """What a person reads of it."""
    html = html[:LONGEST]
    if not TAG.search(html):
        return even(html)
    page = tree(html)
    return text_of(page) if page is not None else ""


def text_of(element: HtmlElement) -> str:
    return even("".join(pieces(element)))


def pieces(element: HtmlElement) -> Iterator[str]:
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, each in walk:
        if event == "start":
            yield gap(each.tag)
            if each.tag in SILENT:
                walk.skip_subtree()
            else:
                yield flat(each.text)
        else:
            yield gap(each.tag) if each.tag in PARAGRAPHS else ""
            yield flat(each.tail) if each is not element else ""


def gap(tag: object) -> str:
    return "\n\n" if tag in PARAGRAPHS else "\n" if tag in LINES else ""


def flat(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f\u00a0]+", " ", text) if text else ""


def even(text: str) -> str:
    """No space at the ends of lines, no more than one empty line."""
    lines = re.sub(r" *\n *", "\n", re.sub(r"[ \t\r\f\u00a0]+", " ", text))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()[:MOST]


def pictures_in(html: str) -> list[dict[str, str]]:
    """Addresses and descriptions of the pictures in it."""
    page = tree(html[:LONGEST]) if "<img" in html else None
    found = page.iter("img") if page is not None else ()
    return [{"type": "image", "url": each.get("src", ""), "alt": each.get("alt", "")} for each in found if each.get("src")][:20]
