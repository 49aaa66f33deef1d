"""Keys and signed statements for OAuth: proofs that a token is in the hands of whom it was given to (DPoP, RFC 9449), and who the client is
(RFC 7523). All by ES256 (RFC 7518, 3.4)."""

import base64
import hashlib
import secrets
import time
from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

SIZE = 32  # bytes of a coordinate of P-256
ASSERTS = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def fresh_key() -> str:
    return pem_of(ec.generate_private_key(ec.SECP256R1()))


def pem_of(key: ec.EllipticCurvePrivateKey) -> str:
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(kind, form, serialization.NoEncryption()).decode()


def proof(key: str, method: str, url: str, *, nonce: str = "", token: str = "") -> str:
    """That whoever asks for this address has the key. With a token: that it was given to them."""
    claims = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": url.partition("?")[0].partition("#")[0], "iat": int(time.time())}
    claims |= {"nonce": nonce} if nonce else {}
    claims |= {"ath": hashed(token)} if token else {}
    return signed(key, {"typ": "dpop+jwt", "jwk": public(key)}, claims)


def assertion(key: str, client: str, issuer: str) -> str:
    now = int(time.time())
    claims = {"iss": client, "sub": client, "aud": issuer, "jti": secrets.token_urlsafe(16), "iat": now, "exp": now + 60}
    return signed(key, {"typ": "JWT", "kid": name(key)}, claims)


def public(key: str) -> dict[str, str]:
    """The public half, as a JWK."""
    numbers = _opened(key).public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": encoded(numbers.x.to_bytes(SIZE, "big")), "y": encoded(numbers.y.to_bytes(SIZE, "big"))}


def name(key: str) -> str:
    """The thumbprint of a key (RFC 7638)."""
    jwk = public(key)
    return encoded(hashlib.sha256(orjson.dumps({each: jwk[each] for each in ("crv", "kty", "x", "y")})).digest())


def signed(key: str, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A JWT."""
    told = ".".join(encoded(orjson.dumps(part)) for part in (header | {"alg": "ES256"}, claims))
    r, s = decode_dss_signature(_opened(key).sign(told.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{told}.{encoded(r.to_bytes(SIZE, 'big') + s.to_bytes(SIZE, 'big'))}"


def hashed(text: str) -> str:
    return encoded(hashlib.sha256(text.encode()).digest())


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _opened(key: str) -> ec.EllipticCurvePrivateKey:
    found = serialization.load_pem_private_key(key.encode(), password=None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    return found
