"""`homespun web`: the pages alone, as `serve` runs them; behind a proxy, several of them can share the work."""

import multiprocessing
import os
import resource
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from homespun.config.asgi import ENDING, Application, application
from homespun.config.logs import LOGGING
from homespun.config.request_bodies import Limits
from homespun.core import command
from homespun.core.command import Answer

WAITING = 2_048  # connections that nobody has looked at yet
OPEN = 6_000  # connections of one process, streams among them
OTHER_FILES = 200  # that a process may have open beside its connections
LONGEST_HEAD = 64 << 10  # bytes of the head of a request


class Command(command.Command):
    help = "Serve the pages only (a part of serve)"
    group = "Run"
    hidden = True

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--processes", type=int, default=1)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument("--patience", type=float, default=Limits.patience, help="seconds to wait for a slow client")

    def run(self, *, host: str, port: int, processes: int, threads: int, patience: float, **options: Any) -> Answer:
        if sys.platform == "linux":
            multiprocessing.set_start_method("fork", force=True)  # which later Pythons don't by themselves, and shares memory
        server = Server(
            "homespun.config.asgi:application",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,  # proxies speak nothing else to it
            workers=processes,
            backlog=WAITING,
            backpressure=max(1, min(OPEN, max_open_files() - OTHER_FILES)),
            http1_settings=HTTP1Settings(header_read_timeout=int(patience * 1000), max_buffer_size=LONGEST_HEAD),
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.error,
            log_dictconfig=LOGGING,
            websockets=False,
        )
        server.on_startup(end_streams_first)
        server.serve(target_loader=partial(loaded, threads, Limits(patience=patience)))
        return {}

    def tell(self, answer: Answer) -> str:
        return ""


def max_open_files() -> int:
    """How many files a process may open, after raising that to what the system allows: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = OPEN + OTHER_FILES if hard == resource.RLIM_INFINITY else min(OPEN + OTHER_FILES, hard)
    if soft == resource.RLIM_INFINITY or soft >= limit:
        return limit
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


def loaded(threads: int, limits: Limits, target: str) -> Application:
    """In a process that serves."""
    return application(threads, limits)


def end_streams_first() -> None:
    """Told to end, a process waits for what it is answering; streams never end by themselves, so they are told before."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, after_streams(signal.getsignal(number)))


def after_streams(then: Any) -> Callable[[int, FrameType | None], None]:
    def on_signal(number: int, frame: FrameType | None) -> None:
        for child in multiprocessing.active_children():
            if child.pid:
                os.kill(child.pid, ENDING)
        then(number, frame)

    return on_signal
