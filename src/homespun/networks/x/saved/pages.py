"""Saved pages brought in like an archive: one file, a folder of them or a zip. They are nobody's in particular."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from homespun.networks.errors import NetworkError
from homespun.networks.exports import BROKEN, DAMAGED, Told
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Account, Page, Unread
from homespun.networks.x.opening import Folder, Member, Opened, is_readable
from homespun.networks.x.opening import opened as opened_place
from homespun.networks.x.saved import reading

WANTED = (  # of a folder; an archive's own page shows nothing by itself, and a capture is called by the id of its post
    r"(?:^|/)(?!Your archive\.html)[^/]+\.(?:x?html?|mhtml?)(?:\.gz)?$|(?:^|/)\d{5,20}\.json(?:\.gz)?$"
)
PAGE = re.compile(r"(?:\.(?:x?html?|mhtml?|json)(?:\.gz)?|(?:^|/)[^./]+|(?:^|/)[^./]+\.gz)$", re.IGNORECASE)
NOBODY = Account(uri="")
LOOKED_AT = 40  # files of a folder, to know whether it holds saved pages
MOST = 100_000
MOST_BYTES = 1 << 30  # of one file
HEAD = 1 << 16


class Pages:
    """Opened. `close()` it."""

    kind = "x-pages"
    owner = NOBODY
    made = 0
    private = 0
    deleted = circle = False
    declared: Mapping[str, int] = {}
    months: Mapping[str, int] = {}

    def __init__(self, inside: Opened, members: Sequence[Member]) -> None:
        self.inside, self.members = inside, members

    @property
    def fingerprint(self) -> str:
        return fingerprint((each.size, self.read(each, HEAD)) for each in self.members)

    def pages(self, cursor: dict[str, Any]) -> Iterator[Page]:
        first = int(cursor.get("file", 0))
        for place, member in enumerate(self.members[first:], first + 1):
            posts, unread = self.posts(member)
            counts = {"read": len(posts)}
            yield Page(
                list(posts), {"file": place}, [], tuple(Unread(Said(member.name), why) for why in unread), counts, place / len(self.members)
            )

    def posts(self, member: Member) -> tuple[Sequence[Any], Sequence[Said]]:
        try:
            found = reading.posts_in(self.read(member, reading.LARGEST + 1))
        except NetworkError as error:
            return [], [error.said]
        except BROKEN as error:
            return [], [_(DAMAGED, why=str(error))]
        return found.posts, found.unread

    def read(self, member: Member, size: int) -> bytes:
        with self.inside.open(member) as file:
            return file.read(size)

    def media(self) -> Sequence[tuple[str, Member]]:
        """A page's pictures lie beside it under names that say nothing of them."""
        return []

    def open(self, member: Member) -> IO[bytes]:
        return self.inside.open(member)

    def headers(self) -> int:
        return 0

    def close(self) -> None:
        self.inside.close()


def fingerprint(files: Iterable[tuple[int, bytes]]) -> str:
    """Of files by their sizes and beginnings: the same wherever they lie and whatever they are called."""
    digest = hashlib.sha256()
    for found in sorted(hashlib.sha256(f"{size} ".encode() + start[:HEAD]).digest() for size, start in files):
        digest.update(found)
    return digest.hexdigest()


def begins(start: bytes) -> bool:
    """A packed page begins like any packed file."""
    return start.startswith(reading.GZIP)


def holds(path: Path) -> bool:
    try:
        if path.is_dir() and any((path / "data").glob("*.js")):
            return False  # an archive of X's own, which may be large
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            return False
        inside = opened_place(path)
    except (NetworkError, OSError):
        return False
    try:
        members = candidates(inside, path)
        return any(looks(inside, each) for each in members[:LOOKED_AT])
    finally:
        inside.close()


def candidates(inside: Opened, path: Path) -> list[Member]:
    """What may be a page; nothing where an archive of X's own lies."""
    found = []
    is_one = isinstance(inside, Folder) and path.is_file()
    for number, member in enumerate(inside.members()):
        if number > MOST or (not is_one and is_readable(member)):
            return []
        if is_one or PAGE.search(member.name):
            found.append(member)
    return found


def looks(inside: Opened, member: Member) -> bool:
    try:
        with inside.open(member) as file:
            start = file.read(64)
            if is_readable(member) and start.lstrip(reading.SPACE)[:1] == b"[":
                return False  # a file of an archive, cut down to its list
            return reading.may_be(start) and reading.holds(reading.unpacked(start + file.read(reading.LARGEST)))
    except (NetworkError, OSError, *BROKEN):
        return False


def opened(path: Path, told: Told) -> Pages:
    """Raises `NetworkError` where no page of it holds posts."""
    inside = opened_place(path)
    members = candidates(inside, path)
    if not members:
        inside.close()
        raise NetworkError(_("“%(name)s” holds no saved page of X.", name=path.name))
    return Pages(inside, members)
