"""`homespun serve`: the whole product in one process group."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.db import connections

from homespun.config import data, locks, serving, upgrading
from homespun.config.environ import Address, environ
from homespun.core import command
from homespun.core.command import Answer, Needs


class Command(command.Command):
    help = "Run the pages and the background work, until Ctrl-C"
    group = "Run"
    needs = Needs.FOLDER

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where it listens (8000)")
        parser.add_argument("--host", default="127.0.0.1", help="on which address of this machine it listens (127.0.0.1)")

    def run(self, *, host: str, port: int, **options: Any) -> Answer:
        with locks.alone(environ.data, "serve") as lock:
            is_current = data.version() is data.Version.CURRENT
            upgrading.bring_up_to_date(self.progress)
            if not is_current:
                start_anew()
            serving.serve(Address(host, port), lock)
        return {"stopped": True}

    def tell(self, answer: Answer) -> str:
        return "Homespun has stopped."


def start_anew() -> None:
    """Replace this process by a fresh one: all others are forked from it, and migrating leaves memory behind."""
    sys.stdout.flush()
    sys.stderr.flush()
    connections.close_all()
    os.execv(sys.executable, sys.orig_argv)
