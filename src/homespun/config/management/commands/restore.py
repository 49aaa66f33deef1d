"""`homespun restore FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from homespun.config import backups, locks
from homespun.config.environ import environ
from homespun.core import command
from homespun.core.command import Answer, Needs


class Command(command.Command):
    help = "Bring a backup back into an empty data folder"
    group = "Look after"
    needs = Needs.NOTHING

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a backup")
        parser.add_argument("--replace", action="store_true", help="lose what is in the data folder now")

    def run(self, *, file: Path, replace: bool, **options: Any) -> Answer:
        with locks.alone(environ.data, "restore"):
            return backups.restore(file.absolute(), replace=replace, say=self.progress)

    def tell(self, answer: Answer) -> str:
        kept = f" The database that it replaced lies in {answer['before']}." if answer["before"] else ""
        return f"All is back as it was on {answer['made']}.{kept}"
