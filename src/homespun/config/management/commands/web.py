"""`homespun web`: the pages alone, as `serve` runs them; behind a proxy, several of them can share the work."""

from argparse import ArgumentParser
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from homespun.config.logs import LOGGING
from homespun.core import command
from homespun.core.command import Answer


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
        Server(
            "homespun.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=threads,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.error,
            log_dictconfig=LOGGING,
            websockets=False,
        ).serve()
        return {}

    def tell(self, answer: Answer) -> str:
        return ""
