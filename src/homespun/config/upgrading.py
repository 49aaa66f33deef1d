"""Bringing the database to this version: backed up first, and refused when it is from a newer one."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import CommandError

from homespun import __version__
from homespun.config import data
from homespun.config.environ import environ
from homespun.conversations.actions import Busy, index_building
from homespun.conversations.actions.opt_out_file import read_restored

KEPT = 5  # databases from before an upgrade
SAID_EVERY = 3.0  # seconds between two lines about the search index


def bring_up_to_date(say: Callable[[str], None]) -> Path | None:
    """Make, migrate or leave the database, and take over opt-outs that a restore left behind. Returns the path of the copy from before,
    where one was migrated."""
    backup = migrated(say)
    read_restored()
    return backup


def migrated(say: Callable[[str], None]) -> Path | None:
    match data.version():
        case data.Version.MISSING:
            say("Making the database.")
            data.make_database()
        case data.Version.NEWER:
            raise CommandError(data.NEWER)
        case data.Version.OLDER:
            backup = copied_before()
            say(f"Migrating the database; as it was, it is kept in {backup}.")
            migrate(backup)
            return backup
        case data.Version.CURRENT:
            pass
    return None


def migrate(backup: Path) -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except Exception as error:
        raise CommandError(
            f"The migration failed: {error}. The database as it was lies in {backup}; nothing else has been changed."
        ) from error


def build_search_index(say: Callable[[str], None]) -> None:
    """Finish the full-text index that a migration has begun anew. Can be interrupted: `serve` goes on with it."""
    if not index_building.is_behind():
        return
    say("Building the search index. You can interrupt this: Homespun will continue when it runs.")
    try:
        while index_building.build(seconds=SAID_EVERY):
            say(f"Search index: {index_building.progress():.0%}")
    except Busy:
        say("The search index is being built by another process.")


def copied_before() -> Path:
    """The database as it is, through SQLite's own backup, so that a busy one comes out whole."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = environ.data / "backups" / f"before-{__version__}-{stamp}.sqlite3"
    copy_database(environ.data / data.DATABASE, target)
    for old in sorted(target.parent.glob("before-*.sqlite3"))[:-KEPT]:
        old.unlink()
    return target


def copy_database(source: Path, target: Path) -> None:
    fresh = target.with_name(f".{target.name}")
    data.remove_database(fresh)
    origin, copy = sqlite3.connect(source, timeout=60), sqlite3.connect(fresh)
    try:
        origin.backup(copy)  # in one go: a copy in steps begins anew whenever somebody writes
        copy.execute("pragma journal_mode = delete")
    finally:
        copy.close()
        origin.close()
    fresh.replace(target)
