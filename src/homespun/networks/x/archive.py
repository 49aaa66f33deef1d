"""An X archive as pages of values, with a cursor after each, so that a reading goes on where it was killed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Account, Page, Place, Post, Unread
from homespun.networks.x import items, tweets
from homespun.networks.x.notes import Notes
from homespun.networks.x.opening import Member, media_name
from homespun.networks.x.recognising import File, Recognised, recognised

PLACES = {"tweets": Place.OWN, "community": Place.COMMUNITY, "circle": Place.CIRCLE, "deleted": Place.DELETED, "likes": Place.LIKE}
KEYS = {"tweets": "tweet", "community": "tweet", "circle": "tweet", "deleted": "tweet", "likes": "like"}
COUNTED = {"tweets": "read", "community": "community", "circle": "circle", "deleted": "deleted", "likes": "likes"}
Raw = dict[str, Any]


@dataclass
class Archive:
    """One archive, opened: `kind`, `owner`, `declared`; then `pages()` and `media()`."""

    found: Recognised
    owner: Account
    deleted: bool = False
    circle: bool = False
    notes: Notes = field(default_factory=Notes)
    seen_months: dict[str, int] = field(default_factory=dict)

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
            for raws, unread, byte, last in items.read(opened, file.member.name, start=start):
                cursor = {"file": place + 1, "byte": 0} if last else {"file": place, "byte": byte}
                yield self._page(file, raws, unread, cursor, min(1.0, (before + byte) / total))

    def _page(self, file: File, raws: list[Any], unread: list[Unread], cursor: dict[str, Any], progress: float) -> Page:
        kind, key = file.kind, KEYS[file.kind]
        posts: list[Post] = []
        asides: list[Post] = []
        joined = len(self.notes.joined)
        for raw in raws:
            inner = raw.get(key, raw) if raw.__class__ is dict else raw
            try:
                if kind == "likes":
                    asides.append(tweets.liked(inner))
                else:
                    self._take(inner, PLACES[kind], posts, asides)
            except (tweets.Unusable, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
                unread.append(Unread(where(file, inner), why(error)))
        counts = {COUNTED[kind]: len(raws), "notes": len(self.notes.joined) - joined}
        if file.month:
            counts[f"month {file.month}"] = len(raws)
        return Page(posts, cursor, asides, tuple(unread), counts, progress)

    def _take(self, raw: Raw, place: Place, posts: list[Post], asides: list[Post]) -> None:
        if self.notes.by_second and "note_tweet" not in raw:
            text = raw.get("full_text") or raw.get("text") or ""
            if len(text) > 100 and (core := self.notes.core_for(raw, text)):
                raw["note_tweet"] = core
        posts.append(tweets.post(raw, place, self.owner))
        if "retweeted_status" in raw or "quoted_status" in raw:
            posts += tweets.embedded(raw)
        elif (raw.get("full_text") or raw.get("text") or "").startswith("RT @") and (aside := tweets.reposted_words(raw)):
            asides.append(aside)

    def _read_notes(self) -> list[Unread]:
        unread: list[Unread] = []
        for file in self.found.of("notes"):
            with self.found.inside.open(file.member) as opened:
                for raws, broken, _, _ in items.read(opened, file.member.name):
                    unread += broken
                    for raw in raws:
                        try:
                            self.notes.add(raw.get("noteTweet", raw))
                        except (tweets.Unusable, AttributeError) as error:
                            unread.append(Unread(Said(file.member.name), why(error)))
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
                count += sum(len(raws) for raws, _, _, _ in items.read(opened, file.member.name))
        return count

    def close(self) -> None:
        self.found.close()


def where(file: File, raw: Any) -> Said:
    shown = str(raw.get("id_str") or raw.get("tweetId") or raw.get("id") or "")[:40] if isinstance(raw, dict) else ""
    return _("%(file)s, item %(id)s", file=file.member.name, id=shown) if shown else Said(file.member.name)


def why(error: Exception) -> Said:
    if isinstance(error, tweets.Unusable):
        return _("It was left out: %(why)s.", why=str(error))
    return _("It was left out: it is not made as a tweet is.")


def open_archive(path: Path, *, owner: Account | None = None, deleted: bool = False, circle: bool = False) -> Archive:
    """Open an archive. `owner` is who it belongs to where it does not say so itself. Raises `NetworkError`."""
    found = recognised(path)
    known = found.owner or owner or Account(uri=f"urn:homespun:archive:{found.fingerprint[:32]}")
    return Archive(found, known, deleted, circle)
