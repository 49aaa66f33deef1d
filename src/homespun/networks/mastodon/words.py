"""The words of a post that came as HTML: paragraphs and lines kept, links written out, nothing else. Pure."""

import html
import re
from functools import lru_cache
from typing import NamedTuple

import nh3

LONGEST = 400_000  # characters of HTML that are read; no post is longer, and a hostile one ends here
MOST_TAGS = 4_000  # of HTML that is read as a tree, which takes the square of their depth
TAG = re.compile(r"<([^<>]*+)>")
INSIDE = re.compile(r"(/?)([a-z][a-z0-9]*)((?:\s+[a-z][\w-]*(?:=\"[^\"]*+\")?)*+)\s*/?")
ATTRIBUTE = re.compile(r"([a-z][\w-]*)=\"([^\"]*+)\"")
SPACE = re.compile(r"[ \t\r\n\f]+")
UNEVEN = re.compile(r"[\t\r\n\f]|  ")
GAPS = re.compile(r"\n{3,}")
ADDRESS = re.compile(r"\S*[./…]\S*")
PARAGRAPHS = """p div blockquote ul ol dl pre h1 h2 h3 h4 h5 h6 hr table section article header footer figure figcaption details summary
    center aside main nav address"""
PARAGRAPH = dict.fromkeys(re.findall(r"\w+", PARAGRAPHS), "\n\n")
OPENED = PARAGRAPH | {
    "br": "\n",
    "li": "\n- ",
    "tr": "\n",
    "dt": "\n",
    "dd": "\n",
    "td": " ",
    "th": " ",
}
CLOSED = PARAGRAPH | {"br": "\n"}
SILENT = {
    "a",
    "span",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "del",
    "code",
    "sub",
    "sup",
    "small",
    "q",
    "abbr",
    "img",
    "ruby",
    "rp",
    "rt",
    "mark",
}
SILENT |= {"time", "cite", "kbd", "samp", "var", "ins", "bdo", "bdi", "wbr", "tbody", "thead"}
INLINE = (('<p class="quote-inline">', "</p>"), ('<span class="quote-inline">', "</span>"))
KNOWN = {*OPENED, *SILENT}
ATTRIBUTES = {"a": {"href", "class"}, "img": {"alt"}}


class Tag(NamedTuple):
    """What a tag says for the text."""

    kind: str  # "", a, /a, pre, /pre
    text: str = ""  # what stands for it; of a link where it leads, "" for mentions and hashtags


def words(content: str) -> str:
    """HTML as the plain text that one reads."""
    if "<" not in content:
        return laid_out(unescaped(SPACE.sub(" ", content)))
    content = content[:LONGEST]
    pieces = TAG.split(content)
    if content.count("<") != len(pieces) >> 1 or None in (tags := [tag_of(each) for each in pieces[1::2]]):
        pieces = TAG.split(plain(content))
        tags = [tag_of(each) or Tag("") for each in pieces[1::2]]
    return laid_out(unescaped(written(pieces[::2], [tag or Tag("") for tag in tags])))


def unquoted(content: str) -> str:
    """Without what only says what is quoted, to those who do not know of quotes: "RE:" and its address."""
    for opened, closed in INLINE:
        start = content.find(opened)
        end = content.find(closed, start) if start >= 0 else -1
        if end >= 0:
            return content[:start] + content[end + len(closed) :]
    return content


def is_bomb(content: str) -> bool:
    """Whether it is made to be hard to read."""
    return len(content) > LONGEST or content.count("<") > MOST_TAGS


def plain(content: str) -> str:
    """Whatever it is as well-formed HTML of tags that are known, scripts and styles dropped with what they hold."""
    if is_bomb(content):
        return TAG.sub(" ", content).replace("<", " ")
    return nh3.clean(content, tags=KNOWN, attributes=ATTRIBUTES, link_rel=None, url_schemes={"http", "https", "mailto"})


@lru_cache(maxsize=8192)
def tag_of(inside: str) -> Tag | None:
    """None for one that is odd, so that all is made well-formed first."""
    match = INSIDE.fullmatch(inside)
    if match is None or match[2] not in KNOWN:
        return None
    closing, name, attributes = match.groups()
    if name == "a":
        return Tag("/a") if closing else Tag("a", target_of(attributes))
    if name == "pre":
        return Tag(f"{closing}pre", "\n\n")
    if name == "img":
        return Tag("", attribute(attributes, "alt"))
    return Tag("", (CLOSED if closing else OPENED).get(name, ""))


def target_of(attributes: str) -> str:
    target = attribute(attributes, "href")
    kinds = attribute(attributes, "class").split()
    if "mention" in kinds or "hashtag" in kinds or not target.startswith(("http://", "https://", "mailto:")):
        return ""
    return target


def attribute(attributes: str, name: str) -> str:
    return next((value for key, value in ATTRIBUTE.findall(attributes) if key == name), "")


def written(texts: list[str], tags: list[Tag]) -> str:
    """Texts with what stands for the tag between each and the next."""
    out = [even(texts[0])]
    links: list[tuple[int, str]] = []  # where the label of an open link begins, and where it leads
    verbatim = 0
    for (kind, said), text in zip(tags, texts[1:], strict=True):
        if kind == "a":
            links.append((len(out), said))
        elif kind == "/a":
            if links:
                write_out(out, *links.pop())
        elif said:
            out.append(said)
            verbatim += (kind == "pre") - (kind == "/pre")
        if text:
            out.append(text if verbatim > 0 else even(text))
    return "".join(out)


def even(text: str) -> str:
    return SPACE.sub(" ", text) if UNEVEN.search(text) else text


def write_out(out: list[str], start: int, target: str) -> None:
    """What a link says, and where it leads where it does not say that itself. Mentions and hashtags are what they say."""
    if not target:
        return
    label = "".join(out[start:]).strip()
    if label == target or label.startswith(("@", "#")):
        return
    if not label or (ADDRESS.fullmatch(label) and bare(target).startswith(bare(label.rstrip("…")))):
        out[start:] = [target]
    else:
        out.append(f" ({target})")


def bare(address: str) -> str:
    return (address.partition("://")[2] or address).removeprefix("www.").rstrip("/.")


def laid_out(text: str) -> str:
    if "\n" in text:
        text = GAPS.sub("\n\n", "\n".join([line.strip(" ") for line in text.split("\n")]))
    return text.strip()


def unescaped(text: str) -> str:
    text = html.unescape(text) if "&" in text else text
    return text.replace("\0", "") if "\0" in text else text
