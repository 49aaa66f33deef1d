"""How many requests were sent, as the logs of the servers would show it: redirects, robots.txt and streams are requests, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpx
from ssrfguard import SSRFGuardError


@dataclass
class RequestCount:
    """Goes up while its block runs."""

    requests: int = 0


OPEN: ContextVar[tuple[RequestCount, ...]] = ContextVar("OPEN", default=())


@contextmanager
def counting_requests() -> Iterator[RequestCount]:
    """Count what this thread sends within the block. Blocks may be nested."""
    count = RequestCount()
    token = OPEN.set((*OPEN.get(), count))
    try:
        yield count
    finally:
        OPEN.reset(token)


def count_request() -> None:
    """One was sent."""
    for each in OPEN.get():
        each.requests += 1


NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, SSRFGuardError)


@contextmanager
def counted() -> Iterator[None]:
    """Count the request that is sent within the block, unless it never left: nobody was there, or the address may not be asked."""
    try:
        yield
    except NEVER_SENT:
        raise
    except BaseException:
        count_request()
        raise
    count_request()
