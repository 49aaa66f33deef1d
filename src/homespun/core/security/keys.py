"""Keys of this house: each a file beside the database, for nobody else to read, made when it is first needed."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings


def place(name: str) -> Path:
    return Path(settings.DATA) / name


def make(path: Path, drawn: Callable[[], bytes]) -> None:
    """Where there is none: whole or not at all, and by one of several who find none."""
    if path.exists():
        return
    path.parent.mkdir(exist_ok=True, mode=0o700)
    key = drawn()
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.fresh")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(fresh, path)  # fails where another was quicker
    finally:
        fresh.unlink()
