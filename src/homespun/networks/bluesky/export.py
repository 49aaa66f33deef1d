"""An account's own repository as a file (`.car`), as its server gives it out: posts, whose they are, and when it was as it is there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import libipld
import msgspec
import orjson

from homespun.networks.bluesky import cars, posts
from homespun.networks.bluesky.cars import Tree
from homespun.networks.bluesky.identity import DID, LONGEST, POST, kept, key_ms
from homespun.networks.bluesky.shapes import Record, View
from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.exports import Member, Told
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Account, Page, Place, Post, Unread

WANTED = r"\.car$"
PROFILE = "app.bsky.actor.profile"
AT_ONCE = 500  # posts of a page
NO_REPOSITORY = _("The file is no repository of an account: it does not say whose it is.")


def begins(start: bytes) -> bool:
    return cars.begins(start)


def holds(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return begins(file.read(100))
    except OSError:
        return False


def opened(path: Path, told: Told) -> "Repository":
    return Repository(path, told)


class Repository:
    """Pictures and films are not in it, only their names; reposts and likes are, and are no posts."""

    kind = "bluesky-repository"
    deleted = circle = False
    private = 0
    months: Mapping[str, int] = {}

    def __init__(self, path: Path, told: Told) -> None:
        self.file = path.open("rb")
        self.size = max(path.stat().st_size, 1)
        try:
            self.tree = Tree.of(self.file, POST, PROFILE)
            self.did = str(self.tree.commit.get("did", "")) if isinstance(self.tree.commit, dict) else ""
            if not DID.match(self.did):
                raise NetworkError(NO_REPOSITORY)
            self.owner = self._owner(told.account)
        except BaseException:
            self.file.close()
            raise

    def _owner(self, handle: str) -> Account:
        """A repository knows no handle, but often a name."""
        spot = self.tree.spots.get(f"{PROFILE}/self")
        found = cars.record(cars.read(self.file, spot)) if spot else {}
        name, bio = (found.get(each) for each in ("displayName", "description")) if isinstance(found, dict) else ("", "")
        told = {"name": kept(str(name or ""), 500), "bio": kept(str(bio or ""), 5000)}
        return Account(self.did, handle.removeprefix("@"), **told, network="bluesky")

    @property
    def fingerprint(self) -> str:
        return sha256(cars.root_of(self.file)).hexdigest()

    @property
    def made(self) -> int:
        return key_ms(str(self.tree.commit.get("rev", "")))

    @property
    def declared(self) -> Mapping[str, int]:
        return {"listed": sum(key.startswith(POST) for key in (*self.tree.spots, *self.tree.missing))}

    def pages(self, cursor: dict[str, Any]) -> Iterator[Page]:
        """In the order of the file. The cursor is `{"at": …}`, where what was read ends."""
        at, reading = int(cursor.get("at", 0)), cars.Reading(self.file)
        behind = cars.spot_of(at, 0)
        keys = [key for key, spot in self.tree.spots.items() if spot >= behind and key.startswith(POST)]
        keys.sort(key=self.tree.spots.__getitem__)
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            read, unread = list[Post](), list[Unread]()
            for key in part:
                try:
                    read.append(self._post(key, reading.block(self.tree.spots[key])))
                except (Unusable, NetworkError) as error:
                    unread.append(Unread(Said(key[:300]), error.said))
            at = sum(cars.place_of(self.tree.spots[part[-1]]))
            yield Page(read, {"at": at}, unread=tuple(unread), counts={"read": len(part)}, progress=min(at / self.size, 1.0))

    def _post(self, key: str, block: bytes) -> Post:
        uri = f"at://{self.did}/{key}"
        record = cars.record(block)
        raw = as_json({"uri": uri[: LONGEST + 1], "author": {"did": self.did}, "record": record})
        return posts.post(view(uri, record) or posts.read(raw), raw, Place.OWN, self.owner)

    def media(self) -> Sequence[tuple[str, Member]]:
        return []

    def open(self, member: Any) -> IO[bytes]:
        raise NetworkError(_("Pictures are not in a repository."))

    def headers(self) -> int:
        return 0

    def close(self) -> None:
        with suppress(OSError):
            self.file.close()


def view(uri: str, record: Any) -> View | None:
    """What `posts.read` makes of it as JSON, in half the time; None where only that can say it."""
    try:
        return View(uri=uri, record=msgspec.convert(record, Record)) if "embed" not in record else None
    except (msgspec.ValidationError, TypeError):
        return None


def as_json(record: Any) -> bytes:
    """As servers write records in JSON: names of blocks as links. Raises `Unusable`."""
    try:
        return orjson.dumps(record, default=linked)
    except TypeError as error:
        raise Unusable(_("It was left out: it cannot be written as JSON.")) from error


def linked(value: Any) -> dict[str, str]:
    if not isinstance(value, bytes) or len(value) != cars.LENGTH:
        raise TypeError
    return {"$link": libipld.encode_cid(value)}
