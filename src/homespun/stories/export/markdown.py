"""A story as CommonMark. What people wrote stays words: nothing in it is markup or html, and only addresses of the web are links."""

import re
from html.parser import HTMLParser
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from homespun.stories.edition import Entry, Picture
from homespun.stories.export.subject import Subject
from homespun.stories.models import Item
from homespun.stories.page import answered

MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>#&|~])")
BEGINS_SOMETHING = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))", re.MULTILINE)
SAFE = ":/?#[]@!$&()*+,;=%~-._"  # may stand in an address as they are
SCHEMES = ("http://", "https://", "mailto:")


def written(subject: Subject) -> bytes:
    with translation.override(subject.site.language), timezone.override(ZoneInfo(subject.site.time_zone)):
        return ("\n\n".join(part for part in _parts(subject) if part) + "\n").encode()


def _parts(subject: Subject) -> list[str]:
    head = subject.content.head
    teller = gettext("Told by %(name)s") % {"name": words(head.author.name or subject.site.name)}
    date = f", {date_format(timezone.localtime(subject.published), 'DATE_FORMAT')}" if subject.published else ""
    items = [_item(entry, subject) for entry in subject.content.items]
    tags = ", ".join(words(f"#{tag}") for tag in head.tags)
    return [f"# {words(head.title)}", converted(head.introduction), f"*{teller}{date}*", *items, tags, words(head.author.about)]


def _item(entry: Entry, subject: Subject) -> str:
    return f"**{entry.number}**\n\n{_body(entry, subject)}".rstrip() if entry.number else _body(entry, subject)


def _body(entry: Entry, subject: Subject) -> str:
    if entry.withdrawn:
        return "*" + entry.withdrawn_sentence + "*"
    if entry.kind in (Item.Kind.POST, Item.Kind.QUOTE):
        parts = (
            _note(answered(entry)),
            converted(entry.html),
            _note(gettext("This post was cut off at its source.") if entry.is_cut else ""),
        )
        return quoted("\n\n".join(filter(None, (*parts, _credit(entry))))) + _pictures(entry)
    if entry.kind in (Item.Kind.VIDEO, Item.Kind.LINK):
        return "\n\n".join(filter(None, (link(entry.title or entry.url, entry.url), words(entry.caption))))
    if entry.kind == Item.Kind.IMAGE:
        return "\n\n".join(filter(None, (_pictures(entry).strip(), words(entry.caption))))
    return converted(entry.html)


def _note(text: str) -> str:
    return f"*{words(text)}*" if text else ""


def _credit(entry: Entry) -> str:
    name = entry.author.name if entry.author else gettext("Somebody whose name is not known")
    handle = f" (@{entry.author.handle})" if entry.author and entry.author.handle else ""
    when = date_format(timezone.localtime(entry.published), "DATE_FORMAT") if entry.published else entry.when
    place = words(entry.where)
    dated = link(when, entry.url) if entry.url and when else words(when)
    return ", ".join(filter(None, (f"— {words(name + handle)}", place, dated)))


def _pictures(entry: Entry) -> str:
    return "".join(f"\n\n{_picture(picture)}" for picture in entry.media if picture.kind == "image")


def _picture(picture: Picture) -> str:
    """In words: files stand in the web page's export."""
    alt = words(picture.alt) if picture.alt else gettext("not described")
    return "*" + gettext("Picture:") + f"* {alt}"


def words(text: str) -> str:
    """Plain text in one paragraph that reads as itself."""
    escaped = MEANS_SOMETHING.sub(r"\\\1", " ".join(text.split()))
    return BEGINS_SOMETHING.sub(_harmless, escaped)


def _harmless(found: re.Match[str]) -> str:
    """A number before a point would begin a list, so the point is escaped; other signs are escaped themselves."""
    return found[1] + (f"{found[2]}\\" if found[2].isdigit() else f"\\{found[2]}")


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def link(text: str, address: str) -> str:
    """A link where the address is one of the web, else the words alone."""
    if not address.lower().startswith(SCHEMES):
        return words(text)
    return f"[{words(text)}](<{quote(address, safe=SAFE)}>)"


def converted(html: str) -> str:
    """Clean html (see `core.html`) as CommonMark."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Blocks in order, each with the marks that stand before its first line; words are escaped as they come."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.line = ""
        self.mark = ""
        self.lists: list[int | None] = []
        self.quotes = 0
        self.address: list[str] = []

    def text(self) -> str:
        self._end()
        return "\n\n".join(self.blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("strong", "b"):
            self.line += "**"
        elif tag in ("em", "i"):
            self.line += "*"
        elif tag == "br":
            self.line += "\\\n"
        elif tag == "a":
            self.address.append(dict(attrs).get("href") or "")
            self.line += "[" if self._is_linked() else ""
        else:
            self._begin(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("strong", "b"):
            self.line += "**"
        elif tag in ("em", "i"):
            self.line += "*"
        elif tag == "a" and self.address:
            self.line += f"](<{quote(self.address[-1], safe=SAFE)}>)" if self._is_linked() else ""
            self.address.pop()
        else:
            self._close(tag)

    def handle_data(self, data: str) -> None:
        escaped = MEANS_SOMETHING.sub(r"\\\1", re.sub(r"\s+", " ", data))
        if not self.line or self.line.endswith("\n"):
            escaped = BEGINS_SOMETHING.sub(_harmless, escaped.lstrip())
        self.line += escaped

    def _is_linked(self) -> bool:
        return bool(self.address) and self.address[-1].lower().startswith(SCHEMES)

    def _begin(self, tag: str) -> None:
        self._end()
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.mark = self._bullet()
        elif tag == "blockquote":
            self.quotes += 1
        elif tag in ("h2", "h3", "h4"):
            self.mark = "#" * int(tag[1]) + " "

    def _close(self, tag: str) -> None:
        self._end()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "blockquote":
            self.quotes = max(0, self.quotes - 1)

    def _bullet(self) -> str:
        if not self.lists or self.lists[-1] is None:
            return "- "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "

    def _end(self) -> None:
        """The block that was being written is done."""
        if self.line.strip():
            indent = "    " * max(0, len(self.lists) - 1) if self.mark else "    " * len(self.lists)
            block = indent + self.mark + self.line.strip().replace("\n", "\n" + indent)
            for _ in range(self.quotes):
                block = quoted(block)
            self.blocks.append(block)
        self.line = self.mark = ""
