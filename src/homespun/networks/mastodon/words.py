"""The text of a post that came as HTML: paragraphs, lines, lists and code kept, links written out, nothing else. Pure.

A newline in the text is a line, as Mastodon shows it (`white-space: pre-wrap`) and bridges write it. In long HTML such as an article, it
is a space, as in HTML.
"""

import html
import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import nh3

LONGEST = 400_000  # characters of HTML that are read; no post is longer, and a hostile one ends here
MOST_TAGS = 4_000  # of HTML that is read as a tree, which takes the square of their depth
TAG = re.compile(r"<([^<>]*+)>")
INSIDE = re.compile(r"(/?)([a-z][a-z0-9]*)((?:\s+[a-z][\w-]*(?:=\"[^\"]*+\")?)*+)\s*/?")
ATTRIBUTE = re.compile(r"([a-z][\w-]*)=\"([^\"]*+)\"")
SPACE = re.compile(r"[ \t\r\n\f]+")
BLANK = re.compile(r"[ \t\f\r]+")
LINE_END = re.compile(r"[ \t\f\r]*\n[ \t\f\r]*")
GAPS = re.compile(r"\n{3,}")
ADDRESS = re.compile(r"\S*[./…]\S*")
PARAGRAPHS = """p div blockquote ul ol dl pre h1 h2 h3 h4 h5 h6 hr table section article header footer figure figcaption details summary
    center aside main nav address"""
