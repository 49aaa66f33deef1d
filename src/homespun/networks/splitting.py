"""A text that is longer than one post may be, as numbered parts that each fit: "… (1/3)".

Cut where a reader would pause: between paragraphs, else between sentences, else between words, and inside a word only where it alone is
longer than a part; never inside a link, a name, a tag or what is seen as one letter. A part begins with the names that it has to mention.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from homespun.networks.errors import NetworkError
from homespun.networks.graphemes import graphemes
from homespun.networks.said import said as _

Length = Callable[[str], int]
Opening = Callable[[int, str], str]  # what a part has to begin with, by its number (0: the undivided text) and its own words
WHOLE = re.compile(r"https?://[^\s<>\"\u3000-\u303f\uff00-\uffef]+|@\w[\w.-]*(?:@\w[\w.-]*(?::\d+)?)?|[#＃]\w+")
PARAGRAPH = re.compile(r"\s*\n\s*\n\s*")
SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？][」』）]*|\n")
SPACE = re.compile(r"\s+")
INSIDE, WORD, AT_SENTENCE, AT_PARAGRAPH = range(4)  # how good a place is to stop at
CLOSING = "、。，．！？」』）】〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"
MOST_DIGITS = 4


def no_opening(_number: int, _part: str) -> str:
    return ""


def split(text: str, *, longest: int, length: Length, opening: Opening = no_opening) -> list[str]:
    """The parts as they are posted; one, without a number, where the whole fits. Raises `NetworkError` where a link alone does not."""
    text = text.strip()
    if length(whole := opening(0, text) + text) <= longest:
        return [whole]
    if max(length(opening(number, "")) for number in (1, 2)) > longest // 2:
        raise NetworkError(_("This mentions so many people that there is little room for words. Mention fewer."))
    places = dict(sorted(stops(text).items()))
    for digits in range(1, MOST_DIGITS + 1):
        room = Room(longest, length, "9" * digits, opening)
        parts = list(cut(text, places, room))
        if len(str(len(parts))) <= digits:
            return [room.filled(part, number, len(parts)) for number, part in enumerate(parts, 1)]
    raise NetworkError(_("This is too long to be posted, even in parts."))


@dataclass(frozen=True)
class Room:
    """What one part may hold beside its number and the names that it has to mention."""

    longest: int
    length: Length
    total: str  # as many digits as the number of parts may have
    opening: Opening

    def fits(self, part: str, number: int) -> bool:
        return self.length(self.filled(part.strip(), number, self.total)) <= self.longest

    def filled(self, part: str, number: int, total: int | str) -> str:
        return f"{self.opening(number, part)}{part} ({number}/{total})"


def stops(text: str) -> dict[int, int]:
    """Where the text may be cut, and how good each place is."""
    whole = [match.span() for match in WHOLE.finditer(text)]
    found: dict[int, int] = {}
    place = 0
    for cluster in graphemes(text):
        place += len(cluster)
        found[place] = WORD if is_between_words(text, place) else INSIDE
    for pattern, worth in ((SPACE, WORD), (SENTENCE, AT_SENTENCE), (PARAGRAPH, AT_PARAGRAPH)):
        found |= {match.end(): worth for match in pattern.finditer(text) if match.end() in found}
    for start, end in whole:
        for inside in range(start + 1, end):
            found.pop(inside, None)
    found[len(text)] = AT_PARAGRAPH
    return found


def is_between_words(text: str, place: int) -> bool:
    """Of writing that puts no spaces between them: between two full letters, but not before what closes."""
    return place < len(text) and text[place] not in CLOSING and all(is_full(sign) for sign in text[place - 1 : place + 1])


def is_full(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF" and unicodedata.category(sign)[0] in "LP"


def cut(text: str, places: dict[int, int], room: Room) -> Iterator[str]:
    start, number, ends = 0, 1, list(places)
    while start < len(text):
        end = next_end(text, start, ends, places, lambda part: room.fits(part, number))  # noqa: B023  (called before it changes)
        if part := text[start:end].strip():
            yield part
            number += 1
        start = end


def next_end(text: str, start: int, ends: list[int], places: dict[int, int], fits: Callable[[str], bool]) -> int:
    """The best place behind `start` to stop at, of those up to which the part fits."""
    first = last = bisect_right(ends, start)
    step = 1
    while last < len(ends) and fits(text[start : ends[last]]):  # wider and wider, then halved
        last, step = last + step, step * 2
    low, high = max(last - step // 2, first), min(last, len(ends))
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if fits(text[start : ends[middle]]) else (low, middle)
    for end in in_order(start, ends[first:low], places):
        if fits(text[start:end]):
            return end
    raise NetworkError(_("A link or a name in this is longer than a whole post may be."))


def in_order(start: int, within: list[int], places: dict[int, int]) -> Iterator[int]:
    """The best first: paragraphs and sentences where the part is half full at least, then words, then whatever is left, the last first."""
    half = start + (within[-1] - start) / 2 if within else start
    for worth, least in ((AT_PARAGRAPH, half), (AT_SENTENCE, half), (WORD, start), (INSIDE, start)):
        yield from (end for end in reversed(within) if end > least and places[end] >= worth)
