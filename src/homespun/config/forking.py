"""Starts a `homespun` command as a forked child, which shares the memory of its parent."""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from django.db import connections

PR_SET_PDEATHSIG = 1
LONGEST_NAME = 15  # bytes of the name of a process


@dataclass
class Forked:
    """A child process, and the pipe by which its output comes."""

    pid: int
    output: int
    status: int | None = None

    @classmethod
    def start(cls, name: str, words: Sequence[str], in_child: Callable[[], None]) -> "Forked":
        """In a process without threads: a lock that another thread holds would be held for ever in the child."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            become(name, words, in_child, parent, writing)
        os.close(writing)
        with suppress(OSError):  # done by the child, too, whoever is first
            os.setpgid(pid, pid)
        return cls(pid, reading)

    def poll(self) -> int | None:
        """Its exit status, or None while it runs."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status

    def wait(self) -> None:
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def become(name: str, words: Sequence[str], in_child: Callable[[], None], parent: int, output: int) -> NoReturn:
    """Run a command in the child, and end the child with its status."""
    status = 1
    try:
        os.setpgid(0, 0)
        forget_signals()
        end_with_parent(parent)
        in_child()
        connect_output(output)
        with suppress(OSError):
            Path("/proc/self/comm").write_text(name[:LONGEST_NAME])
        status = run(words)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(Exception):
            connections.close_all()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def run(words: Sequence[str]) -> int:
    from homespun.config import cli  # noqa: PLC0415  (it imports the commands, one of which imports this)

    if sys.platform != "linux":  # macOS has libraries that don't outlive a fork
        os.execv(sys.executable, [sys.executable, "-m", "homespun.config", *words])
    sys.argv = ["homespun", *words]
    return cli.answered(sys.argv)


def forget_signals() -> None:
    """The parent's handlers are not the child's."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def end_with_parent(parent: int) -> None:
    """Be told to stop when the supervisor dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it has died meanwhile
        os._exit(1)


def connect_output(output: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(output)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream can
