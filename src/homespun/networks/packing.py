"""How a record is kept: compact JSON, compressed by zstd with a dictionary of what such records usually say, which halves it.

A dictionary lies beside the code of its network, is made from made-up records by `tools/dictionary.py`, and never changes: what is
kept can't be read without it. A better one gets a number of its own and is added beside it.
"""

import threading
from pathlib import Path

import zstandard

from homespun.networks.errors import UnreadableRecord
from homespun.networks.said import said as _

LEVEL = -3  # measured on tweets with a dictionary: half the time of level 1, for a quarter more room
LARGEST = 256 << 20  # bytes of one record, unpacked; a damaged header may claim any size


class Packing:
    """Compresses the records of a network with the newest of its dictionaries, and unpacks them with whichever was used.

    Safe to use from several threads.
    """

    def __init__(self, *dictionaries: Path) -> None:
        read = [zstandard.ZstdCompressionDict(path.read_bytes()) for path in dictionaries]
        if read:
            read[-1].precompute_compress(level=LEVEL)  # changes the dictionary, so before any thread uses it
        self._contexts = _Contexts(read)

    def packed(self, record: bytes) -> bytes:
        return self._contexts.compress(record)

    def unpacked(self, packed: bytes) -> bytes:
        """The record as it was given, in JSON. Raises `UnreadableRecord` where these bytes are damaged."""
        try:
            frame = zstandard.get_frame_parameters(packed)
            if frame.content_size > LARGEST:
                raise UnreadableRecord(DAMAGED)
            return self._contexts.by_dictionary[frame.dict_id].decompress(packed)
        except (zstandard.ZstdError, KeyError, MemoryError) as error:
            raise UnreadableRecord(DAMAGED) from error


DAMAGED = _("Its stored record is damaged.")


class _Contexts(threading.local):
    """A thread's own compressor and decompressors. zstandard's objects may not be shared: two threads in one crash the process."""

    def __init__(self, dictionaries: list[zstandard.ZstdCompressionDict]) -> None:
        newest = dictionaries[-1] if dictionaries else None
        self.compress = zstandard.ZstdCompressor(level=LEVEL, dict_data=newest).compress
        self.by_dictionary = {each.dict_id(): zstandard.ZstdDecompressor(dict_data=each) for each in dictionaries}
        self.by_dictionary[0] = zstandard.ZstdDecompressor()
