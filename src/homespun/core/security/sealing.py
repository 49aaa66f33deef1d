"""Secrets that others have trusted us with (the tokens of connected accounts), sealed wherever they are written.

The key lies beside the database, not in it, and stays out of backups unless it is asked for: who finds one without the other has
nothing. Where the key is gone what was sealed cannot be opened again by anybody, and accounts are to be connected again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

KEY = "secrets/sealing-key"


class Lost(Exception):
    """The key is not the one with which this was sealed, or there is none."""


def seal(secret: Mapping[str, Any]) -> str:
    return _box().encrypt(orjson.dumps(dict(secret))).decode()


def opened(sealed: str) -> dict[str, Any]:
    """What was sealed. Raises `Lost`, which says nothing of what is in it."""
    try:
        found: dict[str, Any] = orjson.loads(_box().decrypt(sealed.encode()))
    except (InvalidToken, ValueError) as error:
        raise Lost from error
    return found


def _box() -> Fernet:
    """Read each time, so that a key that was restored holds at once. Raises `Lost`."""
    try:
        return Fernet((Path(settings.DATA) / KEY).read_text().strip())
    except (OSError, ValueError) as error:
        raise Lost from error
