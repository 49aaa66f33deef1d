"""Texts that sort: between any two there is always room for more, so that moving an item writes one row.

A position is a fraction written in base 36 without its leading "0." and without zeros at its end. Digits and small letters
only, because these sort the same way in every database's collation.
"""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
WIDTH = 8  # digits of a position that was appended
STEP = BASE**4  # room left between two that were appended: 1.6 million, and as many can be appended
LONGEST = 60  # past this, all positions of the story are written anew


def between(after: str, before: str, count: int = 1) -> list[str]:
    """`count` positions in order, all after `after` ("" for the beginning) and before `before` ("" for the end)."""
    if before and before <= after:
        raise ValueError(f"no room between {after!r} and {before!r}")
    if not before:
        appended = _append(after, count)
        if appended:
            return appended
    width = max(len(after), len(before), 1)
    low, high = _number(after, width), _number(before, width) if before else BASE**width
    while high - low <= count:
        low, high, width = low * BASE, high * BASE, width + 1
    return [_text(low + (high - low) * nth // (count + 1), width) for nth in range(1, count + 1)]


def spread(count: int) -> list[str]:
    """`count` short positions with even room between them, for a story whose positions have grown long."""
    return between("", "", count)


def _append(after: str, count: int) -> list[str]:
    """Steps of even size past the last one, so that a thousand additions at the end do not lengthen anything."""
    width = max(WIDTH, len(after))
    step = STEP * BASE ** (width - WIDTH)
    start = _number(after, width) if after else BASE**width // 4
    if start + step * count >= BASE**width:
        return []
    return [_text(start + step * nth, width) for nth in range(1, count + 1)]


def _number(position: str, width: int) -> int:
    return int(position.ljust(width, "0"), BASE)


def _text(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, BASE)
        digits = DIGITS[digit] + digits
    return digits.rstrip("0")
