"""A repository as a file (CAR v1): its blocks in the order in which they lie there, and its tree of record keys. Pure but for reading.

https://ipld.io/specs/transport/car/carv1 and https://atproto.com/specs/repository. Nothing is kept of a block but what is asked for, so
that a large repository takes little memory, and no block is believed that is not what its name says (SHA-256).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, Any

import libipld

from homespun.networks.errors import NetworkError
from homespun.networks.said import said as _

NAME = b"\x01\x71\x12\x20"  # how names of blocks begin: CID 1, DAG-CBOR, SHA-256, 32 bytes
LENGTH = 36
EMPTY = sha256()  # to begin with; a copy takes half the time of a new one
LONGEST = 2 << 20  # bytes of a block; records have half of it at most
PIECE = 1 << 18
HEADER = b"\xa2eroots"
NODE = b"\xa2ae"  # a part of the tree: its entries, and what lies left of them
AHEAD = 4 + LENGTH  # enough for the length of a block and its name
DAMAGED = _("The file is damaged: what is in it is not what it is called by. Export the repository anew.")
ENDS = _("The file ends in the middle. Copy it again, or export the repository anew.")

Raw = dict[str, Any]
LAST = b"\xff"  # behind every record key


MOST = (1 << 22) - 1
Spot = int  # where a block lies in the file, from its name on, and how long it is: small, as there are many


def spot_of(begins: int, length: int) -> Spot:
    return begins << 22 | length


def place_of(spot: Spot) -> tuple[int, int]:
    """Where it begins, and how long it is."""
    return spot >> 22, spot & MOST


def begins(start: bytes) -> bool:
    return HEADER in start[1 : 4 + len(HEADER)]


def spans(file: IO[bytes]) -> Iterator[tuple[bytes, int, int, int]]:
    """Of each block what was read with it, where in this it begins (with its name) and ends, and where that lies in the file."""
    file.seek(0)
    held, start, offset = file.read(PIECE), 0, 0
    skip = True  # the header
    while start < len(held):
        length, used = held[start] & 127, 1
        if held[start] > 127:
            length, used = number(held, start)
        if length > LONGEST or (not skip and length <= LENGTH):
            raise NetworkError(DAMAGED)
        end = start + used + length
        if end > len(held) or len(held) - start < AHEAD:
            more = file.read(PIECE)
            if more:
                held, offset, start = held[start:] + more, offset + start, 0
                continue
            if end > len(held):
                raise NetworkError(ENDS)
        if not skip:
            yield held, start + used, end, offset
        start, skip = end, False
        if start == len(held):
            held, offset, start = file.read(PIECE), offset + start, 0


def number(held: bytes, start: int = 0) -> tuple[int, int]:
    """An unsigned varint, and how many bytes it took. One that is cut off is taken for longer than it is."""
    if start + 1 < len(held) and (second := held[start + 1]) < 128 <= held[start]:  # most of them
        return held[start] & 127 | second << 7, 2
    value = 0
    for used in range(1, 5):
        byte = held[start + used - 1] if start + used <= len(held) else 0
        value |= (byte & 127) << 7 * (used - 1)
        if byte < 128:
            return value, used
    raise NetworkError(DAMAGED)


def root_of(file: IO[bytes]) -> bytes:
    """The name of the commit that the file begins with. Raises `NetworkError`."""
    file.seek(0)
    length, used = number(file.read(AHEAD))
    file.seek(used)
    try:
        [root] = libipld.decode_dag_cbor(file.read(min(length, LONGEST)))["roots"]
        return bytes(root)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NetworkError(DAMAGED) from error


def record(block: bytes) -> Any:
    """What is in a block, which begins with its name. Raises `NetworkError` where it is not what its name says, or nothing at all."""
    content, hashed = block[LENGTH:], EMPTY.copy()
    hashed.update(content)
    if block[:LENGTH] != NAME + hashed.digest():
        raise NetworkError(DAMAGED)
    try:
        return libipld.decode_dag_cbor(content)
    except (ValueError, RecursionError) as error:
        raise NetworkError(DAMAGED) from error


def read(file: IO[bytes], spot: Spot) -> bytes:
    begins, length = place_of(spot)
    return os.pread(file.fileno(), length, begins)


class Reading:
    """Blocks in the order of the file, read a piece at a time."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.piece, self.begins = file, b"", 0

    def block(self, spot: Spot) -> bytes:
        begins, length = spot >> 22, spot & MOST  # not by a call, as there are many
        start = begins - self.begins
        if not 0 <= start <= len(self.piece) - length:
            self.piece, self.begins, start = os.pread(self.file.fileno(), max(PIECE, length), begins), begins, 0
        return self.piece[start : start + length]


