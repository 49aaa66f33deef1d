"""What forms of this room send, as the actions take it. What a value may be is checked there."""

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import cast

from django.http import QueryDict
from django.utils.dateparse import parse_date

from homespun.stories.actions import HeadFields, ItemFields
from homespun.stories.models import Item
from homespun.stories.words import paragraphs

FIELDS: dict[str, tuple[str, ...]] = {
    Item.Kind.NARRATION: ("html",),
    Item.Kind.HEADING: ("html",),
    Item.Kind.POST: ("caption",),
    Item.Kind.IMAGE: ("alt", "caption"),
    Item.Kind.VIDEO: ("url", "title", "caption"),
    Item.Kind.LINK: ("url", "title", "caption"),
    Item.Kind.QUOTE: ("html", "who", "where", "when"),
}


def head_fields(data: QueryDict) -> HeadFields:
    """The head as its form sends it; a check box that is not ticked sends nothing."""
    return HeadFields(
        title=" ".join(data.get("title", "").split()),
        introduction=paragraphs(_lines(data.get("introduction", ""))),
        tags=data.get("tags", "").split(","),
        author_name=data.get("author_name", ""),
        author_about=_lines(data.get("author_about", "")),
        noindex="noindex" in data,
    )


def item_fields(kind: str, data: QueryDict) -> ItemFields:
    """What was sent of what an item of this kind can hold."""
    sent = cast(ItemFields, {name: data[name] for name in FIELDS[kind] if name in data})
    if "html" in sent:
        sent["html"] = escape(sent["html"], quote=False) if kind == Item.Kind.HEADING else _html(sent["html"])
    return sent


def _html(words: str) -> str:
    """The editor sends html; where no script runs somebody has typed plain words."""
    return words if "<" in words else paragraphs(_lines(words))


def _lines(text: str) -> str:
    """Forms send two characters for the end of a line."""
    return text.replace("\r\n", "\n")


def number(text: str | None) -> int | None:
    """A key as it stands in a form or an address; nothing that no row can have."""
    key = int(text) if text and text.isascii() and text.isdecimal() and len(text) < 20 else None
    return key if key is not None and key < 2**63 else None


@dataclass(frozen=True)
class Said:
    """On what basis somebody's words may stand, as it was sent."""

    basis: str
    how: str
    when: date | None


def said(data: QueryDict) -> Said:
    basis = data.get("basis", "")
    agreed = basis == Item.Basis.AGREED
    how, when = (data.get("how", ""), _date(data.get("when", ""))) if agreed else ("", None)
    return Said(basis if basis in Item.Basis.values else "", how, when)


@dataclass(frozen=True)
class Asked:
    """What the panel is asked to find."""

    q: str = ""
    by: str = ""
    since: str = ""
    until: str = ""
    picture: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.q.strip() or self.narrowed)

    @property
    def narrowed(self) -> bool:
        return bool(self.by or self.since or self.until or self.picture)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The same as fields of a form that is sent with what was found."""
        pairs = [("q", self.q), ("from", self.by), ("since", self.since), ("until", self.until), ("picture", "1" if self.picture else "")]
        return [(name, value) for name, value in pairs if value]

    @property
    def dates(self) -> tuple[date | None, date | None]:
        return _date(self.since), _date(self.until)


def asked(data: QueryDict) -> Asked:
    by = data.get("from", "").strip().lstrip("@")
    return Asked(data.get("q", ""), by, data.get("since", ""), data.get("until", ""), bool(data.get("picture")))


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
