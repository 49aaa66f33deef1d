"""`homespun work`: background work of one queue, as `serve` runs it."""

from argparse import ArgumentParser
from typing import Any

from homespun.core import command
from homespun.core.command import Answer
from homespun.core.jobs.worker import Worker


class Command(command.Command):
    help = "Do background work only (a part of serve)"
    group = "Run"
    hidden = True

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queue", action="append", help="which work (all by itself)")
        parser.add_argument("--once", action="store_true", help="stop when nothing is waiting")

    def run(self, *, queue: list[str] | None, once: bool, **options: Any) -> Answer:
        return {"done": Worker(queues=queue or ["default", "imports", "listening"]).run(once=once)}
