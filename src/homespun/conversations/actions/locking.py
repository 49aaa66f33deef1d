"""One reader for each run: a lock on a file, given back by the kernel when the process ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


class Busy(Exception):
    """Another process is reading this run."""


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Hold the lock of this name. Raises `Busy` at once where another process, or another thread, holds it."""
    folder = Path(settings.DATA) / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(name) from None
        yield
    finally:
        os.close(handle)
