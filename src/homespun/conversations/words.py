"""Words as the full-text index keeps them, so that languages written without spaces are found too. Pure; used in writing and in asking."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain

# Han, kana, bopomofo, Thai, Lao, Khmer, Myanmar, Tibetan: runs that the index would take for one word each. And the stand-ins below.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00012000-\U000120ff\U00020000-\U0003ffff]+"
)
# Scripts whose vowels are signs on letters. The index drops such a sign and ends the word there, so a letter stands in for each:
# of cuneiform, which nobody posts. First those of scripts without spaces (Thai to Myanmar, Khmer), then from Devanagari to Sinhala.
SIGNS = re.compile("[\u0591-\u06ff\u0900-\u109f\u1780-\u17ff]")
ODD = re.compile("[\u0591-\u17ff\u3005-\ufaff\uff66-\uff9f\U00012000-\U000120ff\U00020000-\U0003ffff]")  # what of both may be
STANDING_UNSPACED, STANDING = 0x12000, 0x12100
# What is left out when one writes in haste: points of Hebrew, vowels and lengthening of Arabic, the dot below of Devanagari and others.
POINTS = (*range(0x591, 0x5C8), *range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6EE))
LENGTHENING = 0x640
DOTS = (0x93C, 0x9BC, 0xA3C, 0xABC, 0xB3C)


def cut(text: str) -> str:
    """The text with each run of a script without spaces as overlapping pairs and its last sign; all else as it was, but for `STAND_INS`."""
    if text.isascii() or not ODD.search(text):
        return text
    return UNSPACED.sub(_pairs, text.translate(STAND_INS) if SIGNS.search(text) else text)


def _pairs(run: re.Match[str]) -> str:
    signs = run[0]
    pairs = [signs[place : place + 2] for place in range(len(signs))]
    return f" {' '.join(pairs)} "


def written(text: str) -> str:
    """A text with signs again where letters stood for them."""
    return text.translate(WRITTEN)


def _stand_ins() -> Iterator[tuple[int, str]]:
    """Each sign and what is kept in its place."""
    yield from ((code, "") for code in (*filter(_is_sign, POINTS), LENGTHENING, *DOTS))
    unspaced = filter(_is_sign, chain(range(0xE00, 0x10A0), range(0x1780, 0x1800)))
    yield from ((code, chr(place)) for place, code in enumerate(unspaced, start=STANDING_UNSPACED))
    spaced = [code for code in range(0x900, 0xE00) if _is_sign(code) and code not in DOTS]
    yield from ((code, chr(place)) for place, code in enumerate(spaced, start=STANDING))
    yield from _dotted()


def _dotted() -> Iterable[tuple[int, str]]:
    """Letters that have their dot within: the letter alone."""
    for code in range(0x900, 0xE00):
        parts = unicodedata.normalize("NFD", chr(code))
        if len(parts) == 2 and ord(parts[1]) in DOTS:
            yield code, parts[0]


def _is_sign(code: int) -> bool:
    return unicodedata.category(chr(code)) in ("Mn", "Mc")


STAND_INS = dict(_stand_ins())
WRITTEN = {ord(letter): chr(code) for code, letter in STAND_INS.items() if letter and ord(letter) >= STANDING_UNSPACED}
