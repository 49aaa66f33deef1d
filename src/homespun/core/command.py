"""What every `homespun` command has in common: one object with `--json`, progress on standard error, one sentence when it fails.

A command says what it takes in `arguments()`, does it in `run()` and gives back what `--json` prints; `tell()` turns the same
into lines for people. Anything that goes wrong is raised as `Failure`, with a sentence that says what to do.
"""

import json
from abc import abstractmethod
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from homespun.core.terminal import printable, printable_json

Failure = CommandError  # raise Failure("One sentence that says what went wrong and what to do.")
Answer = Mapping[str, Any]


class Needs(StrEnum):
    """What must be there before a command starts; `homespun.config.data` sees to it."""

    CURRENT = "current"  # a data folder with a database of this version
    ANY = "any"  # a data folder, whatever the version of its database (doctor, backup)
    FOLDER = "folder"  # a data folder with its secrets, the database is the command's own business (serve, upgrade)
    NOTHING = "nothing"  # restore: it makes the folder itself


class Parser(CommandParser):
    """Says in one sentence what is wrong with the words given."""

    def error(self, message: str) -> NoReturn:
        raise Failure(f"{message[:1].upper()}{message[1:]}. See: {self.prog} --help")


class Command(BaseCommand):
    """The base of every command of the product."""

    group: ClassVar[str] = "Other"  # under which heading `homespun --help` lists it
    needs: ClassVar[Needs] = Needs.CURRENT
    hidden: ClassVar[bool] = False  # not listed: a part of another command
    requires_system_checks: list[str] = []
    suppressed_base_arguments = {"--version", "--verbosity", "--settings", "--pythonpath", "--no-color", "--force-color", "--skip-checks"}

    def arguments(self, parser: ArgumentParser) -> None:
        """What the command takes, in argparse's words."""

    @abstractmethod
    def run(self, *args: Any, **options: Any) -> Answer:
        """Do it. What is given back is what `--json` prints."""

    def tell(self, answer: Answer) -> str:
        """The same for people; nothing by itself prints as it stands."""
        return "\n".join(f"{key}: {value}" for key, value in answer.items())

    def succeeded(self, answer: Answer) -> bool:
        """Whether the exit status is 0 once the answer has been printed."""
        return True

    def progress(self, text: str) -> None:
        """One line about how far it is, on standard error."""
        self.stderr.write(printable(text), str)
        self.stderr.flush()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django builds its own class of parser here, which prints its usage and leaves with status 2.
        parser = Parser(
            prog=f"homespun {subcommand}", description=self.help, missing_args_message=getattr(self, "missing_args_message", None), **kwargs
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        parser.add_argument("--traceback", action="store_true", help="show where an unexpected error came from")
        for hidden, default in {"verbosity": 1, "settings": None, "pythonpath": None, "no_color": False, "force_color": False}.items():
            parser.add_argument(f"--{hidden.replace('_', '-')}", dest=hidden, default=default, help=SUPPRESS)
        parser.add_argument("--skip-checks", action="store_true", help=SUPPRESS)
        self.arguments(parser)
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        # Django's own turns every CommandError into coloured text and an exit here; the command line does it in one place instead.
        options = vars(self.create_parser(argv[0], argv[1]).parse_args(argv[2:]))
        self.execute(*options.pop("args", ()), **options)

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options.pop("json")
        own = {key: value for key, value in options.items() if key not in DJANGOS}
        answer = self.run(**own)
        text = printable_json(json.dumps(answer, ensure_ascii=False, default=_plain_value)) if as_json else printable(self.tell(answer))
        if text:
            self.stdout.write(text)
            self.stdout.flush()
        if not self.succeeded(answer):
            raise SystemExit(1)


DJANGOS = {"verbosity", "settings", "pythonpath", "no_color", "force_color", "skip_checks", "traceback", "stdout", "stderr", "args"}


def _plain_value(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
