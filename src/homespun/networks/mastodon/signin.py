"""Signing in to a Mastodon-compatible server: what it is, an application of ours registered on it, the person's yes, a token.

OAuth as docs.joinmastodon.org/spec/oauth and /client/authorized describe it, with PKCE where the server offers it. A secret is
`{"token", "client", "client_secret"}`.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from homespun.networks import tolerant
from homespun.networks.connecting import Begun, Connected, Denied, Ourselves, ProvesIdentity, Secret, Seen, SignsIn
from homespun.networks.errors import NetworkError
from homespun.networks.mastodon import statuses
from homespun.networks.mastodon.instance import Rules, rules
from homespun.networks.mastodon.server import Refusal, Server, address_of
from homespun.networks.mastodon.shapes import User
from homespun.networks.mastodon.values import address, host, kept, same_host
from homespun.networks.said import said as _
from homespun.networks.values import Account

if TYPE_CHECKING:
    from homespun.networks.live import Asking  # which knows all networks

PROFILE = re.compile(r"(?:https?://)?(?P<server>[^/@\s]+)/(?:@|users/)(?P<name>[^/@\s]+)/?")
# Whose account it is; posts; what speaks to us; posts by their address; who has blocked us. And to post, with pictures, and to like.
SCOPES = (
    "read:accounts",
    "read:statuses",
    "read:notifications",
    "read:search",
    "read:follows",
    "write:statuses",
    "write:media",
    "write:favourites",
)
COARSE = ("Pixelfed",)  # of servers that know no smaller permissions and do not say so
METADATA = "/.well-known/oauth-authorization-server"  # RFC 8414; since Mastodon 4.3
ACTOR = "application/activity+json"


class Offers(msgspec.Struct):
    """What a server says of its OAuth."""

    scopes_supported: list[str] = []
    code_challenge_methods_supported: list[str] = []


class Application(msgspec.Struct):
    client_id: str = ""
    client_secret: str = ""


class Token(msgspec.Struct):
    access_token: str = ""
    scope: str = ""


class Link(msgspec.Struct):
    rel: str = ""
    type: str = ""
    href: str = ""


class Finger(msgspec.Struct):
    """RFC 7033."""

    links: list[Link] = []


class SignIn(SignsIn, ProvesIdentity):
    def __init__(self, asking: "Asking") -> None:
        self.asking, self.door = asking, asking.door

    def begin(self, typed: str, us: Ourselves) -> Begun:
        """`typed` is @name@server, the address of a profile, or the server alone."""
        server = self.server_of(typed)
        version, offers = self.rules(server).version, self.offers(server)
        return self._begin(server, us, offers, scopes_of(offers, version))

    def begin_proof(self, typed: str, us: Ourselves) -> Begun:
        server = self.server_of(typed)
        version, offers = self.rules(server).version, self.offers(server)
        return self._begin(server, us, offers, identity_scopes(offers, version))

    def finish_proof(self, kept: Secret, answer: Mapping[str, str]) -> Account:
        server, token = self._token(kept, answer)
        try:
            return self.whose(Server(self.door, server.address, token.access_token))
        finally:
            with suppress(NetworkError):  # it ends there by itself, and nothing here has kept it
                self.forget(server.address, {"client": kept["client"], "client_secret": kept["client_secret"], "token": token.access_token})

    def _begin(self, server: Server, us: Ourselves, offers: Offers, scopes: tuple[str, ...]) -> Begun:
        registered = {"client_name": us.name, "redirect_uris": us.back, "scopes": " ".join(scopes), "website": us.site}
        app = tolerant.read(Application, server.form("/api/v1/apps", registered))
        if not app.client_id or not app.client_secret:
            raise NetworkError(_("%(server)s did not let Homespun sign in there: it gave no application.", server=server.name))
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        asked = {"response_type": "code", "client_id": app.client_id, "redirect_uri": us.back, "scope": " ".join(scopes), "state": state}
        if has_pkce := "S256" in offers.code_challenge_methods_supported:
            asked |= {"code_challenge": challenge(verifier), "code_challenge_method": "S256"}
        return Begun(
            url=f"{server.address}/oauth/authorize?{urlencode(asked)}",
            state=state,
            server=server.address,
            scopes=scopes,
            kept={
                "server": server.address,
                "client": app.client_id,
                "client_secret": app.client_secret,
                "back": us.back,
                "scope": " ".join(scopes),
                "verifier": verifier if has_pkce else "",
            },
        )

    def server_of(self, typed: str) -> Server:
        """The one that the name leads to, which may have another address than the name (RFC 7033)."""
        if profile := PROFILE.fullmatch(typed.strip()):
            typed = "{name}@{server}".format(**profile.groupdict())
        name, at, place = typed.strip().removeprefix("@").rpartition("@")
        found = address_of(place)
        if not found:
            raise NetworkError(_("“%(typed)s” names no server. Write it as @name@server.", typed=typed[:100]))
        server = Server(self.door, found)
        actor = self.actor(server, f"{name}@{place}") if at and name else ""
        return Server(self.door, address_of(actor)) if address_of(actor) else server

    def actor(self, server: Server, handle: str) -> str:
        """The permanent id behind a handle; "" where the server does not say."""
        try:
            found = server.read(Finger, "/.well-known/webfinger", resource=f"acct:{handle}")
        except NetworkError:
            return ""
        return next((address(each.href) for each in found.links if each.rel == "self" and each.type.startswith(ACTOR)), "")

    def rules(self, server: Server) -> Rules:
        return rules(server)

    def offers(self, server: Server) -> Offers:
        try:
            return server.read(Offers, METADATA)
        except Refusal as error:
            if not error.permanent:
                raise
            return Offers()

    def finish(self, kept: Secret, answer: Mapping[str, str]) -> Connected:
        server, token = self._token(kept, answer)
        secret = {"token": token.access_token, "client": kept["client"], "client_secret": kept["client_secret"]}
        account = self.whose(Server(self.door, server.address, token.access_token))
        limits: dict[str, Any] = msgspec.to_builtins(self.rules(server))
        return Connected(account, server.address, secret, (token.scope or kept["scope"])[:500], limits)

    def _token(self, kept: Secret, answer: Mapping[str, str]) -> tuple[Server, Token]:
        server = Server(self.door, kept["server"])
        if answer.get("error") == "access_denied":
            raise Denied(_("You didn’t give permission on %(server)s, so nothing has changed.", server=server.name))
        if not answer.get("code"):
            why = answer.get("error_description") or answer.get("error") or "?"
            raise NetworkError(_("%(server)s did not sign you in: %(why)s", server=server.name, why=why[:300]))
        token = tolerant.read(Token, server.form("/oauth/token", exchanged(kept, answer["code"])))
        if not token.access_token:
            raise NetworkError(_("%(server)s gave no token. Sign in once more.", server=server.name))
        return server, token

    def whose(self, server: Server) -> Account:
        """Whose the token is."""
        user = server.read(User, "/api/v1/accounts/verify_credentials")
        if not user.id or not user.username:
            raise NetworkError(_("%(server)s does not say whose account that is.", server=server.name))
        handle = user.acct or user.username
        actor = "" if user.uri else self.actor(Server(self.door, server.address), f"{user.username}@{host(server.address)}")
        found = statuses.account_of(msgspec.structs.replace(user, uri=user.uri or actor), server.address, "")
        if found is None or not same_host(found.uri, server.address):  # no server speaks for accounts of another
            raise NetworkError(_("%(server)s does not say whose account that is.", server=server.name))
        return msgspec.structs.replace(found, handle=kept(found.handle or handle, 255))

    def check(self) -> Seen:
        server = Server(self.door, self.asking.server, self.asking.secret["token"], self.asking.lost)
        account = self.whose(server)
        if account.uri != self.asking.me:
            raise NetworkError(_("%(server)s answers for another account than the one that is connected.", server=server.name))
        return Seen(account, msgspec.to_builtins(self.rules(Server(self.door, server.address))))

    def forget(self, server: str, secret: Secret) -> None:
        fields = {"client_id": secret["client"], "client_secret": secret["client_secret"], "token": secret["token"]}
        Server(self.door, server).form("/oauth/revoke", fields)


def exchanged(kept: Secret, code: str) -> dict[str, str]:
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": kept["back"], "scope": kept["scope"]}
    asked |= {"client_id": kept["client"], "client_secret": kept["client_secret"]}
    return asked | ({"code_verifier": kept["verifier"]} if kept["verifier"] else {})


def scopes_of(offers: Offers, version: str) -> tuple[str, ...]:
    """The least that we need; by the two words for all of them where a server knows no smaller ones."""
    is_known = not offers.scopes_supported or set(SCOPES) <= set(offers.scopes_supported)
    return SCOPES if is_known and not any(name in version for name in COARSE) else ("read", "write")


def identity_scopes(offers: Offers, version: str) -> tuple[str, ...]:
    """The least that says whose account it is: `profile` since Mastodon 4.3, else reading accounts."""
    if "profile" in offers.scopes_supported:
        return ("profile",)
    is_known = not offers.scopes_supported or "read:accounts" in offers.scopes_supported
    return ("read:accounts",) if is_known and not any(name in version for name in COARSE) else ("read",)


def challenge(verifier: str) -> str:
    """S256 of RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
