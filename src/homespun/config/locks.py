"""Locks between processes: on a file, given back by the kernel when the process ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError


@contextmanager
def waiting(path: Path) -> Iterator[None]:
    """Hold `path`, waiting for whoever holds it now."""
    with _opened(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def alone(data: Path, doing: str) -> Iterator[int]:
    """Keep a second serve, restore or upgrade out of this data folder; nothing else asks for this lock.

    Gives the open file, which a forked process has to close: it would hold the lock, too.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = lock_path(data)
    with _opened(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"{holder(path)} is already at work on {data}. Stop it first.") from None
        os.ftruncate(handle, 0)
        os.write(handle, f"homespun {doing} (process {os.getpid()})".encode())
        yield handle
        os.ftruncate(handle, 0)


def is_held(data: Path) -> bool:
    """Whether a serve, restore or upgrade is at work on this data folder."""
    path = lock_path(data)
    if not path.exists():
        return False
    with _opened(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def lock_path(data: Path) -> Path:
    return data / ".lock"


def holder(path: Path) -> str:
    return path.read_text(errors="replace").strip() or "Another homespun serve, restore or upgrade"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
