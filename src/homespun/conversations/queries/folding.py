"""Texts as they are compared: small letters without accents, as the index folds them, and where a folded piece stood."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Protocol

from django.utils.safestring import SafeString

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


class Find(Protocol):
    """Something to look for in folded texts."""

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """From where to where it is found."""


@dataclass(frozen=True, slots=True)
class FindWord:
    """A word, the beginning of one (`open`), or a piece of any (`inside`). Faster than a pattern, which takes long to be made."""

    word: str
    open: bool = False
    inside: bool = False

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        word, length = self.word, len(self.word)
        start = text.find(word) if word else -1
        while start >= 0:
            end = start + length
            if self.inside:
                yield start, end
            elif not start or not text[start - 1].isalnum():
                while self.open and end < len(text) and text[end].isalnum():
                    end += 1
                if end == len(text) or not text[end].isalnum():
                    yield start, end
            start = text.find(word, end)


@dataclass(frozen=True, slots=True)
class FindPattern:
    pattern: re.Pattern[str]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        return (match.span() for match in self.pattern.finditer(text))


def mark(text: str, finds: Iterable[Find]) -> SafeString:
    """The text as html, with <mark> around all that is found in its folded form."""
    return _marked(text, _spans(text, finds), 0, len(text))


def excerpt(text: str, finds: Iterable[Find]) -> SafeString:
    """The part of the text around the first find, with <mark>; a short text stays whole. Lines run on."""
    text = " ".join(text.split())
    spans = _spans(text, finds)
    start, end = _window(text, spans[0][0] if spans else 0)
    return SafeString(("…" if start else "") + _marked(text, spans, start, end) + ("…" if end < len(text) else ""))


def _spans(text: str, finds: Iterable[Find]) -> list[tuple[int, int]]:
    folded, places = _mapped(text)
    found = sorted((places[start], places[end - 1] + 1) for find in finds for start, end in find.spans(folded) if end > start)
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
    return SafeString("".join(pieces) + escape(text[here:end]))
