"""The items of one of an archive's files, a megabyte at a time, whatever it looks like, with the broken ones told apart.

A raw newline cannot stand inside a JSON string, so a file is cut at the newline between two items and each piece is parsed whole.
A piece that does not parse is taken item by item; a file on one line is cut by counting brackets.
"""

import re
from collections.abc import Iterator
from typing import IO, Any

import msgspec
import orjson

from homespun.networks import tolerant
from homespun.networks.exports import BROKEN
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Unread

PIECE = 1 << 20
LONGEST = 64 << 20  # of one item
START = re.compile(rb"\[(\s*)(\{|\])")
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)
FINE = Said("")

Items = list[bytes]  # records as compact JSON
Read = tuple[Items, list[Unread], int, bool]  # items, what could not be read, bytes of the file behind them, whether it is the last


class Wrapping(msgspec.Struct, gc=False):
    """What most eras put around a record."""

    tweet: msgspec.Raw = msgspec.Raw()
    like: msgspec.Raw = msgspec.Raw()
    noteTweet: msgspec.Raw = msgspec.Raw()

    def inside(self) -> bytes:
        return bytes(self.tweet) or bytes(self.like) or bytes(self.noteTweet)


WRAPPED, BARE = msgspec.json.Decoder(list[Wrapping]), msgspec.json.Decoder(list[msgspec.Raw])
WRAPPINGS = [field.name for field in msgspec.structs.fields(Wrapping)]


class Cutter:
    """Where one item ends and the next begins, known by how the first one stands in the file."""

    def __init__(self, lead: bytes) -> None:
        self.between = b"\n" + (lead.rpartition(b"\n")[2] if b"\n" in lead else b"") + b"},"

    def last(self, text: bytes) -> tuple[int, int]:
        """End of the last whole item and start of the next, or (-1, -1)."""
        found = text.rfind(self.between)
        following = text.find(b"{", found + len(self.between)) if found >= 0 else -1
        return (found + len(self.between) - 1, following) if following >= 0 else (-1, -1)

    def split(self, text: bytes) -> list[bytes]:
        *parts, last = text.split(self.between)
        return [*(part + self.between[:-1] for part in parts), last]


def read(file: IO[bytes], name: str, *, start: int = 0) -> Iterator[Read]:
    """Pieces of the file from byte `start` on, which is 0 or a number that this gave."""
    rest = file.read(PIECE)
    match = START.search(rest[:4096])
    if match is None or match[2] == b"]":
        empty = match is not None
        yield [], [] if empty else [Unread(Said(name), _("It does not hold a list of items."))], len(rest), True
        return
    cutter, at = Cutter(match[1]), match.end() - 1
    rest = rest[at:]
    if start:
        rest, at = skipped(file, rest, at, start), start
    yield from _pieces(file, name, cutter, rest, at)


def skipped(file: IO[bytes], rest: bytes, at: int, start: int) -> bytes:
    """What has been read of the file behind `start`; zips can only be read on to it."""
    if start <= at + len(rest):
        return rest[start - at :]
    file.seek(start)
    return b""


def _pieces(file: IO[bytes], name: str, cutter: Cutter, rest: bytes, at: int) -> Iterator[Read]:
    lines = True  # whether it can be cut at newlines
    while True:
        try:
            more = file.read(PIECE)
        except BROKEN as error:
            items, unread = parsed(rest, name, at, cutter, lines)
            unread.append(Unread(byte(name, at + len(rest)), _("The rest of it is damaged: %(why)s.", why=str(error))))
            yield items, unread, at + len(rest), True
            return
        if not more:
            break
        rest += more
        end, following = cutter.last(rest) if lines else counted(rest)
        if end < 0 and lines and len(rest) > 4 * PIECE:
            lines = False
            end, following = counted(rest)
        if end < 0 and len(rest) > LONGEST:
            too_long = Unread(byte(name, at), _("An item is longer than any tweet can be; the file was left there."))
            yield [], [too_long], at + len(rest), True
            return
        if end >= 0:
            items, unread = parsed(rest[:end], name, at, cutter, lines)
            at += following
            rest = rest[following:]
            yield items, unread, at, False
    items, unread = parsed(closed(rest), name, at, cutter, lines)
    if not rest.rstrip().rstrip(b";").rstrip().endswith(b"]"):
        unread.append(Unread(Said(name), _("The file ends in the middle: it was cut off on its way.")))
    yield items, unread, at + len(rest), True


