"""The one guarded door to the outside: nothing in Homespun asks another machine for anything but through `Door.fetch`.

An address is looked at after its name was resolved, and that very address is connected to (ssrfguard). Every answer has a cap
in bytes, counted unpacked and while it streams, and a deadline for the whole of it, redirects included. Each host has a number of
requests at once and a budget.
"""

import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.robotparser import RobotFileParser

import httpx
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ssrfguard import Policy, SSRFGuardError

from homespun.http.transport import Transport, timed

REDIRECTS = 5
AT_ONCE = 2  # requests to one host
BUDGET = 300  # requests to one host in BUDGET_SECONDS
BUDGET_SECONDS = 300.0
PORTS = frozenset({80, 443, *range(1024, 65536)})  # the other low ones belong to mail, files and shells
REASON_CAP = 64 * 1024  # of what a host says when it refuses
ROBOTS_CAP = 500 * 1024  # RFC 9309, 2.5
ROBOTS_SECONDS = 24 * 3600.0
TRY_AGAIN = {408, 425, 429}  # of the 4xx; all other 4xx stay as they are


class NetworkError(Exception):
    """Why nothing came. `permanent`: asking again will not help. `retry_after`: seconds that the other side asked for.

    `answer` is what a host that refused said to it, for protocols that put their reasons there; it is never shown.
    """

    def __init__(
        self, sentence: str | Promise, *, permanent: bool, status: int = 0, retry_after: float | None = None, answer: "Answer | None" = None
    ) -> None:
        super().__init__(sentence)
        self.permanent = permanent
        self.status = status
        self.retry_after = retry_after
        self.answer = answer

    @property
    def sentence(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Answer:
    """What came back. `url` is where it came from in the end; `body` is unpacked and empty where nothing has changed (304)."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def unchanged(self) -> bool:
        return self.status == httpx.codes.NOT_MODIFIED

    @property
    def content_type(self) -> str:
        return media_type(self.headers)

    @property
    def etag(self) -> str:
        return str(self.headers.get("etag", ""))

    @property
    def last_modified(self) -> str:
        return str(self.headers.get("last-modified", ""))

    @property
    def text(self) -> str:
        """The body by the charset that the answer names, UTF-8 where it names none or one that nobody knows."""
        named = Message()
        named["content-type"] = self.headers.get("content-type", "")
        try:
            return self.body.decode(str(named.get_param("charset", "utf-8")), errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


@dataclass
class Host:
    """How much one host is asked: some requests at once, and a budget over a sliding window."""

    at_once: threading.BoundedSemaphore
    asked: deque[float] = field(default_factory=deque)
    robots: tuple[float, RobotFileParser] | None = None


@dataclass(frozen=True)
class Door:
    """A configured door. Built once by whoever reads the settings; safe to use from several threads."""

    site: str  # our own address, said in the User-Agent, so that a host knows who asks
    version: str = "0"
    allow: tuple[IPv4Network | IPv6Network, ...] = ()  # let through although they lie inside: tests, a house with its own servers
    at_once: int = AT_ONCE
    budget: int = BUDGET
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
    ) -> Answer:
        """Ask `url` and give its answer.

        `accept` are media types ("text/html", "image/*"; none means any), `deadline` is seconds for all of it, `etag` and
        `last_modified` are those of what one holds already (the answer may then be `unchanged`). Without `onward` no redirect is
        followed, so that what is sent reaches nobody else. Raises `NetworkError`.
        """
        until = time.monotonic() + deadline
        wanted = tuple(accept)
        asking = {"user-agent": self.user_agent, "accept": ", ".join(wanted) or "*/*", "accept-encoding": "gzip"}
        asking |= {"if-none-match": etag} if etag else {}
        asking |= {"if-modified-since": last_modified} if last_modified else {}
        asking |= {name.lower(): value for name, value in (headers or {}).items()}
        with in_words(), timed(until):
            for _hop in range(REDIRECTS + 1):
                request = self.client.build_request(method, url, headers=asking, content=content)
                with self.turn(request.url.netloc.decode("ascii"), until), self.sent(request) as response:
                    if not response.has_redirect_location:
                        return read(response, wanted, cap_bytes)
                    if not onward:
                        raise NetworkError(_("That address sends one elsewhere, where this is not to be said."), permanent=True)
                    target = request.url.join(response.headers["location"])
                    if target.netloc != request.url.netloc:
                        asking.pop("authorization", None)
                    if method != "GET" and response.status_code not in (307, 308):
                        method, content = "GET", None
                    url = str(target)
        raise NetworkError(_("That address sends one on and on and never arrives."), permanent=True)

    def may_visit(self, url: str, *, deadline: float = 10) -> bool:
        """Whether the robots.txt of the host lets us fetch `url` (RFC 9309: none there means yes, a broken server means no).

        Raises `NetworkError` where it cannot be read.
        """
        root = httpx.URL(url)
        host = self.host(root.netloc.decode("ascii"))
        if host.robots is None or time.monotonic() - host.robots[0] > ROBOTS_SECONDS:
            host.robots = (time.monotonic(), self.robots(str(root.copy_with(raw_path=b"/robots.txt", fragment=None)), deadline))
        return host.robots[1].can_fetch("Homespun", url)

    def robots(self, url: str, deadline: float) -> RobotFileParser:
        rules = RobotFileParser(url)
        try:
            rules.parse(self.fetch(url, cap_bytes=ROBOTS_CAP, deadline=deadline).text.splitlines())
        except NetworkError as error:
            if not error.status:
                raise
            rules.parse(["User-agent: *", "Disallow:" if error.permanent and 400 <= error.status < 500 else "Disallow: /"])
        return rules

    def host(self, netloc: str) -> Host:
        with self.lock:
            return self.hosts.setdefault(netloc, Host(threading.BoundedSemaphore(self.at_once)))

    @contextmanager
    def turn(self, netloc: str, until: float) -> Iterator[None]:
        """Wait for a turn at this host, for as long as the deadline leaves; refuse where its budget is spent."""
        host = self.host(netloc)
        if not host.at_once.acquire(timeout=max(0.0, until - time.monotonic())):
            raise NetworkError(_("Too many questions to this host are waiting already."), permanent=False)
        try:
            self.spend(host)
            yield
        finally:
            host.at_once.release()

    def spend(self, host: Host) -> None:
        now = time.monotonic()
        with self.lock:
            while host.asked and now - host.asked[0] > BUDGET_SECONDS:
                host.asked.popleft()
            if len(host.asked) >= self.budget:
                wait = BUDGET_SECONDS - (now - host.asked[0])
                raise NetworkError(_("This host has been asked often enough for now."), permanent=False, retry_after=wait)
            host.asked.append(now)

    @contextmanager
    def sent(self, request: httpx.Request) -> Iterator[httpx.Response]:
        response = self.client.send(request, stream=True, follow_redirects=False)
        try:
            yield response
        finally:
            response.close()

    @cached_property
    def client(self) -> httpx.Client:
        policy = Policy(allowed_networks=self.allow, allowed_ports=PORTS, max_redirects=REDIRECTS)
        return httpx.Client(transport=Transport(policy=policy), trust_env=False, timeout=None, cookies=no_cookies())


def no_cookies() -> CookieJar:
    """A jar that keeps nothing: no host recognises us by what another request was given."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))


def addresses(words: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and ranges out of a setting: "127.0.0.1, 10.1.0.0/16". Raises `ValueError` on one that is none."""
    return tuple(ip_network(word, strict=False) for word in words.replace(",", " ").split())


def retry_after(value: str, *, now: datetime) -> float | None:
    """Seconds out of a Retry-After, which is a number of them or a date (RFC 9110, 10.2.3); None where it is neither."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def read(response: httpx.Response, wanted: tuple[str, ...], cap_bytes: int) -> Answer:
    """The answer, its status and type looked at before its body is read."""
    if response.status_code >= httpx.codes.BAD_REQUEST:
        raise refused(response)
    found = media_type(response.headers)
    if wanted and not response.status_code == httpx.codes.NOT_MODIFIED and not any(fits(found, kind) for kind in wanted):
        raise NetworkError(_("That address holds something else than what was looked for here (%s).") % (found or "?"), permanent=True)
    if int(response.headers.get("content-length", "0") or 0) > cap_bytes:
        raise too_large(cap_bytes)
    return Answer(str(response.url), response.status_code, response.headers, body(response, cap_bytes))


def refused(response: httpx.Response) -> NetworkError:
    status = response.status_code
    sentence = _("Nothing is there any more.") if status in (404, 410) else _("The other side answered %d.") % status
    wait = retry_after(response.headers.get("retry-after", ""), now=datetime.now(UTC))
    said = Answer(str(response.url), status, response.headers, reason(response))
    return NetworkError(sentence, permanent=status < 500 and status not in TRY_AGAIN, status=status, retry_after=wait, answer=said)


def reason(response: httpx.Response) -> bytes:
    """What is said with a refusal; nothing where that is long, or no answer in words."""
    if media_type(response.headers) != "application/json":
        return b""
    try:
        return body(response, REASON_CAP)
    except (NetworkError, httpx.HTTPError, httpx.StreamError, zlib.error, OSError):
        return b""


def body(response: httpx.Response, cap_bytes: int) -> bytes:
    """The body, unpacked by pieces that never pass the cap: a small answer may unpack to a very large one."""
    unpack = unpacker(response.headers.get("content-encoding", "").strip().lower())
    got = bytearray()
    for piece in response.iter_raw():
        got += unpack(piece, cap_bytes + 1 - len(got))
        if len(got) > cap_bytes:
            raise too_large(cap_bytes)
    return bytes(got)


def unpacker(coding: str) -> Callable[[bytes, int], bytes]:
    if coding in ("", "identity"):
        return lambda piece, _left: piece
    if coding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(wbits=47).decompress
    raise NetworkError(_("The answer is packed in a way that was not asked for."), permanent=True)


def too_large(cap_bytes: int) -> NetworkError:
    return NetworkError(_("The answer is larger than the %d kB that are read here.") % (cap_bytes // 1024), permanent=True)


def media_type(headers: httpx.Headers) -> str:
    found: str = headers.get("content-type", "")
    return found.partition(";")[0].strip().lower()


def fits(found: str, kind: str) -> bool:
    return found == kind or (kind.endswith("/*") and found.startswith(kind[:-1])) or kind == "*/*"


@contextmanager
def in_words() -> Iterator[None]:
    """Everything that can go wrong, said in one sentence of ours."""
    try:
        yield
    except SSRFGuardError as error:
        raise NetworkError(_("That address is not one of the open web, so it is not asked."), permanent=True) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise NetworkError(_("The other side took too long to answer."), permanent=False) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise NetworkError(_("That is not an address that can be opened."), permanent=True) from error
    except (httpx.HTTPError, httpx.StreamError, zlib.error, OSError, ValueError) as error:
        raise NetworkError(_("The other side could not be reached, or broke off in the middle."), permanent=False) from error
