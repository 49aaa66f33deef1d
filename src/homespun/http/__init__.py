"""The one guarded door to the outside: nothing in Homespun asks another machine for anything but through `Door.fetch`.

An address is looked at after its name was resolved, and that very address is connected to (ssrfguard). Every answer has a cap
in bytes, counted unpacked and while it streams, and a deadline for the whole of it, redirects included. Each host has a number of
requests at once, and a budget that all processes share (`host_memory`).
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network

import httpx
from django.utils.translation import gettext_lazy as _
from ssrfguard import Policy
from websockets.sync.client import ClientConnection

from homespun.http import pauses, robots, streaming, websockets
from homespun.http.answers import Answer, NetworkError, fits, in_words, media_type, read, refused
from homespun.http.counting import RequestCount, count_request, counted, counting_requests
from homespun.http.host_memory import HostMemory
from homespun.http.pauses import retry_after
from homespun.http.robots import Robots
from homespun.http.transport import client, timed

__all__ = [
    "Answer",
    "Door",
    "HostMemory",
    "NetworkError",
    "RequestCount",
    "addresses",
    "count_request",
    "counting_requests",
    "fits",
    "media_type",
    "retry_after",
]

REDIRECTS = 5
AT_ONCE = 2  # requests to one host
BUDGET = 1_200  # requests of all processes to one host in BUDGET_SECONDS; what the host says itself counts before
BUDGET_SECONDS = 300.0
PORTS = frozenset({80, 443, *range(1024, 65536)})  # the other low ones belong to mail, files and shells
ROBOTS_LINES = 100_000  # of all hosts together that are kept in memory
ROBOTS_SECONDS = 24 * 3600.0
US = "Homespun"  # as a robots.txt names us
RESTS = 60.0  # seconds that a host is left alone which says that it is asked too much, and not for how long
FOR_ONE_HOST = ("authorization", "dpop", "cookie")  # headers that nobody else may see
READS = ("GET", "HEAD")


@dataclass
class Host:
    """What a process knows of a host: how many requests it may have at once, and its rules."""

    at_once: threading.BoundedSemaphore
    robots: Robots | None = None


@dataclass(frozen=True)
class Door:
    """A configured door. Built once by whoever reads the settings; safe to use from several threads."""

    site: str  # our own address, said in the User-Agent, so that a host knows who asks
    version: str = "0"
    allow: tuple[IPv4Network | IPv6Network, ...] = ()  # let through although they lie inside: tests, a house with its own servers
    at_once: int = AT_ONCE
    budget: int = BUDGET  # requests to one host in BUDGET_SECONDS
    memory: HostMemory = field(default_factory=HostMemory)  # shared by processes where it has a file
    hosts: dict[str, Host] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def user_agent(self) -> str:
        return f"Homespun/{self.version} (+{self.site})"

    def fetch(
        self,
        url: str,
        *,
        accept: Iterable[str] = (),
        cap_bytes: int,
        deadline: float,
        etag: str = "",
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        content: bytes | None = None,
        onward: bool = True,
        cut: bool = False,
        keep: float = 0.0,
    ) -> Answer:
        """Ask `url` and give its answer.

        `accept` are media types ("text/html", "image/*"; none means any), `deadline` is seconds for all of it, `etag` and
        `last_modified` are those of what one holds already (the answer may then be `unchanged`). Without `onward` no redirect is
        followed, so that what is sent reaches nobody else. `cut` gives the beginning of an answer that is larger than the cap. `keep`
        takes an answer for true for so many seconds, in all processes. Raises `NetworkError`.
        """
        until = time.monotonic() + deadline
        wanted = tuple(accept)
        asking = {"user-agent": self.user_agent, "accept": ", ".join(wanted) or "*/*", "accept-encoding": "gzip"}
        asking |= {"if-none-match": etag} if etag else {}
        asking |= {"if-modified-since": last_modified} if last_modified else {}
        asking |= {name.lower(): value for name, value in (headers or {}).items()}
        if keep and (kept := self.memory.kept_answer(url, seconds=keep)):
            return Answer(url, httpx.codes.OK, httpx.Headers({"content-type": kept.content_type}), kept.body, deadline)
        first = url
        with in_words(), timed(until):
            for _hop in range(REDIRECTS + 1):
                request = self.client.build_request(method, url, headers=asking, content=content)
                with self.turn(request, until), self.sent(request) as response:
                    self.mind(request, response)
                    if not response.has_redirect_location:
                        answer = read(response, wanted, cap_bytes, cut=cut)
                        if keep and answer.status == httpx.codes.OK:
                            self.memory.keep_answer(first, response.headers.get("content-type", ""), answer.body)
                        return answer
                    target = request.url.join(response.headers["location"])
                    is_same = (target.scheme, target.netloc) == (request.url.scheme, request.url.netloc)
                    if not onward or (method not in READS and not is_same):
                        raise NetworkError(_("That address sends one elsewhere, where this is not to be said."), permanent=True)
                    if not is_same:
                        asking = {name: value for name, value in asking.items() if name not in FOR_ONE_HOST}
                    if method not in READS and response.status_code not in (307, 308):
                        method, content = "GET", None
                    url = str(target)
        raise NetworkError(_("That address sends one on and on and never arrives."), permanent=True)

    def may_visit(self, url: str, *, deadline: float = 10, crawling: bool = True) -> bool:
        """Whether the robots.txt of the host lets us fetch `url` (RFC 9309: none there means yes).

        What servers of a protocol tell each other is no `crawling`: then rules for everybody count where they shut the whole host, and
        rules for us by name as they are. Raises `NetworkError` where it cannot be told for now, which means no, too.
        """
        with in_words():
            root = httpx.URL(url)
            host = self.host(netloc_of(root))
            known = host.robots
            if known is None or time.monotonic() - known.at > ROBOTS_SECONDS:
                known = self.rules_at(str(root.copy_with(raw_path=b"/robots.txt", fragment=None)), deadline)
                self.remember(host, known)
            return known.may_fetch(url if crawling or known.is_named else str(root.copy_with(raw_path=b"/", fragment=None)))

    def rules_at(self, url: str, deadline: float) -> Robots:
        if kept := self.memory.kept_answer(url, seconds=ROBOTS_SECONDS):
            return robots.read(kept.body, US, age=time.time() - kept.at)
        try:
            content = self.fetch(url, cap_bytes=robots.LARGEST, cut=True, deadline=deadline).body
        except NetworkError as error:
            if not (error.permanent and 400 <= error.status < 500):
                raise
            content = b""
        self.memory.keep_answer(url, "text/plain", content)
        return robots.read(content, US)

    def remember(self, host: Host, known: Robots) -> None:
        """Those of the hosts that were asked last; of all others they are asked for again."""
        with self.lock:
            host.robots = known
            found = [(each.robots.at, each.robots.lines, each) for each in self.hosts.values() if each.robots and each is not host]
            left = ROBOTS_LINES - known.lines
            for _at, lines, each in sorted(found, key=lambda one: one[0], reverse=True):
                left -= lines
                if left < 0:
                    each.robots = None

    def host(self, netloc: str) -> Host:
        with self.lock:
            return self.hosts.setdefault(netloc, Host(threading.BoundedSemaphore(self.at_once)))

    @contextmanager
    def turn(self, request: httpx.Request, until: float) -> Iterator[None]:
        """Wait for a turn at this host, for as long as the deadline leaves; refuse where its budget is spent or it wants to rest."""
        host = self.host(netloc_of(request.url))
        if not host.at_once.acquire(timeout=max(0.0, until - time.monotonic())):
            raise NetworkError(_("Too many questions to this host are waiting already."), permanent=False)
        try:
            self.spend(request)
            yield
        finally:
            host.at_once.release()

    def mind(self, request: httpx.Request, response: httpx.Response) -> None:
        """Remember until when this host wants to be left alone."""
        now = datetime.now(UTC)
        if response.status_code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
            is_spent = response.status_code == httpx.codes.TOO_MANY_REQUESTS
            wait = pauses.wait_of(response.headers, now=now) or (RESTS if is_spent else 0.0)
        else:
            wait = pauses.spent(response.headers, now=now) or 0.0
        if wait:
            self.memory.leave_alone(netloc_of(request.url), is_read=request.method in READS, seconds=wait)

    def spend(self, request: httpx.Request) -> None:
        """Take a request out of the budget of its host. Raises `NetworkError` where it has none left, or wants to be left alone."""
        is_read = request.method in READS
        wait = self.memory.take_turn(netloc_of(request.url), is_read=is_read, budget=self.budget, seconds=BUDGET_SECONDS)
        if wait and wait.is_wish:
            raise NetworkError(
                _("This server asked Homespun to wait before its next request."), permanent=False, status=429, retry_after=wait.seconds
            )
        if wait:
            raise NetworkError(
                _("Homespun has asked this server often enough for now. It will wait a few minutes."),
                permanent=False,
                retry_after=wait.seconds,
            )

    @contextmanager
    def stream(
        self,
        url: str,
        *,
        stopped: Callable[[], bool],
        accept: str = "text/event-stream",
        headers: Mapping[str, str] | None = None,
        silence: float = 90.0,
        line_bytes: int = 1 << 20,
        deadline: float = 20.0,
    ) -> Iterator[Iterator[str]]:
        """Open an answer that does not end, and give its lines as they come, without their ends.

        They end when `stopped` says so (asked every second), or when the other side ends them. `deadline` is seconds until it begins.
        Raises `NetworkError`: at first where it is refused, later where nothing has come for `silence` seconds, or too long a line.
        No redirect is followed.
        """
        asking = {"user-agent": self.user_agent, "accept": accept, "accept-encoding": "identity", **(headers or {})}
        with in_words(), timed(time.monotonic() + deadline):
            request = self.streams.build_request("GET", url, headers=asking)
            self.spend(request)
            with counted():
                response = self.streams.send(request, stream=True, follow_redirects=False)
        try:
            with in_words(), timed(time.monotonic() + deadline):
                self.mind(request, response)
                if response.status_code != httpx.codes.OK:
                    raise refused(response)
                if not fits(media_type(response.headers), accept):
                    raise NetworkError(_("That address holds no stream."), permanent=True)
            yield streaming.lines(response, stopped=stopped, silence=silence, line_bytes=line_bytes)
        finally:
            response.close()

    def socket(self, url: str, *, deadline: float = 20.0) -> socket.socket:
        """A connection to the host of a ws: or wss: address. Its TLS is begun by `websockets.sync.client.connect(url, sock=…, proxy=None)`.

        Raises `NetworkError` where that address may not be asked, or nobody answers.
        """
        with websockets.in_words_too():
            request = httpx.Request("GET", websockets.over_http(url))
            self.spend(request)
            connected = websockets.connected(url, self.policy, deadline)
            count_request()
            return connected

    @contextmanager
    def websocket(
        self, url: str, *, cap_bytes: int = 1 << 20, deadline: float = 20.0, headers: Mapping[str, str] | None = None
    ) -> Iterator[ClientConnection]:
        """An open websocket. `recv(timeout=…)` gives its messages, none longer than `cap_bytes`. Raises `NetworkError`, within it, too."""
        with websockets.in_words_too():
            opened = websockets.opened(url, self.socket(url, deadline=deadline), self.user_agent, headers or {}, cap_bytes, deadline)
            with opened as connection:
                yield connection

    @contextmanager
    def sent(self, request: httpx.Request) -> Iterator[httpx.Response]:
        with counted():
            response = self.client.send(request, stream=True, follow_redirects=False)
        try:
            yield response
        finally:
            response.close()

    @cached_property
    def policy(self) -> Policy:
        return Policy(allowed_networks=self.allow, allowed_ports=PORTS, max_redirects=REDIRECTS)

    @cached_property
    def client(self) -> httpx.Client:
        return client(self.policy)

    @cached_property
    def streams(self) -> httpx.Client:
        """Apart, so that what stays open keeps no question waiting."""
        return client(self.policy)


def netloc_of(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def addresses(words: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and ranges out of a setting: "127.0.0.1, 10.1.0.0/16". Raises `ValueError` on one that is none."""
    return tuple(ip_network(word, strict=False) for word in words.replace(",", " ").split())
