"""Keeps a handful of child processes running: started, restarted with back-off, told to stop, never left behind."""

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

LONGEST_PAUSE = 30.0  # seconds before another try
STEADY = 60.0  # a child that ran this long starts again at once
PATIENCE = 20.0  # seconds for a child to finish what it is doing
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process to keep running."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    due: float = 0
    pause: float = 0
    rest: bytes = b""  # what it has written of a line not yet ended

    def start(self, now: float) -> None:
        self.started = now
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=end_with_parent,
        )

    def ended(self, now: float) -> int | None:
        """Its exit status if it has ended since; what it left behind is ended with it, and its next start is set."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self.signal(signal.SIGKILL)
        self.process = None
        self.pause = 0 if now - self.started > STEADY else min(max(0.5, self.pause * 2), LONGEST_PAUSE)
        self.due = now + self.pause
        return status

    def signal(self, number: int) -> None:
        """Tell the whole process group: some children have children of their own."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def end_with_parent() -> None:
    """In the child, before it becomes its program: be told to stop when the supervisor dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    """Runs the children until it is told to stop."""

    children: list[Child]
    log: Callable[[str, str], None]  # the name of who speaks, and the line
    watch: Callable[[], None] = lambda: None  # called a few times a second
    stopping: bool = False
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means that it goes on
                signal.signal(number, self.on_signal)
        try:
            while not self.stopping:
                self.start_due()
                self.listen(0.25)
                self.bury()
                self.watch()
        finally:
            self.stop()

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None and child.due <= now:
                child.start(now)
                assert child.process is not None and child.process.stdout is not None
                os.set_blocking(child.process.stdout.fileno(), False)
                self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def listen(self, seconds: float) -> None:
        for key, _ in self.selector.select(seconds):
            self.read(key)

    def read(self, key: selectors.SelectorKey) -> None:
        try:
            written = os.read(key.fd, 65536)
        except BlockingIOError:
            return
        child: Child = key.data
        if not written:
            self.selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]  # a pipe, not a number
            return
        *lines, child.rest = (child.rest + written).split(b"\n")
        for line in lines:
            self.log(child.name, line.decode(errors="replace"))

    def bury(self) -> None:
        now = time.monotonic()
        for child in self.children:
            status = child.ended(now)
            if status is not None and not self.stopping:
                self.log("serve", f"{child.name} ended with status {status}; it starts again in {child.pause:.1f} s")

    def stop(self) -> None:
        """Ask all to finish; what has not after a while is ended."""
        self.stopping = True
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while any(child.process for child in self.children) and time.monotonic() < deadline:
            if self.selector.get_map():
                self.listen(0.1)
            else:
                time.sleep(0.05)
            self.bury()
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
