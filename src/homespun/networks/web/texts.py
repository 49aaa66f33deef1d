"""HTML as plain text: paragraphs, lines, numbers of lists and code kept, nothing else; and which pictures it shows."""

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
LISTS = frozenset({"ul", "ol"})
LINES = frozenset({"br", "li", "tr", "dt", "dd", "figcaption"})
SILENT = frozenset(re.findall(r"\w+", "script style template noscript iframe object svg math select button textarea head title"))
TAG = re.compile(r"<[a-zA-Z/!]|&#?\w+;")
START = re.compile(r"-?\d{1,6}")  # of a list with numbers
INDENTATION = re.compile(r"^[ \t]+|[ \t]{2,}", re.MULTILINE)
KEPT_SPACE, MARK_END = "\ue000", "\ue001"  # of the private use area


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
    verbatim, numbers = 0, list[int]()  # of each open list the number of its next item; 0 where it has none
    for event, each in walk:
        if event == "start":
            yield gap(each.tag, numbers)
            verbatim += each.tag == "pre"
            if each.tag in LISTS:
                numbers.append(first_number(each))
            if each.tag in SILENT:
                walk.skip_subtree()
            else:
                yield as_written(each.text) if verbatim else flat(each.text)
        else:
            verbatim -= each.tag == "pre"
            numbers = numbers[:-1] if each.tag in LISTS else numbers
            yield "\n\n" if each.tag in PARAGRAPHS else ""
            if each is not element:
                yield as_written(each.tail) if verbatim else flat(each.tail)


def gap(tag: object, numbers: list[int]) -> str:
    if tag == "li" and numbers and numbers[-1]:
        numbers[-1] += 1
        return f"\n{numbers[-1] - 1}.{MARK_END}"
    return "\n\n" if tag in PARAGRAPHS else "\n" if tag in LINES else ""


def first_number(element: HtmlElement) -> int:
    start = element.get("start", "")
    return 0 if element.tag == "ul" else int(start) if START.fullmatch(start) else 1


def flat(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f\u00a0]+", " ", text) if text else ""


def as_written(text: str | None) -> str:
    """Text of code: its indentation survives `even` by spaces that HTML doesn't collapse."""
    if not text:
        return ""
    return INDENTATION.sub(lambda match: KEPT_SPACE * len(match[0].expandtabs(4)), text.replace("\r\n", "\n").replace("\xa0", " "))


def even(text: str) -> str:
    """No space at the ends of lines, no more than one empty line."""
    lines = re.sub(r" *\n *", "\n", re.sub(r"[ \t\r\f\u00a0]+", " ", text))
    lines = re.sub(rf"{MARK_END}[ \n]*", " ", lines)
    return re.sub(r"\n{3,}", "\n\n", lines).strip()[:MOST].replace(KEPT_SPACE, " ").strip("\n").rstrip()


def pictures_in(html: str) -> list[dict[str, str]]:
    """Addresses and descriptions of the pictures in it."""
    page = tree(html[:LONGEST]) if "<img" in html else None
    found = page.iter("img") if page is not None else ()
    return [{"type": "image", "url": each.get("src", ""), "alt": each.get("alt", "")} for each in found if each.get("src")][:20]
