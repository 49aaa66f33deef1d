"""Streams that end with the deadline of the request that they serve, over ssrfguard's choice of addresses."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext

import httpcore
import httpx
from ssrfguard import Policy
from ssrfguard.httpx import SafeBackend, SafeTransport

DEADLINE: ContextVar[float] = ContextVar("DEADLINE")


@contextmanager
def timed(until: float) -> Iterator[None]:
    token = DEADLINE.set(until)
    try:
        yield
    finally:
        DEADLINE.reset(token)


STOPPED: ContextVar[Callable[[], bool] | None] = ContextVar("STOPPED", default=None)
SLICE = 1.0  # seconds between two looks at whether somebody still wants what is read


class Stopped(Exception):
    """Nobody wants any more of it."""


@contextmanager
def watched(stopped: Callable[[], bool]) -> Iterator[Callable[[], bool]]:
    """Reads within end soon after `stopped` says so; what is given says afterwards whether one did."""
    over: list[bool] = []
    token = STOPPED.set(stopped)
    try:
        yield lambda: bool(over)
    except Stopped:
        over.append(True)
    finally:
        STOPPED.reset(token)


def remaining() -> float:
    left = DEADLINE.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


class Transport(SafeTransport):
    """The guarded transport over streams that obey the deadline, so that a server that drips bytes (of headers, too) ends with it."""

    def __init__(self, *, policy: Policy) -> None:
        super().__init__(policy=policy)
        verify: SSLContext = httpx.create_ssl_context()
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify, max_connections=20, max_keepalive_connections=5, keepalive_expiry=5, network_backend=Backend(policy=policy)
        )


def client(policy: Policy) -> httpx.Client:
    return httpx.Client(transport=Transport(policy=policy), trust_env=False, timeout=None, cookies=no_cookies())


def no_cookies() -> CookieJar:
    """A jar that keeps nothing: no host recognises us by what another request was given."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))


class Backend(SafeBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        # a quarter of what is left for each of at most four addresses of the name
        return Timed(super().connect_tcp(host, port, remaining() / self.policy.max_connection_attempts, local_address, socket_options))


class Timed(httpcore.NetworkStream):
    """A stream whose every wait ends with the deadline of the request that it serves at that moment."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self.stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        stopped = STOPPED.get()
        while stopped is not None:
            if stopped():
                raise Stopped
            slice_ends = time.monotonic() + SLICE
            try:
                return self.stream.read(max_bytes, min(SLICE, remaining()))
            except httpcore.ReadTimeout:
                if time.monotonic() < slice_ends:
                    raise  # the deadline, and not the slice
        return self.stream.read(max_bytes, remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, remaining())

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Timed(self.stream.start_tls(ssl_context, server_hostname, remaining()))

    def get_extra_info(self, info: str) -> object:
        return self.stream.get_extra_info(info)