def closed(rest: bytes) -> bytes:
    rest = rest.rstrip().rstrip(b";").rstrip()
    return rest[:-1].rstrip() if rest.endswith(b"]") else rest


def counted(text: bytes) -> tuple[int, int]:
    """The same as `Cutter.last`, by counting brackets, strings left aside."""
    depth, end, following = 0, -1, -1
    begun = -1
    for match in TOKEN.finditer(text):
        sign = match[0]
        if sign == b"{":
            if depth == 0 and begun >= 0:
                end, following = begun, match.start()
            depth += 1
        elif sign == b"}":
            depth -= 1
            if depth == 0:
                begun = match.end()
    return end, following


def parsed(text: bytes, name: str, at: int, cutter: Cutter, lines: bool) -> tuple[Items, list[Unread]]:
    if not text.strip():
        return [], []
    try:
        return records(tolerant.compact(b"[%b]" % text, indent=-1)), []
    except tolerant.BROKEN:
        return one_by_one(text, name, at, cutter, lines)


def records(listed: bytes) -> Items:
    """What is inside the wrappings of a list, or the items themselves where there are none."""
    listed.decode("utf-8")  # the shapes look at the strings that they need only
    found = [each.inside() for each in WRAPPED.decode(listed)]
    return found if all(found) else [inside or bytes(item) for inside, item in zip(found, BARE.decode(listed), strict=True)]


def unwrapped(item: Any) -> bytes:
    inside = next((item[name] for name in WRAPPINGS if item.get(name)), item) if isinstance(item, dict) else item
    return orjson.dumps(inside)


def one_by_one(text: bytes, name: str, at: int, cutter: Cutter, lines: bool) -> tuple[Items, list[Unread]]:
    items: Items = []
    unread: list[Unread] = []
    parts = cutter.split(text)
    if len(parts) == 1:
        parts = by_brackets(text)
    for part in parts:
        where = byte(name, at)
        at += len(part)
        item, why = forgiving(part)
        if item is not None:
            items.append(unwrapped(item))
        else:
            items += within(part)
        if why:
            unread.append(Unread(where, why))
    return items, unread


def within(part: bytes) -> Items:
    """Whole items that stand in a piece beside what cannot be read."""
    pieces = by_brackets(part)
    return [] if pieces == [part] else [unwrapped(item) for item, _ in map(forgiving, pieces) if item is not None]


def by_brackets(text: bytes) -> list[bytes]:
    parts, depth, start = [], 0, 0
    for match in TOKEN.finditer(text):
        if match[0] == b"{":
            if depth == 0:
                start = match.start()
            depth += 1
        elif match[0] == b"}":
            depth -= 1
            if depth == 0:
                parts.append(text[start : match.end()])
    return parts if depth == 0 and parts else [text]


def byte(name: str, at: int) -> Said:
    return _("%(file)s, byte %(n)s", file=name, n=at)


def forgiving(part: bytes) -> tuple[Any, Said]:
    """The item, and what is wrong with it; None for one that cannot be read at all."""
    part = part.strip().strip(b",").strip()
    item = tolerant.loosely(part)
    if item is None:
        return None, _("It is not whole JSON, so it was left out.")
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return item, _("It has bytes that are not UTF-8; they are shown as \N{REPLACEMENT CHARACTER}.")
    return item, FINE
