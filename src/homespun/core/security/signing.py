"""Questions signed as this house's own, for servers of the fediverse that answer nobody whom they do not know.

draft-cavage-http-signatures-12, as all of them read it: RSA with SHA-256 over the target, the host and the date. The key is made when it
is first needed and lies beside the others; where it is lost another takes its place, and servers fetch that one.
"""

import base64
import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

KEY = "secrets/actor-key"
ACTOR, MAIN = "/actor", "#main-key"
SIGNED = ("(request-target)", "host", "date")
BITS = 2048


def actor() -> str:
    """The uri under which this house asks."""
    return f"{settings.HOMESPUN_URL.rstrip('/')}{ACTOR}"


def signed(url: str) -> dict[str, str]:
    """Headers that sign a GET of this url."""
    asked, date = httpx.URL(url), format_datetime(datetime.now(UTC), usegmt=True)
    told = {"(request-target)": f"get {asked.raw_path.decode()}", "host": asked.netloc.decode(), "date": date}
    words = "\n".join(f"{name}: {told[name]}" for name in SIGNED)
    made = base64.b64encode(_key(_path()).sign(words.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    said = {"keyId": f"{actor()}{MAIN}", "algorithm": "rsa-sha256", "headers": " ".join(SIGNED), "signature": made}
    return {"date": date, "signature": ",".join(f'{name}="{value}"' for name, value in said.items())}


def public_key() -> str:
    """As PEM."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return _key(_path()).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@lru_cache(maxsize=2)
def _key(path: Path) -> rsa.RSAPrivateKey:
    with suppress(FileExistsError):
        _make_key(path)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _path() -> Path:
    return Path(settings.DATA) / KEY


def _make_key(path: Path) -> None:
    """Whole or not at all, and by one of several who find none. Raises `FileExistsError`."""
    if path.exists():
        raise FileExistsError
    path.parent.mkdir(exist_ok=True, mode=0o700)
    made = rsa.generate_private_key(65537, BITS)
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.fresh")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(made.private_bytes(kind, form, serialization.NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # fails where another was quicker
    finally:
        fresh.unlink()
