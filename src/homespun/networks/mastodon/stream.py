"""What a connected account's server tells while it happens: server-sent events of its own stream.

docs.joinmastodon.org/methods/streaming: new statuses, edits, deletions, notifications; a sign of life every fifteen seconds. What was
missed is not told again, so a stream that breaks off ends with an error, and its caller asks for what lies between.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from homespun import http
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError, SignedOut
from homespun.networks.mastodon.api import Api
from homespun.networks.mastodon.server import Server
from homespun.networks.mastodon.shapes import Notification
from homespun.networks.mastodon.statuses import API
from homespun.networks.mastodon.values import host
from homespun.networks.protocols import Heard
from homespun.networks.said import said as _
from homespun.networks.values import Cursor, Post

if TYPE_CHECKING:
    from homespun.networks.live import Asking

SILENCE = 60.0  # seconds; servers say something every fifteen
ALIVE = 30.0  # seconds between two signs of life to the caller
EVENT_BYTES = 1 << 20
REMEMBERED = 20_000
TOLD = {"mention", "quote", "status", "update"}  # notifications that are about a status that somebody wrote
POSTS = {"update", "status.update"}
PATH = "/api/v1/streaming/user"


class Urls(msgspec.Struct):
    streaming: str = ""


class Configuration(msgspec.Struct):
    urls: Urls = msgspec.field(default_factory=Urls)


class Instance(msgspec.Struct):
    configuration: Configuration = msgspec.field(default_factory=Configuration)


class Stream:
    """Of one connected account."""

    def __init__(self, asking: "Asking", server: Server, api: Api) -> None:
        self.asking, self.server, self.api = asking, server, api
        self.told: set[str] = set()  # uris of what was told, whose edits are told, too

    def heard(self, addresses: Sequence[str], cursor: Cursor, stopped: Callable[[], bool]) -> Iterator[Heard]:
        """See `protocols.Streams`. Of what our account is shown, only what these say, or what speaks to us."""
        ours = {*addresses, self.asking.me}
        url = self._url()
        told = {"authorization": f"Bearer {self.server.token}"}
        try:
            with self.asking.door.stream(url, stopped=stopped, headers=told, silence=SILENCE, line_bytes=EVENT_BYTES) as lines:
                yield from self._read(lines, ours)
        except http.NetworkError as error:
            raise self.server.refused(error) from error
        if not stopped():
            raise NetworkError(_("%(server)s ended its stream.", server=host(url)), permanent=False)

    def _read(self, lines: Iterator[str], ours: set[str]) -> Iterator[Heard]:
        last = 0.0
        for event, data in events(lines):
            heard = self._happened(event, data, ours)
            if heard or time.monotonic() - last > ALIVE:
                last = time.monotonic()
                yield heard or Heard(now())

    def _happened(self, event: str, data: str, ours: set[str]) -> Heard | None:
        if event == "delete":
            uri = self.api.uris.get(data, "")
            return Heard(now(), gone=tuple(each for each in (uri, f"{self.api.server}{API}{data}") if each))
        if event == "notification" and (status := told(data.encode())):
            posts = self.api.statuses([status]).posts
        elif event in POSTS:
            posts = [post for post in self.api.statuses([data.encode()]).posts if post.uri in self.told or concerns(post, ours)]
        else:
            return None
        if len(self.told) > REMEMBERED:
            self.told.clear()
        self.told.update(post.uri for post in posts)
        return Heard(now(), tuple(posts)) if posts else None

    def _url(self) -> str:
        """Some servers stream from a host of its own, which the server names."""
        try:
            named = tolerant.read(Instance, self.api.get("/api/v2/instance")).configuration.urls.streaming
        except SignedOut:
            raise
        except NetworkError:
            named = ""
        named = named.replace("wss://", "https://", 1).replace("ws://", "http://", 1).rstrip("/")
        is_safe = named.startswith("https://") or (self.api.server.startswith("http://") and named.startswith("http://"))
        return f"{named.partition('/api/')[0] if is_safe else self.api.server}{PATH}"


def events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Server-sent events with their data; ("", "") for a sign of life."""
    event, data = "", ""
    for line in lines:
        field, _colon, value = line.partition(":")
        if field == "event":
            event = value.strip()
        elif field == "data":
            data += value.removeprefix(" ")
        elif not line:
            yield event, data
            event, data = "", ""
        elif not field:
            yield "", ""


def told(record: bytes) -> bytes:
    """The status that a notification is about."""
    found = tolerant.read(Notification, record)
    status = bytes(found.status)
    return status if found.type in TOLD and status != b"null" else b""


def concerns(post: Post, ours: set[str]) -> bool:
    """Whether one of these said it, or is answered."""
    people = {account.uri for account in (post.author, post.parent_author) if account}
    return bool(people & ours)


def now() -> Cursor:
    """What was missed is not told again, so this says no more than when."""
    return {"at": int(time.time())}
