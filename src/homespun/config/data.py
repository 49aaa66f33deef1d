"""The data folder: made when it is missing, never half; its database refused when it is of another version.

Only `serve` and `upgrade` change the version of a database that is there (`homespun.config.upgrading`).
"""

import base64
import gc
import os
import secrets
import sqlite3
from enum import Enum
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from homespun.config import locks
from homespun.config.environ import environ

FOLDERS = ("secrets", "media", "inbox", "uploads", "backups", "logs")
DATABASE = "homespun.sqlite3"
SEALING = "secrets/sealing-key"  # opens the tokens of connected accounts; core.security.sealing reads it


class Version(Enum):
    MISSING = "missing"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


def make_folder(data: Path | None = None) -> None:
    """The folders and the secrets. Runs before Django's settings are read, which hold the key."""
    data = data or environ.data
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locks.waiting(data / ".making"):
            for name in FOLDERS:
                (data / name).mkdir(exist_ok=True, mode=0o700)
            _make_secret(data / "secrets" / "django-key")
            _make_secret(data / "secrets" / "salt")
            if not (data / DATABASE).exists():  # else a lost key would be replaced in silence
                _make_secret(data / SEALING, base64.urlsafe_b64encode(os.urandom(32)).decode())
    except OSError as error:
        raise CommandError(
            f"The data folder {data} cannot be made or written: {error.strerror}. Set HOMESPUN_DATA to another one."
        ) from error


def _make_secret(path: Path, secret: str = "") -> None:
    if path.exists() and path.stat().st_size:
        return
    fresh = path.with_suffix(".fresh")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret or secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def make_database() -> None:
    """A migrated database, made under another name and put in place at once, so that a kill leaves nothing half-made."""
    path = environ.data / DATABASE
    if path.exists():
        return
    with locks.waiting(environ.data / ".making"):
        if not path.exists():
            _migrate_into(path)


def _migrate_into(path: Path) -> None:
    fresh = path.with_suffix(".fresh")
    remove_database(fresh)
    connection.close()
    was, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], fresh
    try:
        connection.cursor().execute("pragma synchronous = off")
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = was
    put_in_place(fresh, path)
    gc.collect()  # all models as they were before each migration: 50 MB


def put_in_place(fresh: Path, path: Path) -> None:
    """Rename a closed database over another name and see to it that this survives a loss of power."""
    with sqlite3.connect(fresh) as database:
        database.execute("pragma wal_checkpoint(truncate)")
    database.close()
    fresh.chmod(0o600)
    for name in (fresh, fresh.parent):
        handle = os.open(name, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    fresh.replace(path)


def remove_database(path: Path) -> None:
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)


def version(path: Path | None = None) -> Version:
    """How the database stands to this program, by the names of its migrations. Loads no migration, so that commands start fast."""
    path = path or environ.data / DATABASE
    if not path.exists():
        return Version.MISSING
    applied, known = applied_migrations(path), known_migrations()
    ours = {row for row in applied if row[0] in _own_labels()}
    if ours - known:
        return Version.NEWER
    return Version.OLDER if known - applied else Version.CURRENT


def applied_migrations(path: Path) -> set[tuple[str, str]]:
    try:
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)
        try:
            return set(database.execute("select app, name from django_migrations"))
        finally:
            database.close()
    except sqlite3.DatabaseError as error:
        raise CommandError(f"The database {path} cannot be read: {error}. Restore a backup: homespun restore FILE --replace") from error


def known_migrations() -> set[tuple[str, str]]:
    return {(config.label, file.stem) for config in apps.get_app_configs() for file in Path(config.path, "migrations").glob("[0-9]*.py")}


def _own_labels() -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name.startswith("homespun.")}


def refuse_other_version() -> None:
    """For commands that neither make nor migrate a database: a sentence where it is not of this version."""
    match version():
        case Version.OLDER:
            raise CommandError("The database is from an older version of Homespun. Run: homespun upgrade")
        case Version.NEWER:
            raise CommandError(NEWER)
        case _:
            return


NEWER = "The database is from a newer version of Homespun than this program. Install that version, or restore an older backup."
