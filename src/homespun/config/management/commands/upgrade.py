"""`homespun upgrade`: bring the database to this version, after a backup."""

from typing import Any

from homespun import __version__
from homespun.config import locks, upgrading
from homespun.config.environ import environ
from homespun.core import command
from homespun.core.command import Answer, Needs


class Command(command.Command):
    help = "Back up, then bring the database to this version"
    group = "Look after"
    needs = Needs.FOLDER

    def run(self, **options: Any) -> Answer:
        with locks.alone(environ.data, "upgrade"):
            backup = upgrading.bring_up_to_date(self.progress)
            upgrading.build_search_index(self.progress)
        return {"version": __version__, "backup": str(backup) if backup else None}

    def tell(self, answer: Answer) -> str:
        kept = f" The database as it was lies in {answer['backup']}." if answer["backup"] else ""
        return f"The database is of version {answer['version']}.{kept}"
