"""Keeps a handful of child processes running: started, restarted with back-off, told to stop, never left behind."""

import os
import selectors
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from homespun.config.forking import Forked

LONGEST_PAUSE = 30.0  # seconds before another try
STEADY = 60.0  # a child that ran this long starts again at once
PATIENCE = 20.0  # seconds for a child to finish what it is doing
WATCHING = 0.1  # seconds between two calls of `watch`


@dataclass
class Child:
    """One `homespun` command to keep running."""

    name: str
    words: list[str]  # of the command
    process: Forked | None = None
    started: float = 0
    due: float = 0
    pause: float = 0
    rest: bytes = b""  # what it has written of a line not yet ended

    def start(self, now: float, in_child: Callable[[], None]) -> None:
        self.started = now
        self.process = Forked.start(self.name, self.words, in_child)

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


@dataclass
class Supervisor:
    """Runs the children until it is told to stop."""

    children: list[Child]
    log: Callable[[str, str], None]  # the name of who speaks, and the line
    watch: Callable[[], bool] = lambda: False  # called until it gives False
    before_start: Callable[[], None] = lambda: None
    in_child: Callable[[], None] = lambda: None  # called in each child before its command
    stopping: bool = False
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def run(self) -> None:
        self.wake_at_signals()
        try:
            watching = True
            while not self.stopping:
                self.start_due()
                watching = watching and self.watch()
                self.listen(self.seconds_to_next(watching))
                self.bury()
        finally:
            self.stop()

    def wake_at_signals(self) -> None:
        """SIGCHLD says that a child has ended; the others that all are to end."""
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means that it goes on
                signal.signal(number, self.on_signal)
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self.selector.register(reading, selectors.EVENT_READ)

    def seconds_to_next(self, watching: bool) -> float | None:
        """Until there is something to do that no signal tells of."""
        waits = [child.due - time.monotonic() for child in self.children if child.process is None]
        waits += [WATCHING] if watching else []
        return max(0.0, min(waits)) if waits else None

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None and child.due <= now:
                self.before_start()
                child.start(now, self.let_go)
                assert child.process is not None
                self.selector.register(child.process.output, selectors.EVENT_READ, child)

    def let_go(self) -> None:
        """In a child: what is open here is for the parent alone."""
        for key in list(self.selector.get_map().values()):
            os.close(key.fd)
        self.selector.close()
        self.in_child()

    def listen(self, seconds: float | None) -> None:
        for key, _ in self.selector.select(seconds):
            self.read(key)

    def read(self, key: selectors.SelectorKey) -> None:
        try:
            written = os.read(key.fd, 65536)
        except BlockingIOError:
            return
        child: Child | None = key.data
        if child is None:
            return  # signals, which their handlers have seen to
        if not written:
            self.selector.unregister(key.fileobj)
            os.close(key.fd)
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
            self.listen(0.1)
            self.bury()
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
