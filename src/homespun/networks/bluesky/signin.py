"""Signing in to Bluesky for an account of ours: by OAuth with whichever server the account lives on, or by an app password."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import httpx

from homespun.networks.bluesky import oauth, proofs, session
from homespun.networks.bluesky.acting import RULES
from homespun.networks.bluesky.asking import Asker
from homespun.networks.bluesky.client import APPVIEW, PLC, pointed
from homespun.networks.bluesky.directory import Directory
from homespun.networks.bluesky.identity import account, account_of
from homespun.networks.bluesky.refusing import Refusal
from homespun.networks.bluesky.shapes import Author
from homespun.networks.connecting import Begun, Connected, Denied, Ourselves, ProvesIdentity, Secret, Seen, SignsIn, TakesPasswords
from homespun.networks.errors import NetworkError
from homespun.networks.said import said as _
from homespun.networks.values import Account

if TYPE_CHECKING:
    from homespun.networks.live import Asking  # which knows all networks

LOOPBACK = ("127.0.0.1", "::1")
WORDS = "app password"  # what its scope is called where a session was opened by one


class SignIn(SignsIn, ProvesIdentity, TakesPasswords):
    def __init__(self, asking: "Asking") -> None:
        self.asking, self.door = asking, asking.door
        appview = (asking.settings.get("bluesky_appview") or APPVIEW).rstrip("/")
        self.appview, self.asker = appview, Asker(asking.door)
        self.directory = Directory(self.asker, (asking.settings.get("bluesky_plc") or PLC).rstrip("/"), appview)

    def begin(self, typed: str, us: Ourselves) -> Begun:
        """`typed` is a handle."""
        return self._begin(typed, us, oauth.SCOPES)

    def begin_proof(self, typed: str, us: Ourselves) -> Begun:
        return self._begin(typed, us, oauth.IDENTITY_SCOPES)

    def finish_proof(self, kept: Secret, answer: Mapping[str, str]) -> Account:
        """The token names the account that was asked for, or `oauth.token` refuses it."""
        found = self._token(kept, answer)
        with suppress(NetworkError):  # it ends there by itself, and nothing here has kept it
            self.forget(kept["pds"], {"kind": "oauth", "refresh": found.refresh_token or found.access_token} | dict(kept))
        return account(kept["did"], kept["handle"])

    def _begin(self, typed: str, us: Ourselves, scopes: tuple[str, ...]) -> Begun:
        did = self.did_of(typed)
        pds, handle = self.directory.pds(did), self.directory.document(did).handle
        client = client_id(us, scopes)
        signer = oauth.signer_of(self.door, pds)
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        keys = {"key": proofs.fresh_key(), "client": client, "client_key": us.key if client == us.metadata else ""}
        fields = {"response_type": "code", "redirect_uri": us.back, "scope": " ".join(scopes), "state": state}
        fields |= {"code_challenge": proofs.hashed(verifier), "code_challenge_method": "S256", "login_hint": handle or did}
        return Begun(
            url=oauth.pushed(self.door, signer, fields, keys),
            state=state,
            server=pds,
            scopes=scopes,
            kept={
                **keys,
                "did": did,
                "handle": handle,
                "pds": pds,
                "issuer": signer.issuer,
                "token_url": signer.token_endpoint,
                "revoke_url": signer.revocation_endpoint,
                "verifier": verifier,
                "back": us.back,
            },
        )

    def did_of(self, typed: str) -> str:
        who = typed.strip().removeprefix("@")
        found, _key = pointed(who if "://" in who or who.startswith("did:") else f"@{who}")
        if not found:
            raise NetworkError(_("“%(typed)s” is no name of a Bluesky account. Write it as name.bsky.social.", typed=typed[:100]))
        return self.directory.did(found)

    def finish(self, kept: Secret, answer: Mapping[str, str]) -> Connected:
        found = self._token(kept, answer)
        named = ("did", "handle", "key", "client", "client_key", "issuer", "token_url", "revoke_url")
        secret = {"kind": "oauth", "token": found.access_token, "refresh": found.refresh_token} | {each: kept[each] for each in named}
        return Connected(self.shown(kept["did"], kept["handle"]), kept["pds"], secret, found.scope[:500], RULES)

    def _token(self, kept: Secret, answer: Mapping[str, str]) -> oauth.Token:
        """The server that answers has to say that it is the one that was asked (RFC 9207)."""
        if answer.get("iss", "") != kept["issuer"]:
            raise NetworkError(_("The answer did not come from the server that was asked. Begin once more."))
        if answer.get("error") == "access_denied":
            raise Denied(_("You didn’t give permission on %(server)s, so nothing has changed.", server=oauth.name(kept["issuer"])))
        if not answer.get("code"):
            why = answer.get("error_description") or answer.get("error") or "?"
            raise NetworkError(_("%(server)s did not sign you in: %(why)s", server=oauth.name(kept["issuer"]), why=why[:300]))
        fields = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": kept["back"]}
        fields |= {"code_verifier": kept["verifier"]}
        return oauth.token(self.door, kept["token_url"], fields, issuer=kept["issuer"], keys=kept, did=kept["did"])

    def by_password(self, typed: str, password: str) -> Connected:
        did = self.did_of(typed)
        pds = self.directory.pds(did)
        try:
            found = session.opened(self.door, pds, did, password.strip())
        except Refusal as error:
            raise self.refused(error) from error
        if found.did != did or not found.accessJwt:
            raise NetworkError(_("%(server)s signed in another account than the one that was asked for.", server=oauth.name(pds)))
        secret = {"kind": "password", "did": did, "handle": found.handle, "token": found.accessJwt, "refresh": found.refreshJwt}
        return Connected(self.shown(did, found.handle), pds, secret | {"password": password.strip()}, WORDS, RULES)

    def refused(self, error: Refusal) -> NetworkError:
        if error.status == httpx.codes.TOO_MANY_REQUESTS:
            return NetworkError(_("%(server)s takes no more tries for now. Wait five minutes.", server=error.server), permanent=False)
        if error.error == "AuthFactorTokenRequired":
            return NetworkError(_("That is the password of the account itself, which wants a second factor. Make an app password."))
        if error.status == httpx.codes.UNAUTHORIZED:
            return NetworkError(_("%(server)s does not know that app password for this account.", server=error.server))
        return error

    def shown(self, did: str, handle: str) -> Account:
        """With its name and picture, where the app view tells them."""
        with suppress(NetworkError):
            found = self.asker.query(self.appview, "app.bsky.actor.getProfile", Author, actor=did)
            if found.did == did:
                return account_of(found)
        return account(did, handle)

    def check(self) -> Seen:
        found = session.Session(self.asking).query("com.atproto.server.getSession", session.Opened)
        if found.did != self.asking.me:
            raise NetworkError(
                _("%(server)s answers for another account than the one that is connected.", server=oauth.name(self.asking.server))
            )
        return Seen(self.shown(found.did, found.handle), RULES)

    def forget(self, server: str, secret: Secret) -> None:
        if secret["kind"] == "password":
            session.called(self.door, server, "com.atproto.server.deleteSession", None, secret["refresh"])
        elif secret["revoke_url"]:
            oauth.posted(self.door, secret["revoke_url"], {"token": secret["refresh"]}, issuer=secret["issuer"], keys=secret)


def client_id(us: Ourselves, scopes: tuple[str, ...] = oauth.SCOPES) -> str:
    """The address of our document; for a site on this very machine, which no server can read, the form that stands for one."""
    found = urlsplit(us.site)
    if found.scheme == "https":
        return us.metadata
    if found.hostname not in LOOPBACK:
        raise NetworkError(_("Bluesky signs in only from sites with https. Use an app password instead."))
    return f"http://localhost?{urlencode({'redirect_uri': us.back, 'scope': ' '.join(scopes)})}"


def metadata(us: Ourselves) -> dict[str, object]:
    """The document that says who we are (atproto.com/specs/oauth#clients)."""
    jwk = proofs.public(us.key) | {"kid": proofs.name(us.key), "use": "sig", "alg": "ES256"}
    return {
        "client_id": us.metadata,
        "client_name": us.name,
        "client_uri": us.site,
        "redirect_uris": [us.back, *us.also_back],
        "scope": " ".join(oauth.SCOPES),
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "dpop_bound_access_tokens": True,
        "jwks": {"keys": [jwk]},
    }
