"""A repository as a file (CAR v1): its blocks in the order in which they lie there, and its tree of record keys. Pure but for reading.

https://ipld.io/specs/transport/car/carv1 and https://atproto.com/specs/repository. Nothing is kept of a block but what is asked for, so
that a large repository takes little memory, and no block is believed that is not what its name says (SHA-256).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, Any

import libipld

from homespun.networks.errors import NetworkError
from homespun.networks.said import said as _

NAME = b"\x01\x71\x12\x20"  # how names of blocks begin: CID 1, DAG-CBOR, SHA-256, 32 bytes
LENGTH = 36
LONGEST = 2 << 20  # bytes of a block; records have half of it at most
PIECE = 1 << 18
HEADER = b"\xa2eroots"
NODE = b"\xa2ae"  # a part of the tree: its entries, and what lies left of them
AHEAD = 4 + LENGTH  # enough for the length of a block and its name
DAMAGED = _("The file is damaged: what is in it is not what it is called by. Export the repository anew.")
ENDS = _("The file ends in the middle. Copy it again, or export the repository anew.")

Raw = dict[str, Any]
Node = tuple[list[bytes], list[tuple[str, bytes]]]
EMPTY: Node = ([], [])


Spot = int  # where a block lies in the file, from its name on, and how long it is: small, as there are many


def spot_of(begins: int, length: int) -> Spot:
    return begins << 22 | length


def place_of(spot: Spot) -> tuple[int, int]:
    """Where it begins, and how long it is."""
    return spot >> 22, spot & (1 << 22) - 1


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
    content = block[LENGTH:]
    if block[:4] != NAME or sha256(content).digest() != block[4:LENGTH]:
        raise NetworkError(DAMAGED)
    try:
        return libipld.decode_dag_cbor(content)
    except (ValueError, RecursionError) as error:
        raise NetworkError(DAMAGED) from error


@dataclass
class Tree:
    """The commit, and what is in the collections that are wanted: by record key where it lies in the file."""

    commit: Raw = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  # keys of what the file lacks

    @classmethod
    def of(cls, file: IO[bytes], *collections: str) -> "Tree":
        """Reads the file once. Raises `NetworkError`."""
        root, tree = root_of(file), cls()
        nodes: dict[Any, Node] = {}
        spots: dict[bytes, Spot] = {}
        wanted, is_wanted = tuple(f"{each}/".encode() for each in collections), types_of(collections).search
        for held, start, end, offset in spans(file):
            if held.startswith(NODE, start + LENGTH):
                nodes[held[start : start + LENGTH]] = entries(record(held[start:end]), wanted)
            elif held.startswith(root, start):
                tree.commit = record(held[start:end])
            elif is_wanted(held, start, end):
                spots[held[start : start + LENGTH]] = spot_of(offset + start, end - start)
        tree._find(nodes, spots)
        return tree

    def _find(self, nodes: dict[Any, Node], spots: dict[bytes, Spot]) -> None:
        waiting = [self.commit.get("data")] if isinstance(self.commit, dict) else []
        while waiting:
            below, keys = nodes.pop(waiting.pop(), EMPTY)  # popped, so that a circle ends
            waiting += below
            for key, name in keys:
                if spot := spots.get(name):
                    self.spots[key] = spot
                else:
                    self.missing.append(key)


def types_of(collections: Iterable[str]) -> re.Pattern[bytes]:
    """How records of these collections say what they are, in CBOR, so that others need not be read."""
    types = [bytes([0x60 + len(each)]) + each.encode() for each in collections if len(each) < 24]
    return re.compile(rb"e\$type(?:" + b"|".join(map(re.escape, types)) + b")")


def entries(node: Any, wanted: tuple[bytes, ...]) -> Node:
    """What lies below a part of the tree, and its own keys. Each key leaves out what it shares with the one before."""
    below: list[bytes] = []
    keys: list[tuple[str, bytes]] = []
    last = b""
    try:
        below += [node["l"]] if node["l"] else []
        for entry in node["e"]:
            last = last[: entry["p"]] + entry["k"]
            if last.startswith(wanted):
                keys.append((last.decode("ascii"), entry["v"]))
            if entry["t"]:
                below.append(entry["t"])
    except (KeyError, TypeError, UnicodeDecodeError):
        return EMPTY  # a record that only begins like one
    return below, keys
