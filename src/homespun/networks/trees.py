"""Html as a tree, whoever wrote it: nothing is fetched or run, and what is made to be slow is left out."""

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{4096,}+>?")
MOST_ATTRIBUTES = 500  # their number costs the square of it
LOOSE = re.compile(r"[\x00\ud800-\udfff]")


def tree(html: str) -> HtmlElement | None:
    """As far as it can be read; what is nested too deeply ends there. None for what is no page."""
    content = LONG_TAG.sub(eased, LOOSE.sub("\ufffd", html)).encode()
    try:
        page = document_fromstring(content, parser=HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, remove_comments=True))
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return page if isinstance(page, HtmlElement) else None


def eased(tag: re.Match[str]) -> str:
    return tag[0] if len(tag[0].split(None, MOST_ATTRIBUTES)) <= MOST_ATTRIBUTES else ""
