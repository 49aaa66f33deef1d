"""Secrets that others have trusted us with (the tokens of connected accounts), sealed wherever they are written.

The key lies beside the database, not in it, and stays out of backups unless it is asked for: who finds one without the other has
nothing. Where the key is gone what was sealed cannot be opened again by anybody, and accounts are to be connected again, which makes
another key.
"""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY = "secrets/sealing-key"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class Lost(Exception):
    """The key is not the one with which this was sealed, or there is none."""


def signing_key() -> str:
    """The private key by which this house signs what it says of itself to others, as PEM. It follows from the sealing key, so that it is
    there as long as what was sealed can be opened. Raises `Lost`."""
    try:
        held = _path().read_bytes().strip()
    except OSError as error:
        raise Lost from error
    drawn = HKDF(hashes.SHA256(), 48, salt=None, info=b"homespun signing key").derive(held)
    key = ec.derive_private_key(int.from_bytes(drawn, "big") % (ORDER - 1) + 1, ec.SECP256R1())
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(kind, form, serialization.NoEncryption()).decode()


def seal(secret: Mapping[str, Any]) -> str:
    """Makes the key where there is none: a folder from before there were connections, or one that was restored without its secrets."""
    make_key()
    return _box().encrypt(orjson.dumps(dict(secret))).decode()


def make_key() -> None:
    """Where there is none."""
    with suppress(FileExistsError):
        _make_key(_path())


def opened(sealed: str, *, seconds: int | None = None) -> dict[str, Any]:
    """What was sealed, no longer ago than so many seconds. Raises `Lost`, which says nothing of what is in it."""
    try:
        found: dict[str, Any] = orjson.loads(_box().decrypt(sealed.encode(), ttl=seconds))
    except (InvalidToken, ValueError) as error:
        raise Lost from error
    return found


def _box() -> Fernet:
    """Read each time, so that a key that was restored holds at once. Raises `Lost`."""
    try:
        return Fernet(_path().read_text().strip())
    except (OSError, ValueError) as error:
        raise Lost from error


def _path() -> Path:
    return Path(settings.DATA) / KEY


def _make_key(path: Path) -> None:
    """Whole or not at all, and by one of several who find none. Raises `FileExistsError`."""
    if path.exists():
        raise FileExistsError
    path.parent.mkdir(exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.fresh")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(Fernet.generate_key())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # fails where another was quicker
    finally:
        fresh.unlink()
