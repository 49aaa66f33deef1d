"""`homespun web`: the pages alone, as `serve` runs them; behind a proxy, several of them can share the work."""

import multiprocessing
import os
import signal
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from homespun.config.asgi import ENDING, Application, application
from homespun.config.logs import LOGGING
from homespun.core import command
from homespun.core.command import Answer

WAITING = 2_048  # connections that nobody has looked at yet
OPEN = 6_000  # requests of one process that are not answered yet, streams among them


class Command(command.Command):
    help = "Serve the pages only (a part of serve)"
    group = "Run"
    hidden = True

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--processes", type=int, default=1)
        parser.add_argument("--threads", type=int, default=8)

    def run(self, *, host: str, port: int, processes: int, threads: int, **options: Any) -> Answer:
        server = Server(
            "homespun.config.asgi:application",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,  # what stands in for WSGI joins the cookies of HTTP/2 in a wrong way
            workers=processes,
            backlog=WAITING,
            backpressure=OPEN,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.error,
            log_dictconfig=LOGGING,
            websockets=False,
        )
        server.on_startup(end_streams_first)
        server.serve(target_loader=partial(loaded, threads))
        return {}

    def tell(self, answer: Answer) -> str:
        return ""


def loaded(threads: int, target: str) -> Application:
    """In a process that serves."""
    return application(threads)


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
