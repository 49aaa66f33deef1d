"""Texts as they are compared: small letters without accents, as the index folds them, and where a folded piece stood."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from homespun.conversations.words import STAND_INS

WORD = re.compile(r"[^\W_]+")
ACCENTS = range(0x300, 0x370)  # the marks that the index drops; other scripts keep theirs
BEFORE, AROUND = 60, 220  # characters of an excerpt: up to the first find, and in all


@lru_cache(maxsize=8192)
def _folded(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if ord(part) not in ACCENTS)
    return unicodedata.normalize("NFC", bare).translate(STAND_INS).lower()


def fold(text: str) -> str:
    return text.lower() if text.isascii() else "".join(map(_folded, text))


def mark(text: str, finds: Iterable[re.Pattern[str]]) -> SafeString:
    """The text as html, with <mark> around all that is found in its folded form."""
    return _marked(text, _spans(text, finds), 0, len(text))


def excerpt(text: str, finds: Iterable[re.Pattern[str]]) -> SafeString:
    """The part of the text around the first find, with <mark>; a short text stays whole. Lines run on."""
    text = " ".join(text.split())
    spans = _spans(text, finds)
    start, end = _window(text, spans[0][0] if spans else 0)
    return mark_safe(("…" if start else "") + _marked(text, spans, start, end) + ("…" if end < len(text) else ""))


def _spans(text: str, finds: Iterable[re.Pattern[str]]) -> list[tuple[int, int]]:
    folded, places = _mapped(text)
    found = sorted(
        (places[match.start()], places[match.end() - 1] + 1)
        for find in finds
        for match in find.finditer(folded)
        if match.end() > match.start()
    )
    return list(_joined(found))


def _mapped(text: str) -> tuple[str, range | list[int]]:
    """The folded text, and for each of its characters where it stands in the text."""
    if text.isascii():
        return text.lower(), range(len(text))
    pieces = [_folded(letter) for letter in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that overlap or touch as one."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current and start <= current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


def _window(text: str, first: int) -> tuple[int, int]:
    """From where to where an excerpt goes: between words, where there are spaces."""
    if len(text) <= AROUND:
        return 0, len(text)
    start = max(0, min(first - BEFORE, len(text) - AROUND))
    end = min(len(text), start + AROUND)
    if start and (space := text.find(" ", start, first)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", max(first, end - 30), end)) >= 0:
        end = space
    return start, end


def _marked(text: str, spans: Iterable[tuple[int, int]], start: int, end: int) -> SafeString:
    pieces, here = [], start
    for first, last in spans:
        first, last = max(first, here), min(last, end)
        if first < last:
            pieces.append(f"{escape(text[here:first])}<mark>{escape(text[first:last])}</mark>")
            here = last
    return mark_safe("".join(pieces) + escape(text[here:end]))
