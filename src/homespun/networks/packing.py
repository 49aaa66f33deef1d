"""How a record is kept: compact JSON, packed by zstd with a dictionary of what such records usually say, which halves it.

A dictionary stands beside the code of its network, is made from made-up records by `tools/dictionary.py`, and is never changed: what is
kept can be read with it alone. A better one comes beside it, with a number of its own.
"""

from pathlib import Path

import zstandard

LEVEL = -3  # measured on tweets with a dictionary: half the time of level 1, for a quarter more room


class Packing:
    """What packs the records of a network, by the newest of its dictionaries, and unpacks them, by whichever it was."""

    def __init__(self, *dictionaries: Path) -> None:
        read = [zstandard.ZstdCompressionDict(path.read_bytes()) for path in dictionaries]
        self._by_number = {each.dict_id(): zstandard.ZstdDecompressor(dict_data=each) for each in read}
        self._by_number[0] = zstandard.ZstdDecompressor()
        if read:
            read[-1].precompute_compress(level=LEVEL)
        self.packed = zstandard.ZstdCompressor(level=LEVEL, dict_data=read[-1] if read else None).compress

    def unpacked(self, packed: bytes) -> bytes:
        """The record as it was given, in JSON."""
        return self._by_number[zstandard.get_frame_parameters(packed).dict_id].decompress(packed)
