"""The orientation in an Exif block, which has the form of a TIFF file (Exif 2.32, section 4.6.2)."""

from typing import Literal

ORIENTATION = 0x0112
MAX_ENTRIES = 500


def orientation(content: bytes) -> int:
    """A number from 1 (upright) to 8; 1 where the block has none or makes no sense."""
    order: Literal["little", "big"] = "little" if content[:2] == b"II" else "big"
    start = int.from_bytes(content[4:8], order)
    count = min(int.from_bytes(content[start : start + 2], order), MAX_ENTRIES)
    for at in range(start + 2, start + 2 + count * 12, 12):
        if int.from_bytes(content[at : at + 2], order) == ORIENTATION:
            value = int.from_bytes(content[at + 8 : at + 10], order)
            return value if 1 <= value <= 8 else 1
    return 1
