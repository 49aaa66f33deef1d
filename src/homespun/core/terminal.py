"""Text of other people made safe for a terminal: no control characters and no changes of the writing direction."""

import re

# C0 and C1 controls except tab and newline, line and paragraph separators, and what changes the writing direction (UAX 9).
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with control characters made visible: C0 as its symbol (ESC is ␛), all others as �."""
    return CONTROL.sub(_visible, text)


def printable_json(text: str) -> str:
    """JSON that means the same, with control characters escaped."""
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
