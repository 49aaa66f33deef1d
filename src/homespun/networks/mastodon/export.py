"""A Mastodon account's own export (outbox.json, actor.json and media, in a tar.gz, a zip or a folder) as pages of values.

What its owner liked and kept as bookmarks lies in it, too, and is never opened: others wrote it, and it was not said in public.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec

from homespun.networks import tolerant
from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.exports import BROKEN, Told
from homespun.networks.mastodon import actors, files, items
from homespun.networks.mastodon.files import Files, Member
from homespun.networks.mastodon.properties import Thing, id_of
from homespun.networks.mastodon.renewing import owned, post_of
from homespun.networks.mastodon.values import address
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Account, Page, Place, Post, Unread

OUTBOX, ACTOR = "outbox.json", "actor.json"
WANTED = r"(?:^|/)(?:outbox\.json|actor\.json|media_attachments/.+)$"
MEDIA = re.compile(r"(?:^|/)(media_attachments/.+)$")
SHUT = {"likes.json", "bookmarks.json"}
KNOWN = re.compile(r"(?:\./)?(?:[^/]+/)?(?:media_attachments/files/.*|(?:outbox|actor|likes|bookmarks)\.json|(?:avatar|header)\.\w+)")
LOOKED_AT = 20  # members of a tar before it is known to be none of these
BEGINS = re.compile(rb'\s*\{.{0,4000}"type"\s*:\s*"OrderedCollection"', re.DOTALL)
TOTAL = re.compile(r'"totalItems"\s*:\s*(\d{1,9})')
AT_ONCE = 1_000  # items of a page
ACTOR_BYTES = 4 << 20
OLDEST = 1_451_606_400_000  # 2016: files without a time have one of 1970 or 1980
NONE = _("“%(name)s” isn’t a Mastodon export: it has no outbox.json.")


def begins(start: bytes) -> bool:
    return start[:2] == b"\x1f\x8b" or start[257:262] == b"ustar" or BEGINS.match(start) is not None


def holds(path: Path) -> bool:
    """By the names of what lies in it; a tar lists its first ones only, as all else takes reading it."""
    try:
        if path.is_dir():
            return any(path.glob(OUTBOX)) or any(path.glob(f"*/{OUTBOX}"))
        with path.open("rb") as file:
            start = file.read(8192)
        if start[:2] == b"PK":
            return outbox_of(files.Zip(path)) is not None
        if start[:2] == b"\x1f\x8b" or start[257:262] == b"ustar":
            return any(KNOWN.fullmatch(name) for name in files.first_names(path, LOOKED_AT))
        return BEGINS.match(start) is not None
    except (*BROKEN, OSError, ValueError, NetworkError):
        return False


def outbox_of(found: Files) -> Member | None:
    every = [member for member in found.members.values() if member.base == OUTBOX and member.name.count("/") < 2]
    single = [*found.members.values()] if len(found.members) == 1 and isinstance(found, files.Folder) else []
    return next(iter([*every, *single]), None)


@dataclass
class Export:
    """One export, opened."""

    files: Files
    outbox: Member
    owner: Account
    fingerprint: str
    total: int
    deleted: bool = False
    circle: bool = False
    kind: str = "mastodon-export"
    months: dict[str, int] = field(default_factory=dict)

    @property
    def made(self) -> int:
        return self.outbox.made if self.outbox.made > OLDEST else 0

    @property
    def declared(self) -> dict[str, int]:
        return {"posts": self.total} if self.total else {}

    @property
    def private(self) -> int:
        return sum(member.base in SHUT for member in self.files.members.values())

    def pages(self, cursor: dict[str, Any]) -> Iterator[Page]:
        """Everything behind `cursor`, which is {} at first and that of a page later."""
        done = int(cursor.get("item", 0))
        if not cursor:
            yield Page([], {"item": 0}, unread=tuple(self.files.unread))
        with self.files.open(self.outbox) as stream:
            found = items.read(stream, done)
            while True:
                records, broken = some(found)
                done += len(records)
                page = self._page(records, done)
                if broken:
                    page = msgspec.structs.replace(page, unread=(*page.unread, Unread(Said(self.outbox.name), broken)))
                if records or broken:
                    yield page
                if len(records) < AT_ONCE:
                    return

    def _page(self, records: list[bytes], done: int) -> Page:
        posts: list[Post] = []
        unread: list[Unread] = []
        for record in records:
            try:
                posts.append(owned(post_of(record, Place.OWN), self.owner))
            except Unusable as error:
                unread.append(Unread(where(record, done), error.said))
        return Page(posts, {"item": done}, [], tuple(unread), {"read": len(records)}, min(1.0, done / max(self.total, done, 1)))

    def media(self) -> list[tuple[str, Member]]:
        """In the order in which they lie in it, as a tar is read forward."""
        return [(match[1], member) for member in self.files.members.values() if (match := MEDIA.search(member.name))]

    def open(self, member: Member) -> IO[bytes]:
        return self.files.open(member)

    def headers(self) -> int:
        return 0

    def close(self) -> None:
        self.files.close()


def some(found: Iterator[bytes]) -> tuple[list[bytes], Said | None]:
    """The next items, and why there are no more where that is not the end."""
    records: list[bytes] = []
    try:
        records.extend(islice(found, AT_ONCE))
    except Unusable as error:
        return records, error.said
    return records, None


def where(record: bytes, done: int) -> Said:
    raw = tolerant.loosely(record)
    shown = str(raw.get("id") or "")[:200] if isinstance(raw, dict) else ""
    return _("%(file)s, item %(id)s", file=OUTBOX, id=shown or str(done))


def opened(path: Path, told: Told) -> Export:
    """Raises `NetworkError` with a sentence."""
    found = files.opened(path)
    try:
        return recognised(found, path, told)
    except (*BROKEN, OSError) as error:
        found.close()
        raise NetworkError(_("“%(name)s” is damaged or was cut off on its way. Download or copy it again.", name=path.name)) from error
    except BaseException:
        found.close()
        raise


def recognised(found: Files, path: Path, told: Told) -> Export:
    outbox = outbox_of(found)
    if outbox is None:
        raise NetworkError(_(NONE.sentence, name=path.name))
    with found.open(outbox) as stream:
        start = stream.read(65536)
        crc = zlib.crc32(start)
        while piece := stream.read(1 << 20):
            crc = zlib.crc32(piece, crc)
    actor = actor_of(found, outbox)
    print_of = sha256(f"mastodon {id_of(actor)} {outbox.size} {crc:08x}".encode()).hexdigest()
    match = TOTAL.search(start.decode("utf-8", errors="replace"))
    return Export(found, outbox, owner_of(actor, start, told, print_of), print_of, int(match[1]) if match else 0)


def actor_of(found: Files, outbox: Member) -> Thing:
    member = found.members.get(outbox.name.removesuffix(OUTBOX) + ACTOR)
    if member is None or member.size > ACTOR_BYTES:
        return {}
    with found.open(member) as stream:
        raw = tolerant.loosely(stream.read(ACTOR_BYTES))
    return raw if isinstance(raw, dict) and id_of({"id": raw.get("id")}) else {}


def owner_of(actor: Thing, start: bytes, told: Told, print_of: str) -> Account:
    """By actor.json; else by who says the first thing in its outbox."""
    if actor:
        return actors.account_of({**actor, "icon": None})
    match = re.search(rb'"actor"\s*:\s*"(https?://[^"\\\s]+)"', start)
    if match and (uri := address(match[1].decode("ascii", errors="replace"))):
        return actors.account_of({"id": uri})
    handle = told.account.strip().removeprefix("@")
    return Account(f"urn:homespun:archive:{print_of[:32]}", handle, network="mastodon")
