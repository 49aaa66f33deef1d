"""What a person sees as one letter: extended grapheme clusters (Unicode Standard Annex 29), as networks count and nobody cuts.

Python knows no grapheme breaks, so that the classes are taken from general categories and the few ranges that differ from them. The rule
for Indic conjuncts (GB9c) is left out: what it joins counts as two, which is never less than a network counts.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u24c2"
    "\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d\u2620\u2622\u2623\u2626\u262a"
    "\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660\u2663\u2665\u2666\u2668\u267b\u267e\u267f\u2692-\u2697"
    "\u2699\u269b\u269c\u26a0\u26a1\u26a7\u26aa\u26ab\u26b0\u26b1\u26bd\u26be\u26c4\u26c5\u26c8\u26ce\u26cf\u26d1\u26d3\u26d4"
    "\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa\u26fd\u2702\u2705\u2708-\u270d\u270f\u2712\u2714\u2716\u271d\u2721\u2728"
    "\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763\u2764\u2795-\u2797\u27a1\u27b0\u27bf\u2934\u2935"
    "\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f004\U0001f02c-\U0001f02f\U0001f094-\U0001f09f"
    "\U0001f0af\U0001f0b0\U0001f0c0\U0001f0cf\U0001f0d0\U0001f0f6-\U0001f0ff\U0001f170\U0001f171\U0001f17e\U0001f17f"
    "\U0001f18e\U0001f191-\U0001f19a\U0001f1af-\U0001f1e5\U0001f201-\U0001f20f\U0001f21a\U0001f22f\U0001f232-\U0001f23a"
    "\U0001f23c-\U0001f23f\U0001f249-\U0001f25f\U0001f266-\U0001f321\U0001f324-\U0001f393\U0001f396\U0001f397"
    "\U0001f399-\U0001f39b\U0001f39e-\U0001f3f0\U0001f3f3-\U0001f3f5\U0001f3f7-\U0001f3fa\U0001f400-\U0001f4fd"
    "\U0001f4ff-\U0001f53d\U0001f549-\U0001f54e\U0001f550-\U0001f567\U0001f56f\U0001f570\U0001f573-\U0001f57a\U0001f587"
    "\U0001f58a-\U0001f58d\U0001f590\U0001f595\U0001f596\U0001f5a4\U0001f5a5\U0001f5a8\U0001f5b1\U0001f5b2\U0001f5bc"
    "\U0001f5c2-\U0001f5c4\U0001f5d1-\U0001f5d3\U0001f5dc-\U0001f5de\U0001f5e1\U0001f5e3\U0001f5e8\U0001f5ef\U0001f5f3"
    "\U0001f5fa-\U0001f64f\U0001f680-\U0001f6c5\U0001f6cb-\U0001f6d2\U0001f6d5-\U0001f6e5\U0001f6e9\U0001f6eb-\U0001f6f0"
    "\U0001f6f3-\U0001f6ff\U0001f7dc-\U0001f7f0\U0001f80c-\U0001f80f\U0001f848-\U0001f84f\U0001f85a-\U0001f85f"
    "\U0001f888-\U0001f88f\U0001f8ae\U0001f8af\U0001f8bc-\U0001f8bf\U0001f8c2-\U0001f8cf\U0001f8d9-\U0001f8ff"
    "\U0001f90c-\U0001f93a\U0001f93c-\U0001f945\U0001f947-\U0001f9ff\U0001fa58-\U0001fa5f\U0001fa6e-\U0001faff"
    "\U0001fc00-\U0001fffd"
)
PICTURE = re.compile(f"[{EMOJI}]")
EXTENDS = frozenset("\u200c\uff9e\uff9f\u302e\u302f\u09be\u09d7\u0b3e\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u1b35")
PREPENDS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3\U0001193f\U00011941"
    "\U00011a84\U00011a85\U00011a86\U00011a87\U00011a88\U00011a89\U00011d46"
)
NO_MARKS = frozenset(
    "\u102b\u102c\u1038\u1062\u1063\u1064\u1067\u1068\u1069\u106a\u106b\u106c\u106d\u1083\u1087\u1088\u1089\u108a\u108b\u108c\u108f\u109a\u109b\u109c\u1a61\u1a63\u1a64\uaa7b\uaa7d\U00011720\U00011721"
)
JOINER = "\u200d"
KOREAN = {("L", "L"), ("L", "V"), ("L", "LV"), ("L", "LVT"), ("LV", "V"), ("LV", "T"), ("V", "V"), ("V", "T"), ("LVT", "T"), ("T", "T")}


def graphemes(text: str) -> Iterator[str]:
    """The clusters of a text, which joined give it again."""
    start, flags, pictured = 0, 0, False
    for place in range(1, len(text)):
        before, here = text[place - 1], text[place]
        kind, last = kind_of(here), kind_of(before)
        flags = flags + 1 if last == "flag" else 0
        pictured = last == "picture" or (pictured and last in ("extend", "joiner"))
        if breaks(last, kind, flags=flags, pictured=pictured):
            yield text[start:place]
            start = place
    if text:
        yield text[start:]


def length(text: str) -> int:
    return len(text) if text.isascii() and "\r" not in text else sum(1 for _ in graphemes(text))


def breaks(last: str, kind: str, *, flags: int, pictured: bool) -> bool:
    """Whether a cluster ends between two characters of these kinds; rules GB3 to GB13."""
    if (last, kind) == ("return", "newline"):
        return False
    if {last, kind} & {"control", "return", "newline"}:
        return True
    if kind in ("extend", "joiner", "mark") or last == "prepend":
        return False
    if last == "joiner" and kind == "picture":
        return not pictured
    if last == kind == "flag":
        return flags % 2 == 0
    return (last, kind) not in KOREAN


@lru_cache(maxsize=4096)
def kind_of(sign: str) -> str:
    """Its class, as far as it matters where clusters break."""
    if sign in "\r\n":
        return "return" if sign == "\r" else "newline"
    if sign == JOINER:
        return "joiner"
    if sign in PREPENDS:
        return "prepend"
    code, category = ord(sign), unicodedata.category(sign)
    if sign in EXTENDS or category in ("Mn", "Me") or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:
        return "extend"
    if (category == "Mc" and sign not in NO_MARKS) or sign in "\u0e33\u0eb3":
        return "mark"
    if category in ("Cc", "Cf", "Zl", "Zp", "Cs"):
        return "control"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "flag"
    return "picture" if PICTURE.match(sign) else korean(code)


def korean(code: int) -> str:
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LVT" if (code - 0xAC00) % 28 else "LV"
    return ""