PARAGRAPH = dict.fromkeys(re.findall(r"\w+", PARAGRAPHS), "\n\n")
OPENED = PARAGRAPH | {
    "br": "\n",
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
KNOWN = {*OPENED, *SILENT, "li"}
LISTS = {"ul", "ol"}
LAYOUT = frozenset(" \n")
MARKS = ("\n- ", ". ")  # of items of lists
LINK = re.compile(r"<(a [^<>]*)>(.*?)</a>")
SPAN = re.compile(r"</?span(?: [a-z][a-z-]*=\"[^\"<>]*\")*>")
LAYOUT_TEXT = ("\n", "  ", "\t", "\r", "\f")  # what HTML lays out otherwise than it stands there
LINE_EDGE = re.compile(r" *\n *")
START = re.compile(r"-?\d{1,6}")
ATTRIBUTES = {"a": {"href", "class"}, "img": {"alt"}, "ol": {"start"}}


class Tag(NamedTuple):
    """What a tag means for the text."""

    kind: str  # "", a, /a, pre, /pre, li, ul, ol, /ul, /ol
    text: str = ""  # written in its place; of a link its address, "" for mentions and hashtags
    start: int = 1  # of an ordered list: the number of its first item


def words(content: str, *, has_lines: bool = True) -> str:
    """HTML as the plain text that one reads. `has_lines`: a newline in the text is one for the reader, too."""
    content = content[:LONGEST]
    if "<" not in content:
        return laid_out(unescaped(even(content, has_lines)))
    usual = usual_text(content)
    return laid_out(unescaped(parsed_text(content, has_lines) if usual is None else usual))


@lru_cache(maxsize=4096)
def bio_text(content: str) -> str:
    """The same of what people say of themselves, which comes with each of their posts."""
    return words(content)


def usual_text(content: str) -> str | None:
    """The text of paragraphs, line breaks, links and spans, which is all that Mastodon writes; None for anything else."""
    if any(each in content for each in LAYOUT_TEXT):
        return None
    text = LINK.sub(_link_text, content) if "<a " in content else content
    text = SPAN.sub("", text) if "<span" in text else text
    text = text.replace("</p><p>", "\n\n").replace("<br />", "\n").replace("<br>", "\n").removeprefix("<p>").removesuffix("</p>")
    if "<" in text:
        return None
    return LINE_EDGE.sub("\n", text).lstrip(" ") if "\n" in text or text[:1] == " " else text


def _link_text(match: re.Match[str]) -> str:
    """A link as text; as it is where it is no usual one, so that its "<" tells."""
    tag, label = tag_of(match[1]), SPAN.sub("", match[2]) if "<" in match[2] else match[2]
    return match[0] if tag is None or "<" in label else written_out(label, tag.text)


def parsed_text(content: str, has_lines: bool) -> str:
    """The text of any HTML."""
    pieces = TAG.split(content)
    if content.count("<") != len(pieces) >> 1 or None in (tags := [tag_of(each) for each in pieces[1::2]]):
        pieces = TAG.split(plain(content))
        tags = [tag_of(each) or Tag("") for each in pieces[1::2]]
    return render_text(pieces[::2], [tag or Tag("") for tag in tags], has_lines)


def with_breaks(content: str) -> str:
    """HTML with `<br>` for each newline of its text, so that a browser shows the lines that `words` has."""
    if "\n" not in content or is_bomb(content):
        return content
    pieces = TAG.split(content)
    tags = [tag_of(each) for each in pieces[1::2]]
    if content.count("<") != len(tags) or None in tags:
        return content
    edges = [Tag("", "\n"), *(tag or Tag("") for tag in tags), Tag("", "\n")]
    verbatim = 0
    for place, (before, after) in enumerate(pairwise(edges)):
        verbatim += (before.kind == "pre") - (before.kind == "/pre")
        if verbatim <= 0 and "\n" in (text := pieces[place * 2]):
            text = text.lstrip(" \t\r\n") if is_block(before) else text
            text = text.rstrip(" \t\r\n") if is_block(after) else text
            pieces[place * 2] = LINE_END.sub("<br>", text)
    return "".join(f"<{each}>" if place % 2 else each for place, each in enumerate(pieces))


def is_block(tag: Tag) -> bool:
    return tag.text[:1] == "\n" or tag.kind == "li"


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
    if name in LISTS:
        start = attribute(attributes, "start") if name == "ol" else ""
        return Tag(f"{closing}{name}", "\n\n", int(start) if START.fullmatch(start) else 1)
    if name == "li":
        return Tag("" if closing else "li")
    if name == "img":
        return Tag("", attribute(attributes, "alt"))
    return Tag("", (CLOSED if closing else OPENED).get(name, ""))


def target_of(attributes: str) -> str:
    found: dict[str, str] = dict(reversed(ATTRIBUTE.findall(attributes)))  # of two of a name the first counts
    target, kinds = found.get("href", ""), found.get("class", "").split()
    if "mention" in kinds or "hashtag" in kinds or not target.startswith(("http://", "https://", "mailto:")):
        return ""
    return target


def attribute(attributes: str, name: str) -> str:
    return next((value for key, value in ATTRIBUTE.findall(attributes) if key == name), "")


def render_text(texts: list[str], tags: list[Tag], has_lines: bool) -> str:
    """Texts with what is written for the tag between each and the next."""
    builder = TextBuilder(has_lines)
    builder.add_text(texts[0])
    for tag, text in zip(tags, texts[1:], strict=True):
        if tag.kind or tag.text:
            builder.add_tag(tag)
        if text:
            builder.add_text(text)
    return "".join(builder.parts)


class TextBuilder:
    """Puts the text together. White space beside a block is layout in HTML, but for that of code."""

    def __init__(self, has_lines: bool) -> None:
        self.has_lines = has_lines
        self.parts = [""]
        self.ends_in_layout = False  # the last part is a text, not what stands for a tag, and no code
        self.links: list[tuple[int, str]] = []  # where the label of an open link begins, and its address
        self.lists: list[int] = []  # of each open list the number of its next item; 0 where it has none
        self.verbatim = 0

    def add_tag(self, tag: Tag) -> None:
        kind, written, start = tag
        if kind == "a":
            self.links.append((len(self.parts), written))
            return
        if kind == "/a":
            if self.links:
                write_out(self.parts, *self.links.pop())
                self.ends_in_layout = False
            return
        if kind == "li":
            if self.parts[-1] == "\n":  # behind a list within the item before
                self.parts.pop()
            self.add_gap(self.item_mark())
        elif kind in LISTS:
            if not self.lists:
                self.add_gap(written)
            self.lists.append(start if kind == "ol" else 0)
        elif kind[1:] in LISTS:
            self.lists = self.lists[:-1]
            self.add_gap("\n" if self.lists else written)
        else:
            self.add_gap(written)
            self.verbatim = max(0, self.verbatim + (kind == "pre") - (kind == "/pre"))

    def item_mark(self) -> str:
        if not self.lists or not self.lists[-1]:
            return "\n- "
        self.lists[-1] += 1
        return f"\n{self.lists[-1] - 1}. "

    def add_gap(self, written: str) -> None:
        if written[0] == "\n" and self.ends_in_layout:
            self.parts[-1] = self.parts[-1].rstrip(" \n")
        is_needless = self.parts[-1].endswith(MARKS) if written == "\n\n" else written == " " and self.is_at_line_start()
        if not is_needless:
            self.parts.append(written)
            self.ends_in_layout = False

    def add_text(self, text: str) -> None:
        if self.verbatim:
            text = text.replace("\r\n", "\n")
            text = text.removeprefix("\n") if self.parts[-1] == "\n\n" else text  # HTML drops the first newline of <pre>
        else:
            text = even(text, self.has_lines)
            text = text.lstrip(" \n") if text[:1] in LAYOUT and self.is_at_line_start() else text
        if text:
            self.parts.append(text)
            self.ends_in_layout = not self.verbatim and text[-1] in LAYOUT

    def is_at_line_start(self) -> bool:
        last = self.parts[-1]
        return not last or last[-1] == "\n" or (not self.ends_in_layout and last[0] == "\n")


def even(text: str, has_lines: bool) -> str:
    """A text with single spaces, and with its newlines or spaces for them."""
    if not any(each in text for each in LAYOUT_TEXT):
        return text
    return BLANK.sub(" ", LINE_END.sub("\n", text)) if has_lines else SPACE.sub(" ", text)


def write_out(out: list[str], start: int, target: str) -> None:
    """Put what a link says, from there on, in the place of its parts."""
    if target:
        out[start:] = [written_out("".join(out[start:]), target)]


def written_out(label: str, target: str) -> str:
    """What a link says, and its address where it doesn't say that itself. Mentions and hashtags have no target and are what they say."""
    said = label.strip()
    if not target or said == target or said.startswith(("@", "#")):
        return label
    if not said or (ADDRESS.fullmatch(said) and bare(target).startswith(bare(said.rstrip("…")))):
        return target
    return f"{label} ({target})"


def bare(address: str) -> str:
    return (address.partition("://")[2] or address).removeprefix("www.").rstrip("/.")


def laid_out(text: str) -> str:
    if "\n" in text:
        text = GAPS.sub("\n\n", "\n".join([line.rstrip() for line in text.split("\n")]))
    return text.strip("\n").rstrip()


def unescaped(text: str) -> str:
    text = html.unescape(text) if "&" in text else text
    return text.replace("\0", "") if "\0" in text else text
