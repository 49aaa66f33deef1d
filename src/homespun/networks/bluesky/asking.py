"""Questions in the network's own way (XRPC over HTTPS) through the one door."""

from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from homespun import http
from homespun.http import Door, counting_requests
from homespun.http.once import remember, remembered
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError
from homespun.networks.said import Said

T = TypeVar("T", bound=msgspec.Struct)
CAP = 16 << 20
DEADLINE = 30.0
JSON = ("application/json", "application/did+ld+json", "application/did+json", "application/ld+json")
Value = str | int | list[str]


class Unanswered(NetworkError):
    """A question was not answered. `status` is what the other side said, 0 where it said nothing."""

    def __init__(self, error: http.NetworkError) -> None:
        super().__init__(Said(str(error)), permanent=error.permanent)
        self.status = error.status

    @property
    def refused(self) -> bool:
        """Whether the other side understood, and says that what was asked for is not there."""
        return self.status in (400, 404, 410)


class Asker:
    """Asks through a door and counts the requests that were sent."""

    def __init__(self, door: Door) -> None:
        self.door, self.asked = door, 0

    def get(self, url: str, accept: tuple[str, ...] = JSON, cap: int = CAP, *, keep: float = 0.0) -> bytes:
        if (known := remembered(url)) is not None:
            self.asked += 1  # by another part of the same completion
            return known
        with counting_requests() as sent:
            try:
                body = self.door.fetch(url, accept=accept, cap_bytes=cap, deadline=DEADLINE, keep=keep).body
            except http.NetworkError as error:
                raise Unanswered(error) from error
            finally:
                self.asked += sent.requests
        remember(url, body)
        return body

    def ask(self, server: str, name: str, **parameters: Value) -> bytes:
        """The answer to a query of a lexicon."""
        return self.get(f"{server}/xrpc/{name}?{urlencode(parameters, doseq=True)}")

    def query(self, server: str, name: str, shape: type[T], **parameters: Value) -> T:
        """The same as far as it has this shape."""
        return tolerant.read(shape, self.ask(server, name, **parameters))


def why_of(error: NetworkError) -> str:
    """Why what was asked for is absent. Only a clear word means that it is gone."""
    return "gone" if isinstance(error, Unanswered) and error.refused else "unreachable"
