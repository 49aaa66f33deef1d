"""Wakes processes that wait for a change of the database, so that they need not ask it all the time.

A process that waits has a named pipe in the folder `wake` of the data folder; its name says what it waits for. Whoever commits such a
change writes a byte into it. Nothing depends on that: for a wake-up that gets lost (a kill between commit and write, a folder that can't be
written), each process looks every `FALLBACK` seconds all the same.

Named pipes and not sockets, because the path of a socket has at most 107 bytes.
"""

import errno
import os
import secrets
import select
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from weakref import WeakSet

from django.conf import settings
from django.db import transaction

FALLBACK = 30.0  # seconds
CHANGES = "changes"  # whatever `core.live.changed` counts; every other topic is the name of a queue
WAITERS: "WeakSet[Waiter]" = WeakSet()  # of this process


class Waiter:
    """Waits for a notification about one of `topics`. Made before the first look at the database, so that none is missed."""

    def __init__(self, *topics: str) -> None:
        self.topics = topics
        self.path, self.reading, self.writing = open_pipe(topics)
        WAITERS.add(self)

    def wait(self, seconds: float = FALLBACK) -> None:
        """Return at a notification, at once where one has come since the last call, or after so many seconds."""
        poll = select.poll()
        poll.register(self.reading, select.POLLIN)
        if not poll.poll(max(0.0, min(seconds, FALLBACK)) * 1000):
            self.reopen_if_removed()
        self.drain()

    def drain(self) -> None:
        with suppress(BlockingIOError):
            os.read(self.reading, 1 << 16)  # all that a pipe holds

    def reopen_if_removed(self) -> None:
        """Under the same numbers, as a signal or a thread may be about to write."""
        if self.path is not None and self.path.exists():
            return
        self.path, reading, writing = open_pipe(self.topics)
        for fresh, mine in ((reading, self.reading), (writing, self.writing)):
            os.dup2(fresh, mine, inheritable=False)
            os.close(fresh)

    def wake(self) -> None:
        """Let `wait` return; from another thread or a signal handler, too."""
        with suppress(OSError):
            os.write(self.writing, b"\0")

    def close(self) -> None:
        WAITERS.discard(self)
        if self.path:
            with suppress(OSError):
                self.path.unlink()
        ends, self.reading, self.writing = (self.reading, self.writing), -1, -1  # a late `wake` must not write into another file
        for end in ends:
            os.close(end)

    def __enter__(self) -> "Waiter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_pipe(topics: Sequence[str]) -> tuple[Path | None, int, int]:
    """A named pipe and both its ends; one without a name where the folder can't be written."""
    try:
        path = make_pipe("+".join(topics))
        reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        writing = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        return path.rename(path.with_name(path.name.removeprefix("."))), reading, writing
    except OSError:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        return None, reading, writing


def make_pipe(topics: str) -> Path:
    """Under a name that `notify` does not see yet: it removes pipes that nobody reads."""
    folder().mkdir(mode=0o700, exist_ok=True)
    path = folder() / f".{topics}.{os.getpid()}.{secrets.token_hex(4)}"
    os.mkfifo(path, 0o600)
    return path


def folder() -> Path:
    return Path(settings.DATA) / "wake"


def notify_on_commit(topic: str) -> None:
    """Notify when the caller's transaction is committed, or at once where there is none. Asking several times notifies once."""
    connection = transaction.get_connection()
    asked = (set(connection.savepoint_ids), notifier(topic))
    if not any((savepoints, call) == asked for savepoints, call, _robust in connection.run_on_commit):
        transaction.on_commit(notifier(topic))


@cache
def notifier(topic: str) -> Callable[[], None]:
    return lambda: notify(topic)


def notify(topic: str) -> None:
    """Wake all who wait for `topic`, in whichever process."""
    with suppress(OSError):
        for path in os.scandir(folder()):
            if topic in path.name.partition(".")[0].split("+"):
                write_into(path.path)


def write_into(path: str) -> None:
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENXIO:  # its reader was killed
            with suppress(OSError):
                os.unlink(path)
        return
    with suppress(OSError):  # a full pipe wakes its reader anyway
        os.write(pipe, b"\0")
    os.close(pipe)


def wake_this_process() -> None:
    """Let all who wait in this process look up, because it is to end."""
    for waiter in list(WAITERS):
        waiter.wake()
