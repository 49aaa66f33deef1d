"""`homespun serve`: the whole product in one process group."""

from argparse import ArgumentParser
from typing import Any

from homespun.config import locks, serving, upgrading
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
            upgrading.bring_up_to_date(self.progress)
            serving.serve(Address(host, port), lock)
        return {"stopped": True}

    def tell(self, answer: Answer) -> str:
        return "Homespun has stopped."
