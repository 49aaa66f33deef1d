"""Jetstream: what happens on the whole network as small JSON, of which little is ours. Reads its first wire (`/subscribe`).

Where there are accounts of ours, every post of the network is looked at for whether it speaks to one of them; else the server sends
what is by the accounts that are listened to. What does not concern us is not decoded any further than it takes to see that.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from homespun import http
from homespun.networks import tolerant
from homespun.networks.bluesky import posts
from homespun.networks.bluesky.asking import Unanswered
from homespun.networks.bluesky.identity import DID, HANDLE, POST, account, is_post
from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.protocols import Heard
from homespun.networks.said import said as _
from homespun.networks.values import Account, Cursor, Place, Post

if TYPE_CHECKING:
    from homespun.networks.bluesky.client import Client

US = 1_000_000
IN_URL = 100  # accounts that are asked for by name; of more, all is read and the rest left aside here
CAP = 2 << 20  # bytes of one event
TICK = 1.0  # seconds between two looks at whether it is to stop
SOON, LATER, ALIVE = 0.5, 5.0, 30.0  # seconds after which posts are told, deletions are, and that it lives
MANY = 200  # of either, which are told at once
SILENT = 60.0  # seconds in which something happens on a whole network
FIRST, LONGEST = 1.0, 60.0  # seconds before it is connected again
LAG = 600 * US  # by how much what is sent may be behind what happens
KEPT = 20 * 3600 * US  # servers keep a day of events, give or take some hours
Stopped = Callable[[], bool]


class Event(msgspec.Struct, gc=False):
    did: str = ""
    time_us: int = 0
    kind: str = ""
    commit: msgspec.Raw = msgspec.Raw()
    identity: msgspec.Raw = msgspec.Raw()
    account: msgspec.Raw = msgspec.Raw()


class Commit(msgspec.Struct, gc=False):
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: msgspec.Raw = msgspec.Raw()


class Named(msgspec.Struct, gc=False):
    handle: str | None = None


class Open(msgspec.Struct, gc=False):
    active: bool = True


class Stream:
    """One listener's view of it."""

    def __init__(self, client: "Client", server: str, addresses: Sequence[str], stopped: Stopped) -> None:
        self.client, self.server, self.stopped = client, server, stopped
        self.theirs = frozenset(uri for uri in addresses if DID.match(uri))
        self.ours = tuple(uri.encode() for uri in sorted(client.own) if DID.match(uri))
        self.whole = bool(self.ours) or len(self.theirs) > IN_URL

    def heard(self, cursor: Cursor) -> Iterator[Heard]:
        at, pause = int(cursor.get("us", 0)), FIRST
        if at and now_us() - at > KEPT:
            raise NetworkError(_("The stream no longer has what happened since it was heard last."), permanent=False)
        while not (self.theirs or self.ours) and not self.stopped():
            yield Heard({"us": now_us()})  # nobody is listened to, so nothing is missed
            self._rest(ALIVE)
        while not self.stopped():
            try:
                with self.client.asker.door.websocket(self.url(at), cap_bytes=CAP) as socket:
                    for told in self._told(socket, at):
                        at, pause = told.cursor["us"], FIRST
                        yield told
            except http.NetworkError as error:
                if error.permanent:
                    raise Unanswered(error) from error
            self._rest(pause)
            pause = min(pause * 2, LONGEST)

    def url(self, at: int) -> str:
        asked: dict[str, list[str]] = {"wantedCollections": [POST]}
        asked |= {"cursor": [str(at)]} if at else {}
        asked |= {} if self.whole else {"wantedDids": sorted(self.theirs)}
        return f"{self.server}/subscribe?{urlencode(asked, doseq=True)}"

    def _told(self, socket: ClientConnection, at: int) -> Iterator[Heard]:
        """Until the stream breaks off or is silent for too long."""
        batch = Batch(at or now_us() - 5 * US)
        last = time.monotonic()
        if not at:
            yield batch.told(())
        while not self.stopped():
            try:
                message = socket.recv(timeout=batch.wait(), decode=False)
                last = time.monotonic()
                self.hear(message, batch)
            except TimeoutError:
                if self.whole and time.monotonic() - last > SILENT:
                    return
                if not self.whole:
                    batch.at = max(batch.at, now_us() - LAG)
            except ConnectionClosed:
                yield self._tell(batch)
                return
            if batch.is_due():
                yield self._tell(batch)

    def hear(self, message: bytes, batch: "Batch") -> None:
        """Put into the batch what of this event concerns us."""
        event = tolerant.read(Event, message)
        batch.at = max(batch.at, min(event.time_us, now_us()))
        if event.kind == "commit":
            self._hear_commit(event, message, batch)
        elif DID.match(event.did) and event.kind == "account":
            self._hear_account(event, batch)
        elif DID.match(event.did) and event.kind == "identity":
            self.client.directory.documents.pop(event.did, None)
            self.client.appview.people.pop(event.did, None)
            if (handle := tolerant.read(Named, bytes(event.identity)).handle) and HANDLE.match(handle):
                batch.renamed[event.did] = account(event.did, handle.lower())

    def _hear_commit(self, event: Event, message: bytes, batch: "Batch") -> None:
        is_theirs = event.did in self.theirs
        if not is_theirs and b'"delete"' not in message and not any(uri in message for uri in self.ours):
            return
        commit = tolerant.read(Commit, bytes(event.commit))
        uri = f"at://{event.did}/{commit.collection}/{commit.rkey}"
        if not is_post(uri):
            return
        if commit.operation == "delete":
            batch.gone[uri] = None
        elif commit.operation in ("create", "update"):
            edited = event.time_us // 1000 if commit.operation == "update" else 0
            batch.posts[uri] = Written(uri, event.did, bytes(commit.record), edited)

    def _tell(self, batch: "Batch") -> Heard:
        """What was heard, with the names of whoever said it as far as they can be had; without those who have blocked us."""
        written = list(batch.posts.values())
        with suppress(NetworkError):
            self.client.appview.learn(each.did for each in written)
        found = [post for each in written if (post := self._post(each))]
        with suppress(NetworkError):
            found, _absent = self.client.welcome(found)
        return batch.told(found)

    def _post(self, written: "Written") -> Post | None:
        """An edit is believed as its author's own word, so that it takes the place of what their server showed before."""
        author = self.client.appview.told(written.did) or {"did": written.did}
        record = posts.held(written.uri, written.record, author, edited=written.edited)
        try:
            return posts.post(posts.read(record), record, Place.SERVER if written.edited else Place.COPY)
        except Unusable:
            return None

    def _hear_account(self, event: Event, batch: "Batch") -> None:
        """One that is open again is told of as it is called; where that is not known, by its permanent name."""
        if not tolerant.read(Open, bytes(event.account)).active:
            batch.renamed.pop(event.did, None)
            batch.gone[event.did] = None
            return
        batch.gone.pop(event.did, None)
        handle = ""
        if event.did in self.theirs:
            with suppress(NetworkError):
                handle = self.client.directory.document(event.did).handle
        batch.renamed.setdefault(event.did, account(event.did, handle))

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopped() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, TICK / 5))


class Written(msgspec.Struct, frozen=True, gc=False):
    uri: str
    did: str
    record: bytes
    edited: int  # ms


@dataclass
class Batch:
    """What was heard and is not told yet."""

    at: int  # microseconds
    posts: dict[str, Written] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)
    renamed: dict[str, Account] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)

    def wait(self) -> float:
        return min(TICK, max(0.01, self.since + SOON - time.monotonic())) if self.posts else TICK

    def is_due(self) -> bool:
        waited = time.monotonic() - self.since
        if len(self.posts) >= MANY or len(self.gone) >= MANY:
            return True
        return waited > (SOON if self.posts else LATER if self.gone or self.renamed else ALIVE)

    def told(self, posts: Sequence[Post]) -> Heard:
        """All of it, once."""
        heard = Heard({"us": self.at}, tuple(posts), tuple(self.gone), tuple(self.renamed.values()))
        self.posts, self.gone, self.renamed, self.since = {}, {}, {}, time.monotonic()
        return heard


def now_us() -> int:
    return time.time_ns() // 1000