@dataclass
class Tree:
    """The commit, and what is in the collections that are wanted: by record key where it lies in the file."""

    commit: Raw = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  # keys of what the file lacks

    @classmethod
    def of(cls, file: IO[bytes], *collections: str) -> "Tree":
        """Raises `NetworkError`."""
        root, tree = root_of(file), cls()
        nodes: dict[Any, Spot] = {}  # parts of the tree
        spots: dict[bytes, Spot] = {}
        types = [type_of(each) for each in collections]
        for held, start, end, offset in spans(file):
            content = start + LENGTH
            if held.startswith(NODE, content):
                nodes[held[start:content]] = spot_of(offset + start, end - start)
            elif held.startswith(root, start):
                tree.commit = record(held[start:end])
            else:
                for each in types:
                    if held.find(each, content, end) > 0:
                        spots[held[start:content]] = spot_of(offset + start, end - start)
                        break
        tree._find(file, nodes, spots, [Wanted(each) for each in collections])
        return tree

    def _find(self, file: IO[bytes], nodes: dict[Any, Spot], spots: dict[bytes, Spot], wanted: "list[Wanted]") -> None:
        """From the top of the tree down to where keys of the wanted collections can be, as it is in their order."""
        begins = tuple(each.begins for each in wanted)
        waiting: list[tuple[Any, bytes, bytes]] = []
        if isinstance(self.commit, dict):
            waiting.append((self.commit.get("data"), b"", LAST))
        while waiting:
            name, after, before = waiting.pop()
            if (spot := nodes.pop(name, None)) is None:  # popped, so that a circle ends
                continue
            keys, below = entries(record(read(file, spot)), after, before)
            waiting += [each for each in below if any(collection.lies_in(each[1], each[2]) for collection in wanted)]
            for key, value in keys:
                if not key.startswith(begins):
                    continue
                if (lies := spots.get(value)) is None:
                    self.missing.append(key.decode("ascii", "replace"))
                else:
                    self.spots[key.decode("ascii", "replace")] = lies


class Wanted:
    """A collection: between which keys all of its keys are."""

    def __init__(self, collection: str) -> None:
        self.begins, self.ends = f"{collection}/".encode(), f"{collection}0".encode()  # 0 comes after /

    def lies_in(self, after: bytes, before: bytes) -> bool:
        return after < self.ends and self.begins < before


def type_of(collection: str) -> bytes:
    """How records of a collection say what they are, in CBOR, so that others need not be read."""
    return b"e$type" + bytes([0x60 + len(collection)]) + collection.encode()


def entries(node: Any, after: bytes, before: bytes) -> tuple[list[tuple[bytes, bytes]], list[tuple[Any, bytes, bytes]]]:
    """The keys of a part of the tree with what they stand for; and what lies between them, with the keys that it lies between."""
    keys: list[tuple[bytes, bytes]] = []
    below: list[tuple[Any, bytes, bytes]] = []
    key, left = b"", node.get("l")
    try:
        for entry in node["e"]:
            key = key[: entry["p"]] + entry["k"]
            if left:
                below.append((left, after, key))
            keys.append((key, entry["v"]))
            after, left = key, entry["t"]
    except (KeyError, TypeError):
        return [], []  # a record that only begins like one
    return keys, [*below, (left, after, before)] if left else below
