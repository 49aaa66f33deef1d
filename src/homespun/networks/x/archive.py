"""An X archive as pages of values, with a cursor after each, so that a reading goes on where it was killed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from homespun.networks import tolerant
from homespun.networks.errors import Unusable
from homespun.networks.exports import Told
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Account, Page, Place, Post, Unread
from homespun.networks.x import items, tweets
from homespun.networks.x.identity import account
from homespun.networks.x.notes import Notes
from homespun.networks.x.opening import Member, media_name
from homespun.networks.x.recognising import File, Recognised, recognised

PLACES = {"tweets": Place.OWN, "community": Place.COMMUNITY, "circle": Place.CIRCLE, "deleted": Place.DELETED, "likes": Place.LIKE}
COUNTED = {"tweets": "read", "community": "community", "circle": "circle", "deleted": "deleted", "likes": "likes"}


@dataclass
class Archive:
    """One archive, opened: `kind`, `owner`, `declared`; then `pages()` and `media()`."""

    found: Recognised
    owner: Account
    deleted: bool = False
    circle: bool = False
    notes: Notes = field(default_factory=Notes)

    kind = "x-archive"

    @property
    def fingerprint(self) -> str:
        return self.found.fingerprint

    @property
    def made(self) -> int:
        return self.found.made

    @property
    def declared(self) -> dict[str, int]:
        return self.found.declared

    @property
    def months(self) -> dict[str, int]:
        return self.found.months

    @property
    def private(self) -> int:
        return self.found.private

    def files(self) -> list[File]:
        """What is read, in order."""
        wanted = ["tweets", "community", *(["circle"] if self.circle else []), *(["deleted"] if self.deleted else []), "likes"]
        return [file for kind in wanted for file in self.found.of(kind)]

    def pages(self, cursor: dict[str, Any]) -> Iterator[Page]:
        """Everything behind `cursor`, which is {} at first and that of a page later."""
        files = self.files()
        total = sum(file.member.size for file in files) or 1
        first, start = int(cursor.get("file", 0)), int(cursor.get("byte", 0))
        if not cursor:
            yield Page([], {"file": 0, "byte": 0}, unread=tuple(self.found.unread))
        unread = self._read_notes()
        if not cursor and (self.notes or unread):
            yield Page([], {"file": 0, "byte": 0}, unread=tuple(unread), counts={"notes_read": len(self.notes)})
        before = sum(file.member.size for file in files[:first])
        for place, file in enumerate(files[first:], first):
            yield from self._pages_of(file, place, start, before, total)
            before, start = before + file.member.size, 0

    def _pages_of(self, file: File, place: int, start: int, before: int, total: int) -> Iterator[Page]:
        with self.found.inside.open(file.member) as opened:
            for records, unread, byte, last in items.read(opened, file.member.name, start=start):
                cursor = {"file": place + 1, "byte": 0} if last else {"file": place, "byte": byte}
                yield self._page(file, records, unread, cursor, min(1.0, (before + byte) / total))

    def _page(self, file: File, records: list[bytes], unread: list[Unread], cursor: dict[str, Any], progress: float) -> Page:
        kind = file.kind
        posts: list[Post] = []
        asides: list[Post] = []
        joined = len(self.notes.joined)
        for record in records:
            try:
                if kind == "likes":
                    asides.append(tweets.liked(record))
                else:
                    self._take(record, PLACES[kind], posts, asides)
            except Unusable as error:
                unread.append(Unread(where(file, record), error.said))
        counts = {COUNTED[kind]: len(records), "notes": len(self.notes.joined) - joined}
        if file.month:
            counts[f"month {file.month}"] = len(records)
        return Page(posts, cursor, asides, tuple(unread), counts, progress)

    def _take(self, record: bytes, place: Place, posts: list[Post], asides: list[Post]) -> None:
        tweet = tweets.read(record)
        text = tweet.words or ""
        if self.notes.by_second and tweet.note_tweet is None and len(text) > 100 and (core := self.notes.core_for(tweet, text)):
            record = tweets.with_note(record, core)
            tweet = tweets.read(record)
        posts.append(tweets.post(tweet, record, place, self.owner))
        if inside := tweets.embedded(tweet):
            posts += inside
        elif text.startswith("RT @") and (aside := tweets.reposted_words(tweet, record)):
            asides.append(aside)

    def _read_notes(self) -> list[Unread]:
        unread: list[Unread] = []
        for file in self.found.of("notes"):
            with self.found.inside.open(file.member) as opened:
                for records, broken, _, _ in items.read(opened, file.member.name):
                    unread += broken
                    for record in records:
                        try:
                            self.notes.add(tolerant.loosely(record))
                        except Unusable as error:
                            unread.append(Unread(Said(file.member.name), error.said))
        return unread

    def media(self) -> list[tuple[str, Member]]:
        """Names and members of its pictures and films; `open` one."""
        return [(media_name(member), member) for member in self.found.media]

    def open(self, member: Member) -> IO[bytes]:
        return self.found.inside.open(member)

    def headers(self) -> int:
        """How many tweets its headers name; 0 where it has none."""
        count = 0
        for file in self.found.of("headers"):
            with self.found.inside.open(file.member) as opened:
                count += sum(len(records) for records, _, _, _ in items.read(opened, file.member.name))
        return count

    def close(self) -> None:
        self.found.close()


def where(file: File, record: bytes) -> Said:
    raw = tolerant.loosely(record)
    shown = str(raw.get("id_str") or raw.get("tweetId") or raw.get("id") or "")[:40] if isinstance(raw, dict) else ""
    return _("%(file)s, item %(id)s", file=file.member.name, id=shown) if shown else Said(file.member.name)


def open_archive(path: Path, *, owner: Account | None = None, deleted: bool = False, circle: bool = False) -> Archive:
    """Open an archive. `owner` is who it belongs to where it does not say so itself. Raises `NetworkError`."""
    found = recognised(path)
    known = found.owner or owner or Account(uri=f"urn:homespun:archive:{found.fingerprint[:32]}")
    return Archive(found, known, deleted, circle)


def opened(path: Path, told: Told) -> Archive:
    handle = told.account.strip().removeprefix("@")
    return open_archive(path, owner=account("", handle) if handle else None, deleted=told.deleted, circle=told.circle)
