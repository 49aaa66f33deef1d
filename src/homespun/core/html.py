"""Which html may stand in the product: one policy, shared with the editor."""

import re
from html import unescape

import nh3

TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "code", "pre"}
ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "ol": {"start"}, "*": set()}  # "*": else `lang` and `title` stay on everything
SCHEMES = {"http", "https", "mailto"}
ENDS = re.compile(r"<(?:br|/p|/h[1-6]|/li|/blockquote|/ul|/ol|/pre)\b[^>]*>", re.IGNORECASE)


def clean(html: str) -> str:
    """The html without anything that runs, loads or styles. Addresses of the web, of mail and of this page only."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener")


def plain(html: str) -> str:
    """Html as text: one line for each paragraph, heading or entry of a list. Not safe as html again until it is escaped."""
    if not html:
        return ""
    text = unescape(nh3.clean(ENDS.sub("\n", html.replace("\n", " ")), tags=set()))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
