"""OAuth as the AT Protocol profiles it (atproto.com/specs/oauth): pushed requests, PKCE, and tokens that are bound to a key.

The server that signs people in is found from where the account lives, and each of the three has to name the next one.
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec

from homespun import http
from homespun.http import Door
from homespun.networks import tolerant
from homespun.networks.bluesky import proofs
from homespun.networks.bluesky.refusing import NONCE, Refusal
from homespun.networks.connecting import Secret
from homespun.networks.errors import NetworkError
from homespun.networks.said import said as _

T = TypeVar("T", bound=msgspec.Struct)
CAP, DEADLINE = 1 << 20, 30.0
SCOPES = ("atproto", "transition:generic")
IDENTITY_SCOPES = ("atproto",)  # says whose account it is and allows nothing
INSIDE = ("localhost", "127.0.0.1", "::1")


class Protected(msgspec.Struct):
    """RFC 9728."""

    resource: str = ""
    authorization_servers: list[str] = []


class Signer(msgspec.Struct, frozen=True):
    """The server that signs people in (RFC 8414)."""

    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    pushed_authorization_request_endpoint: str = ""
    revocation_endpoint: str = ""
    scopes_supported: list[str] = []


class Pushed(msgspec.Struct):
    request_uri: str = ""


class Token(msgspec.Struct):
    access_token: str = ""
    token_type: str = ""
    refresh_token: str = ""
    scope: str = ""
    sub: str = ""


def signer_of(door: Door, pds: str) -> Signer:
    """Raises `NetworkError`."""
    protected = read(door, f"{pds}/.well-known/oauth-protected-resource", Protected)
    issuer = protected.authorization_servers[0] if len(protected.authorization_servers) == 1 else ""
    if protected.resource.rstrip("/") != pds or not is_safe(issuer):
        raise NetworkError(_("%(server)s does not say where its people sign in.", server=name(pds)))
    return signer_at(door, issuer)


def signer_at(door: Door, issuer: str) -> Signer:
    found = read(door, f"{issuer.rstrip('/')}/.well-known/oauth-authorization-server", Signer)
    needed = (found.authorization_endpoint, found.token_endpoint, found.pushed_authorization_request_endpoint)
    if found.issuer != issuer or not all(is_safe(each) for each in needed) or "atproto" not in found.scopes_supported:
        raise NetworkError(_("%(server)s does not sign people in as Bluesky's servers do.", server=name(issuer)))
    return found


def read(door: Door, url: str, shape: type[T]) -> T:
    try:
        answer = door.fetch(url, accept=("application/json",), cap_bytes=CAP, deadline=DEADLINE, onward=False)
    except http.NetworkError as error:
        raise Refusal(name(url), error) from error
    return tolerant.read(shape, answer.body)


def posted(door: Door, url: str, fields: Mapping[str, str], *, issuer: str, keys: Secret) -> bytes:
    """A form with a proof. `keys` has `key`, `client`, and `client_key` where the client has one. A server may want a word of its own in
    the proof first (RFC 9449, 8)."""
    nonce = ""
    for is_last in (False, True):
        told = {**fields, "client_id": keys["client"]}
        if keys.get("client_key"):
            stated = proofs.assertion(keys["client_key"], keys["client"], issuer)
            told |= {"client_assertion_type": proofs.ASSERTS, "client_assertion": stated}
        headers = {"content-type": "application/x-www-form-urlencoded", "dpop": proofs.proof(keys["key"], "POST", url, nonce=nonce)}
        try:
            return door.fetch(
                url, cap_bytes=CAP, deadline=DEADLINE, headers=headers, method="POST", content=urlencode(told).encode(), onward=False
            ).body
        except http.NetworkError as error:
            refusal = Refusal(name(url), error)
            if is_last or refusal.error != NONCE or not refusal.nonce:
                raise refusal from error
            nonce = refusal.nonce
    raise AssertionError


def pushed(door: Door, signer: Signer, fields: Mapping[str, str], keys: Secret) -> str:
    """Where the person is to say yes (RFC 9126)."""
    found = tolerant.read(Pushed, posted(door, signer.pushed_authorization_request_endpoint, fields, issuer=signer.issuer, keys=keys))
    if not found.request_uri:
        raise NetworkError(_("%(server)s does not sign people in as Bluesky's servers do.", server=name(signer.issuer)))
    asked = urlencode({"client_id": keys["client"], "request_uri": found.request_uri})
    return f"{signer.authorization_endpoint}?{asked}"


def token(door: Door, url: str, fields: Mapping[str, str], *, issuer: str, keys: Secret, did: str) -> Token:
    """The subject has to be the account that was asked for: a server may not answer for another one."""
    found = tolerant.read(Token, posted(door, url, fields, issuer=issuer, keys=keys))
    if found.sub != did or found.token_type.lower() != "dpop" or not found.access_token or "atproto" not in found.scope.split():
        raise NetworkError(_("%(server)s signed in another account than the one that was asked for.", server=name(issuer)))
    return found


def renewed(door: Door, secret: Secret) -> dict[str, Any]:
    """The secret with fresh tokens. The refresh token is good for one use. Raises `Refusal` with `invalid_grant` where it is not good."""
    fields = {"grant_type": "refresh_token", "refresh_token": secret["refresh"]}
    found = token(door, secret["token_url"], fields, issuer=secret["issuer"], keys=secret, did=secret["did"])
    return dict(secret) | {"token": found.access_token, "refresh": found.refresh_token or secret["refresh"]}


def is_safe(url: str) -> bool:
    """TLS everywhere but on this very machine, which the door lets through only where an operator allows it."""
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return bool(found.netloc) and (found.scheme == "https" or (found.scheme == "http" and found.host in INSIDE))


def name(url: str) -> str:
    return httpx.URL(url).netloc.decode("ascii") if url else ""
