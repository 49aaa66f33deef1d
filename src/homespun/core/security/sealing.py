"""Secrets that others have trusted us with (the tokens of connected accounts), sealed wherever they are written.

The key lies beside the database, not in it, and stays out of backups unless it is asked for: who finds one without the other has
nothing. Where the key is gone what was sealed cannot be opened again by anybody, and accounts are to be connected again, which makes
another key.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from homespun.core.security import keys

KEY = "secrets/sealing-key"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class Lost(Exception):
    """The key is not the one with which this was sealed, or there is none."""


def signing_key() -> str:
    """The private key by which this house signs what it says of itself to others, as PEM. It follows from the sealing key, so that it is
    there as long as what was sealed can be opened. Raises `Lost`."""
    try:
        held = keys.place(KEY).read_bytes().strip()
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
    keys.make(keys.place(KEY), Fernet.generate_key)


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
        return Fernet(keys.place(KEY).read_text().strip())
    except (OSError, ValueError) as error:
        raise Lost from error
