"""`homespun backup FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from homespun.config import backups
from homespun.core import command
from homespun.core.command import Answer, Needs


class Command(command.Command):
    help = "Write everything into one file, while everything runs"
    group = "Look after"
    needs = Needs.ANY

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a new zip")
        parser.add_argument("--with-secrets", action="store_true", help="with the key that signs sessions and links")

    def run(self, *, file: Path, with_secrets: bool, **options: Any) -> Answer:
        return backups.back_up(file.absolute(), with_secrets=with_secrets, say=self.progress)

    def tell(self, answer: Answer) -> str:
        kept = "with" if answer["secrets"] else "without"
        return f"{answer['file']} holds everything, {kept} secrets ({answer['size'] / 1e6:.1f} MB, {answer['media']} pictures and films)."
