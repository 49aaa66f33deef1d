"""A server of the AT Protocol for one account, hettie.example: its repository, its sign-in by OAuth, and in the same place the directory
and the app view. Proofs, assertions and verifiers are checked with another library's eyes: nothing of ours is used for it."""

import base64
import hashlib
import itertools
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.networks.homes.answering import Asked, Home, Said

DID = "did:plc:hettiehettiehettiehettie"
OTHER = "did:plc:bryonybryonybryonybryony"
HANDLE, PASSWORD = "hettie.example", "abcd-efgh-ijkl-mnop"
POST = "app.bsky.feed.post"


class Atproto(Home):
    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, dict[str, Any]] = {}
        self.requests: dict[str, dict[str, str]] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}  # access token: thumbprint of its key, "" for a session
        self.refreshes: dict[str, str] = {}
        self.renewals = 0
        self.blobs: list[bytes] = []
        self.nonce = "first-word"
        self.clients: dict[str, dict[str, Any]] = {}  # documents of clients that have one
        self.sub, self.issuer = DID, ""
        self.numbers = itertools.count(1)

    def answer(self, asked: Asked) -> Said:
        if asked.path.startswith("/xrpc/"):
            return self.xrpc(asked, asked.path.removeprefix("/xrpc/"))
        match asked.path:
            case "/.well-known/oauth-protected-resource":
                return Said(200, {"resource": self.url, "authorization_servers": [self.issuer or self.url]})
            case "/.well-known/oauth-authorization-server":
                return Said(200, self.signer())
            case "/oauth/par" | "/oauth/token" | "/oauth/revoke":
                return self.oauth(asked)
        who = asked.path.strip("/")
        return Said(200, self.document(who)) if who in (DID, OTHER) else Said(404, {"error": "NotFound"})

    def document(self, did: str) -> dict[str, Any]:
        handle = HANDLE if did == DID else "bryony.example"
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.url}
        return {"id": did, "alsoKnownAs": [f"at://{handle}"], "service": [service]}

    def signer(self) -> dict[str, Any]:
        ends = {"pushed_authorization_request_endpoint": "par", "token_endpoint": "token", "revocation_endpoint": "revoke"}
        ends |= {"authorization_endpoint": "authorize"}
        return {name: f"{self.url}/oauth/{end}" for name, end in ends.items()} | {
            "issuer": self.url,
            "scopes_supported": ["atproto", "transition:generic"],
        }

    # Sign-in

    def yes(self, url: str) -> dict[str, str]:
        asked = dict(parse_qsl(urlsplit(url).query))
        begun = self.requests.pop(asked["request_uri"])
        assert begun["client_id"] == asked["client_id"]
        code = f"code-{next(self.numbers)}"
        self.codes[code] = begun
        return {"code": code, "state": begun["state"], "iss": self.url}

    def no(self, url: str) -> dict[str, str]:
        begun = self.requests.pop(dict(parse_qsl(urlsplit(url).query))["request_uri"])
        return {"error": "access_denied", "state": begun["state"], "iss": self.url}

    def oauth(self, asked: Asked) -> Said:
        claims, key = proved(asked)
        if claims.get("nonce") != self.nonce:
            return Said(400, {"error": "use_dpop_nonce"}, {"dpop-nonce": self.nonce})
        told = asked.told
        if not self.knows(told):
            return Said(401, {"error": "invalid_client", "error_description": "The client is not who it says it is."})
        if asked.path.endswith("par"):
            name = f"urn:request:{next(self.numbers)}"
            self.requests[name] = {**told, "key": key}
            return Said(201, {"request_uri": name, "expires_in": 60})
        if asked.path.endswith("revoke"):
            self.refreshes.pop(told["token"], None)
            return Said(200, {})
        return self.granted(told, key)

    def knows(self, told: dict[str, str]) -> bool:
        client = told["client_id"]
        if client.startswith("http://localhost?"):
            return "client_assertion" not in told
        document = self.clients[client]
        try:
            header, claims = opened(told["client_assertion"], document["jwks"]["keys"][0])
        except InvalidSignature:
            return False
        named = header["kid"] == document["jwks"]["keys"][0]["kid"] and claims["iss"] == claims["sub"] == client
        return bool(named and claims["aud"] == self.url)

    def granted(self, told: dict[str, str], key: str) -> Said:
        refused = Said(400, {"error": "invalid_grant", "error_description": "It was used, or was never given."})
        if told["grant_type"] == "refresh_token":
            if self.refreshes.pop(told["refresh_token"], "") != key:
                return refused
            self.renewals += 1
            return Said(200, self.fresh(key))
        begun = self.codes.pop(told["code"], None)
        hashed = base64.urlsafe_b64encode(hashlib.sha256(told["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if not begun or begun["key"] != key or begun["code_challenge"] != hashed or begun["redirect_uri"] != told["redirect_uri"]:
            return refused
        return Said(200, self.fresh(key))

    def fresh(self, key: str) -> dict[str, str]:
        token, refresh = f"access-{next(self.numbers)}", f"refresh-{next(self.numbers)}"
        self.tokens, self.refreshes = {token: key}, {refresh: key}
        told = {"access_token": token, "refresh_token": refresh, "sub": self.sub, "scope": "atproto transition:generic"}
        return told | {"token_type": "DPoP"}

    # The account

    def xrpc(self, asked: Asked, name: str) -> Said:
        match name:
            case "com.atproto.identity.resolveHandle":
                known = {HANDLE: DID, "bryony.example": OTHER}.get(asked.query["handle"])
                return Said(200, {"did": known}) if known else Said(400, {"error": "InvalidRequest", "message": "Unable to resolve handle"})
            case "app.bsky.actor.getProfile":
                return Said(200, {"did": DID, "handle": HANDLE, "displayName": "Hettie Moule"})
            case "com.atproto.repo.getRecord":
                uri = f"at://{asked.query['repo']}/{asked.query['collection']}/{asked.query['rkey']}"
                return Said(200, self.held(uri)) if uri in self.records else Said(400, {"error": "RecordNotFound"})
            case "com.atproto.server.createSession":
                return self.session(asked)
            case "com.atproto.server.refreshSession" | "com.atproto.server.deleteSession":
                return self.renewed(asked, name)
        return self.refusal(asked) or self.as_hettie(asked, name)

    def as_hettie(self, asked: Asked, name: str) -> Said:
        if name == "com.atproto.repo.uploadBlob":
            self.blobs.append(asked.body)
            link = f"bafkrei{hashlib.sha256(asked.body).hexdigest()[:20]}"
            blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": asked.headers["content-type"], "size": len(asked.body)}
            return Said(200, {"blob": blob})
        if name == "com.atproto.server.getSession":
            return Said(200, {"did": self.sub, "handle": HANDLE})
        told = asked.told
        uri = f"at://{told['repo']}/{told['collection']}/{told['rkey']}"
        if name.endswith("deleteRecord"):
            self.records.pop(uri, None)
            return Said(200, {})
        if name.endswith("createRecord") and uri in self.records:
            return Said(500, {"error": "InternalServerError", "message": "There is already a value at key"})
        self.records[uri] = told["record"]
        return Said(200, self.held(uri))

    def held(self, uri: str) -> dict[str, Any]:
        value = self.records[uri]
        return {"uri": uri, "cid": "bafyrei" + hashlib.sha256(json.dumps(value).encode()).hexdigest()[:20], "value": value}

    def refusal(self, asked: Asked) -> Said | None:
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if token not in self.tokens:
            said = {"error": "ExpiredToken" if kind == "Bearer" else "invalid_token", "message": "Token has expired"}
            return Said(400 if kind == "Bearer" else 401, said)
        if kind == "Bearer":
            return None if not self.tokens[token] else Said(401, {"error": "invalid_token"})
        claims, key = proved(asked)
        if claims.get("nonce") != self.nonce:
            return Said(401, {"error": "use_dpop_nonce"}, {"dpop-nonce": self.nonce})
        ath = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        return None if (key, claims["ath"]) == (self.tokens[token], ath) else Said(401, {"error": "invalid_token"})

    def session(self, asked: Asked) -> Said:
        if (asked.told["identifier"], asked.told["password"]) != (DID, PASSWORD):
            return Said(401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
        token, refresh = f"access-{next(self.numbers)}", f"refresh-{next(self.numbers)}"
        self.tokens, self.refreshes = {token: ""}, {refresh: ""}
        return Said(200, {"did": self.sub, "handle": HANDLE, "accessJwt": token, "refreshJwt": refresh})

    def renewed(self, asked: Asked, name: str) -> Said:
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.refreshes:
            return Said(400, {"error": "ExpiredToken", "message": "Token has been revoked"})
        self.tokens, self.refreshes = {}, {}
        if name.endswith("deleteSession"):
            return Said(200)
        self.renewals += 1
        token, refresh = f"access-{next(self.numbers)}", f"refresh-{next(self.numbers)}"
        self.tokens, self.refreshes = {token: ""}, {refresh: ""}
        return Said(200, {"did": self.sub, "handle": HANDLE, "accessJwt": token, "refreshJwt": refresh})


def proved(asked: Asked) -> tuple[dict[str, Any], str]:
    """The claims of a proof that holds for this request, and which key gave it."""
    token = asked.headers["dpop"]
    header = json.loads(decoded(token.split(".")[0]))
    header, claims = opened(token, header["jwk"])
    assert (header["typ"], header["alg"], claims["htm"], claims["htu"]) == ("dpop+jwt", "ES256", asked.method, asked.url)
    assert "d" not in header["jwk"]
    return claims, header["jwk"]["x"]


def opened(token: str, jwk: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    head, claims, signature = token.split(".")
    x, y = (int.from_bytes(decoded(jwk[each]), "big") for each in ("x", "y"))
    raw = decoded(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    public.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(decoded(head)), json.loads(decoded(claims))


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
