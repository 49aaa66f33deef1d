"""The server of an account of ours, asked as that account: by OAuth, or by a session that an app password opened.

A secret is `{"kind": "oauth", "did", "handle", "token", "refresh"}` with the keys and addresses that `signin` adds, or
`{"kind": "password", "did", "handle", "token", "refresh", "password"}`. Tokens live for minutes or hours; when one has run out it is
renewed by one worker alone, and the question asked again.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec
import orjson

from homespun import http
from homespun.http import Door
from homespun.networks import tolerant
from homespun.networks.bluesky import oauth, proofs
from homespun.networks.bluesky.refusing import NONCE, Refusal
from homespun.networks.connecting import Secret
from homespun.networks.errors import NetworkError, SignedOut
from homespun.networks.said import said as _

if TYPE_CHECKING:
    from homespun.networks.live import Asking  # which knows all networks

T = TypeVar("T", bound=msgspec.Struct)
CAP, DEADLINE, UPLOAD_DEADLINE = 16 << 20, 30.0, 180.0
OVER = ("ExpiredToken", "InvalidToken", "invalid_token", "invalid_grant", "AuthMissing")


class Opened(msgspec.Struct):
    """com.atproto.server.createSession and refreshSession."""

    did: str = ""
    handle: str = ""
    accessJwt: str = ""
    refreshJwt: str = ""


class Session:
    def __init__(self, asking: "Asking") -> None:
        self.asking, self.door, self.server = asking, asking.door, asking.server
        self.secret: Secret = asking.secret
        self.nonce = ""

    @property
    def did(self) -> str:
        found: str = self.secret["did"]
        return found

    def query(self, method: str, shape: type[T], **parameters: str | int | list[str]) -> T:
        """The answer to a query of a lexicon. Ours of the app view are passed on by the account's server."""
        return tolerant.read(shape, self.asked("GET", f"{method}?{urlencode(parameters, doseq=True)}").body)

    def call(self, method: str, value: Mapping[str, Any]) -> bytes:
        """A procedure of a lexicon."""
        return self.asked("POST", method, {"content-type": "application/json"}, orjson.dumps(value)).body

    def upload(self, content: bytes, kind: str) -> dict[str, Any]:
        """The blob as records name it."""
        answer = self.asked("POST", "com.atproto.repo.uploadBlob", {"content-type": kind}, content, UPLOAD_DEADLINE)
        found = tolerant.loosely(answer.body)
        blob = found.get("blob") if isinstance(found, dict) else None
        if not isinstance(blob, dict):
            raise NetworkError(_("%(server)s did not take the picture.", server=oauth.name(self.server)), permanent=False)
        return blob

    def asked(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, content: bytes | None = None, deadline: float = DEADLINE
    ) -> http.Answer:
        """Once more with the word that the server wants in the proof, and once more with a fresh token."""
        url, left = f"{self.server}/xrpc/{path}", {NONCE, "token"}
        while True:
            try:
                answer = self.sent(method, url, headers or {}, content, deadline)
            except http.NetworkError as error:
                refusal = Refusal(oauth.name(self.server), error)
                self.nonce = refusal.nonce or self.nonce
                why = NONCE if refusal.error == NONCE else "token" if is_over(refusal) else ""
                if why not in left:
                    raise (self.ended() if why == "token" else refusal) from error
                left.remove(why)
                if why == "token":
                    self.secret = self.renewed(self.secret)
            else:
                self.nonce = str(answer.headers.get("dpop-nonce", "")) or self.nonce
                return answer

    def sent(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, deadline: float) -> http.Answer:
        told = {**headers, **self.bearing(method, url)}
        return self.door.fetch(url, cap_bytes=CAP, deadline=deadline, headers=told, method=method, content=content, onward=False)

    def bearing(self, method: str, url: str) -> dict[str, str]:
        token: str = self.secret["token"]
        if self.secret["kind"] == "password":
            return {"authorization": f"Bearer {token}"}
        return {"authorization": f"DPoP {token}", "dpop": proofs.proof(self.secret["key"], method, url, nonce=self.nonce, token=token)}

    def renewed(self, secret: Secret) -> Secret:
        """Through the room above, which lets one worker do it."""
        return self.asking.renew(secret, self.exchanged) if self.asking.renew else self.exchanged(secret)

    def exchanged(self, secret: Secret) -> Secret:
        try:
            if secret["kind"] == "password":
                return refreshed(self.door, self.server, secret)
            return oauth.renewed(self.door, secret)
        except Refusal as error:
            if is_over(error) or error.error in ("AuthenticationRequired", "invalid_client"):
                raise self.ended() from error
            raise

    def ended(self) -> SignedOut:
        said = _("%(server)s no longer lets us act for this account.", server=oauth.name(self.server))
        if self.asking.lost:
            self.asking.lost(said)
        return SignedOut(said)


def is_over(refusal: Refusal) -> bool:
    """Whether it refuses for want of a token that is still good."""
    return refusal.status == httpx.codes.UNAUTHORIZED or (refusal.status == httpx.codes.BAD_REQUEST and refusal.error in OVER)


def opened(door: Door, server: str, who: str, password: str) -> Opened:
    """A session by an app password; servers allow thirty in five minutes."""
    return called(door, server, "com.atproto.server.createSession", {"identifier": who, "password": password})


def refreshed(door: Door, server: str, secret: Secret) -> dict[str, Any]:
    """The session goes on; where it has ended, the app password opens another one."""
    try:
        found = called(door, server, "com.atproto.server.refreshSession", None, secret["refresh"])
    except Refusal as error:
        if not is_over(error):
            raise
        found = opened(door, server, secret["did"], secret["password"])
    if found.did != secret["did"] or not found.accessJwt:
        raise NetworkError(_("%(server)s signed in another account than the one that was asked for.", server=oauth.name(server)))
    return dict(secret) | {"token": found.accessJwt, "refresh": found.refreshJwt, "handle": found.handle or secret["handle"]}


def called(door: Door, server: str, method: str, value: Mapping[str, Any] | None, token: str = "") -> Opened:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    content = b""
    if value is not None:
        headers, content = headers | {"content-type": "application/json"}, orjson.dumps(value)
    try:
        answer = door.fetch(
            f"{server}/xrpc/{method}", cap_bytes=CAP, deadline=DEADLINE, headers=headers, method="POST", content=content, onward=False
        )
    except http.NetworkError as error:
        raise Refusal(oauth.name(server), error) from error
    return tolerant.read(Opened, answer.body)
