"""One Mastodon-compatible server, asked for an account of ours or for nobody: JSON both ways, and what it refuses in words."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
import orjson

from homespun import http
from homespun.http import Door
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError, SignedOut
from homespun.networks.said import Said
from homespun.networks.said import said as _

T = TypeVar("T", bound=msgspec.Struct)
CAP = 4 << 20
DEADLINE, UPLOAD_DEADLINE = 30.0, 180.0
HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,253}")
INSIDE = ("localhost", "127.", "[::1]")


class Refusal(NetworkError):
    """The server said no, for a `reason` of its own. `status` is HTTP's, `retry_after` the seconds that it wishes to be left alone."""

    def __init__(self, said: Said, error: http.NetworkError, reason: str = "") -> None:
        super().__init__(said, permanent=error.permanent)
        self.status, self.retry_after, self.reason = error.status, error.retry_after, reason


class Why(msgspec.Struct):
    """Bodies of refusals. `error_description` is OAuth's (RFC 6749, 5.2)."""

    error: str = ""
    error_description: str = ""


class Server:
    """Asks one server through the door. `lost` is told in a sentence when it no longer takes the token."""

    def __init__(self, door: Door, address: str, token: str = "", lost: Callable[[Said], None] | None = None) -> None:
        self.door, self.address, self.token, self.lost = door, address, token, lost

    @property
    def name(self) -> str:
        return self.address.partition("://")[2]

    def get(self, path: str, **parameters: str | int) -> bytes:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self.asked("GET", f"{path}{query}").body

    def read(self, shape: type[T], path: str, **parameters: str | int) -> T:
        return tolerant.read(shape, self.get(path, **parameters))

    def send(self, method: str, path: str, value: Mapping[str, Any] | None = None, **headers: str) -> bytes:
        """With a JSON body."""
        told = {"content-type": "application/json"} | {name.replace("_", "-"): each for name, each in headers.items()}
        return self.asked(method, path, told, orjson.dumps(value) if value is not None else b"").body

    def form(self, path: str, fields: Mapping[str, str]) -> bytes:
        told = {"content-type": "application/x-www-form-urlencoded"}
        return self.asked("POST", path, told, urlencode(fields).encode()).body

    def upload(self, path: str, file: tuple[str, bytes, str], **fields: str) -> http.Answer:
        """A file with its name and type, as a form."""
        made = httpx.Request("POST", "http://form.invalid/", files={"file": file}, data=fields)
        return self.asked("POST", path, {"content-type": made.headers["content-type"]}, made.read(), deadline=UPLOAD_DEADLINE)

    def asked(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, content: bytes | None = None, deadline: float = DEADLINE
    ) -> http.Answer:
        """A token goes to the server that gave it and nowhere else, so no redirect is followed with one, nor with a form."""
        bearer = {"authorization": f"Bearer {self.token}"} if self.token else {}
        alone = bool(self.token) or method != "GET"
        try:
            return self.door.fetch(
                f"{self.address}{path}",
                cap_bytes=CAP,
                deadline=deadline,
                headers={**bearer, **(headers or {})},
                method=method,
                content=content,
                onward=not alone,
            )
        except http.NetworkError as error:
            raise self.refused(error) from error

    def refused(self, error: http.NetworkError) -> NetworkError:
        if error.status == httpx.codes.UNAUTHORIZED and self.token:
            said = _("%(server)s no longer lets us act for this account: the permission was taken back, or has run out.", server=self.name)
            if self.lost:
                self.lost(said)
            return SignedOut(said)
        if not error.status:
            return Refusal(_("%(server)s: %(why)s", server=self.name, why=error.sentence), error)
        why = tolerant.read(Why, error.answer.body) if error.answer else Why()
        words = (why.error_description or why.error)[:300] or error.sentence
        if not error.permanent:
            return Refusal(_("%(server)s cannot do it now: %(why)s", server=self.name, why=words), error, words)
        return Refusal(_("%(server)s refuses it: %(why)s", server=self.name, why=words), error, words)


def address_of(typed: str) -> str:
    """The address of a server out of its name or any address on it; "" where it is none. On this very machine it may be without TLS."""
    typed = typed.strip()
    try:
        found = urlsplit(typed if "://" in typed else f"//{typed}")
    except ValueError:
        return ""
    if not HOST.fullmatch(found.netloc) or not (found.hostname and ("." in found.hostname or is_inside(found.netloc))):
        return ""
    scheme = "http" if is_inside(found.netloc) and found.scheme in ("", "http") else "https"
    return f"{scheme}://{found.netloc.lower()}"


def is_inside(netloc: str) -> bool:
    return netloc.startswith(INSIDE)
