"""What a connected account's server tells while it happens: server-sent events of its own stream, and of hashtags there.

docs.joinmastodon.org/methods/streaming: new statuses, edits, deletions, notifications; a sign of life every fifteen seconds. What was
missed is not told again, so a stream that breaks off ends with an error, and its caller asks for what lies between.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from homespun import http
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError, SignedOut
from homespun.networks.mastodon import addresses as addresses_of
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
PATH = "/api/v1/streaming"
MOST, AHEAD = 20, 1_000  # hashtags, and events that wait to be told
Told = Queue[tuple[str, str, str | http.NetworkError | None]]  # of which hashtag, what, and its data, or why it ended if it says so


ENDED = _("%(server)s ended its stream.")
NONE = _("%(server)s has no stream that can be heard here, so it is asked again and again.")
TOO_MUCH = _("It says more at once than is listened to here.")
WITHOUT = {400, 404, 405, 426, 501}  # what servers say that stream by websockets alone, or not at all


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
        """See `protocols.Streams`. Of what our account is shown, only what these say, or what speaks to us; all under hashtags of its
        server. Where one of these breaks off, asking fills it; where our account's own does, nothing goes on."""
        ours, server = {*addresses, self.asking.me}, self._server()
        told: Told = Queue(AHEAD)
        over = Event()
        lines = [Line(self, f"{server}{PATH}/user", "", told, over), *self._hashtags(addresses, server, told, over)]
        try:
            for line in lines:
                line.start()
            yield from self._told(told, ours, stopped)
        finally:
            over.set()

    def _hashtags(self, addresses: Sequence[str], server: str, told: Told, over: Event) -> list["Line"]:
        every = [addresses_of.read(each) for each in addresses if each.startswith("#")]
        tags = [each.who for each in every if each.kind == "tag" and each.server == host(self.api.server)][:MOST]
        return [Line(self, f"{server}{PATH}/hashtag?{urlencode({'tag': tag})}", tag, told, over) for tag in tags]

    def _told(self, told: Told, ours: set[str], stopped: Callable[[], bool]) -> Iterator[Heard]:
        last = 0.0
        while not stopped():
            with suppress(Empty):
                tag, event, data = told.get(timeout=0.5)
                if isinstance(data, str):
                    heard = self._happened(tag, event, data, ours)
                    last = time.monotonic() if heard else last
                    yield from [heard] if heard else []
                elif not tag:
                    raise self._ended(data)
            if time.monotonic() - last > ALIVE:
                last = time.monotonic()
                yield Heard(now())

    def _ended(self, error: http.NetworkError | None) -> NetworkError:
        if error is None:
            return NetworkError(_(ENDED.sentence, server=self.server.name), permanent=False)
        return NetworkError(_(NONE.sentence, server=self.server.name)) if error.status in WITHOUT else self.server.refused(error)

    def _happened(self, tag: str, event: str, data: str, ours: set[str]) -> Heard | None:
        if event == "delete":
            uri = self.api.uris.get(data, "")
            return Heard(now(), gone=tuple(each for each in (uri, f"{self.api.server}{API}{data}") if each))
        if event == "notification" and (status := told(data.encode())):
            posts = self.api.statuses([status]).posts
        elif event in POSTS:
            posts = [post for post in self.api.statuses([data.encode()]).posts if tag or post.uri in self.told or concerns(post, ours)]
        else:
            return None
        if len(self.told) > REMEMBERED:
            self.told.clear()
        self.told.update(post.uri for post in posts)
        return Heard(now(), tuple(posts)) if posts else None

    def _server(self) -> str:
        """Some servers stream from a host of its own, which the server names."""
        try:
            named = tolerant.read(Instance, self.api.get("/api/v2/instance")).configuration.urls.streaming
        except SignedOut:
            raise
        except NetworkError:
            named = ""
        named = named.replace("wss://", "https://", 1).replace("ws://", "http://", 1).rstrip("/")
        is_safe = named.startswith("https://") or (self.api.server.startswith("http://") and named.startswith("http://"))
        return named.partition("/api/")[0] if is_safe else self.api.server


class Line(Thread):
    """One stream of it, read until it ends or is over; why it ended is told, too."""

    def __init__(self, stream: Stream, url: str, tag: str, told: Told, over: Event) -> None:
        super().__init__(daemon=True, name=url)
        self.stream, self.url, self.tag, self.told, self.over = stream, url, tag, told, over

    def run(self) -> None:
        door, headers = self.stream.asking.door, {"authorization": f"Bearer {self.stream.server.token}"}
        ended: http.NetworkError | None = None
        try:
            with door.stream(self.url, stopped=self.over.is_set, headers=headers, silence=SILENCE, line_bytes=EVENT_BYTES) as lines:
                for event, data in events(lines):
                    self.tell(event, data)
        except http.NetworkError as error:
            ended = error
        finally:  # whatever it was: else the stream would be taken for one that is silent
            self.tell("", ended)

    def tell(self, event: str, data: str | http.NetworkError | None) -> None:
        while not self.over.is_set():
            with suppress(Full):
                return self.told.put((self.tag, event, data), timeout=0.5)


def events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Server-sent events with their data; ("", "") for a sign of life."""
    event, data = "", ""
    for line in lines:
        field, _colon, value = line.partition(":")
        if field == "event":
            event = value.strip()
        elif field == "data":
            data += value.removeprefix(" ")
            if len(data) > EVENT_BYTES:
                raise http.NetworkError(TOO_MUCH.sentence, permanent=False)
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
