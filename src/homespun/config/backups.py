"""A backup: one zip that a person can open, made while everything runs; and how one comes back.

What is in it is named by `NAMES`; a zip with anything else is not one of ours. A restore never leaves half of anything: pictures
are named by their content and only added, the database is put in place at once, and what is no longer needed goes last.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError

from homespun import __version__
from homespun.config import data, upgrading
from homespun.config.environ import environ

KIND, FORMAT = "homespun-backup", 1
SENT_SINCE = "This came back with a backup, and may have been sent since. Look there before you try it again."
README, MANIFEST, SALT = "README.txt", "manifest.json", "secrets/salt"
OPT_OUTS, OLD_OPT_OUTS, RESTORED_OPT_OUTS = "opt-outs.txt", "tombstones.txt", "opt-outs.restored"
MEDIA = re.compile(r"media/([0-9a-f]{2})/(\1[0-9a-f]{62})")
NAMES = re.compile(rf"{README}|{MANIFEST}|{data.DATABASE}|{OPT_OUTS}|{OLD_OPT_OUTS}|secrets/[a-z-]+|{MEDIA.pattern}")
FULL = "The disk is full. Make room or delete old backups, then try again. No backup was made."
FLEETING = ("django_session", "core_cache", "users_claimcode", "config_backuprun")  # rows that mean nothing anywhere else
CHUNK = 1 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)

ABOUT = """This is a backup of Homespun {version}, made {made}.

homespun.sqlite3   everything that was collected and written, as a database of SQLite: any tool that reads SQLite opens it.
                   It holds the members of the team with their e-mail addresses and the hashes of their passwords.
media/             pictures and films, each named by the SHA-256 of what is in it
manifest.json      what is in here, for a computer
opt-outs.txt       opt-outs and opt-out requests, as hashes (if there are any); secrets/salt belongs to them
{secrets}
To bring it back, on a machine with the same or a newer Homespun:

    HOMESPUN_DATA=/path/of/a/new/folder homespun restore THIS-FILE

Keep it where only those can read it who may read the desk.
"""


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself."""

    version: str
    made: str
    media: int
    database_sha256: str


def back_up(
    target: Path, *, with_secrets: bool, say: Callable[[str], None], advance: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, Any]:
    """Write everything into one new zip, which appears when it is whole. `advance` gets the bytes done and their total, often."""
    if target.exists():
        raise CommandError(f"{target} exists already. Name a new file, so that no older backup is lost.")
    if not target.parent.is_dir():
        raise CommandError(f"There is no folder {target.parent}.")
    part = target.with_name(f"{target.name}.part")
    try:
        require_space(target.parent)
        with copied() as database, open_private(part) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
            contents = pack(bundle, database, with_secrets, say, advance)
        part.replace(target)
    except (OSError, sqlite3.OperationalError) as error:
        if is_full(error):
            raise CommandError(FULL) from error
        raise
    finally:
        part.unlink(missing_ok=True)
    return {"file": str(target), "size": target.stat().st_size, "media": contents.media, "version": __version__, "secrets": with_secrets}


def require_space(folder: Path) -> None:
    """Refuse a backup that can't fit: the zip, and a copy of the database while it is made."""
    database = (environ.data / data.DATABASE).stat().st_size
    needed = database * 2 + sum(file.stat().st_size for file in media_files(environ.data))
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CommandError(f"A backup needs up to {needed // CHUNK} MB, and {free // CHUNK} MB are free. Make room or delete old backups.")


def is_full(error: Exception) -> bool:
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in str(error)


def open_private(path: Path) -> IO[bytes]:
    path.touch(mode=0o600)
    return path.open("wb")


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the database without what means nothing elsewhere."""
    copy = environ.data / "backups" / f".copy-{os.getpid()}.sqlite3"  # a page and a command may make one at the same time
    try:
        upgrading.copy_database(environ.data / data.DATABASE, copy)
        with closing(sqlite3.connect(copy)) as database:
            database.execute("pragma secure_delete = on")
            tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
            for table in tables.intersection(FLEETING):
                database.execute(f"delete from {table}")
            database.commit()
        yield copy
    finally:
        data.remove_database(copy)


def pack(
    bundle: zipfile.ZipFile, database: Path, with_secrets: bool, say: Callable[[str], None], advance: Callable[[int, int], None]
) -> Contents:
    made = datetime.now(UTC).isoformat(timespec="seconds")
    secrets = "secrets/           the keys to sessions and connected accounts: with them, whoever has this file can pass for anybody\n"
    bundle.writestr(README, ABOUT.format(version=__version__, made=made, secrets=secrets if with_secrets else ""))
    say("Writing the database.")
    tally = Tally(database.stat().st_size + sum(file.stat().st_size for file in media_files(environ.data)), advance)
    add(bundle, database, data.DATABASE, zipfile.ZIP_DEFLATED, tally)
    for name in (OPT_OUTS, OLD_OPT_OUTS, SALT, *(["secrets/django-key", data.SEALING] if with_secrets else [])):
        if (environ.data / name).exists():
            bundle.write(environ.data / name, name)
    media = 0
    for file in media_files(environ.data):
        add(bundle, file, f"media/{file.parent.name}/{file.name}", zipfile.ZIP_STORED, tally)
        media += 1
        if media % 1000 == 0:
            say(f"Writing pictures and films: {media}.")
    is_newer = data.version(database) is data.Version.NEWER
    contents = Contents(f"newer than {__version__}" if is_newer else __version__, made, media, digest_of(database))
    bundle.writestr(MANIFEST, json.dumps({"kind": KIND, "format": FORMAT, **vars(contents)}, indent=2))
    return contents


@dataclass
class Tally:
    """How many bytes have been written, of how many."""

    total: int
    advance: Callable[[int, int], None]
    done: int = 0

    def count(self, size: int) -> None:
        self.done += size
        self.advance(self.done, self.total)


def add(bundle: zipfile.ZipFile, file: Path, name: str, compression: int, tally: Tally) -> None:
    info = zipfile.ZipInfo.from_file(file, name)
    info.compress_type = compression
    with file.open("rb") as source, bundle.open(info, "w") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
            tally.count(len(chunk))


def media_files(folder: Path) -> Iterator[Path]:
    """Those kept by content; copies for outside are made anew when asked for."""
    for file in sorted((folder / "media").glob("[0-9a-f][0-9a-f]/*")):
        if MEDIA.fullmatch(f"media/{file.parent.name}/{file.name}") and file.is_file():
            yield file


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(source: Path, *, replace: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Bring a backup back. The caller holds the lock."""
    folder = environ.data
    if not replace and (database_exists(folder) or any(media_files(folder))):
        raise CommandError(f"{folder} is not empty. Name another folder in HOMESPUN_DATA, or add --replace to lose what is in this one.")
    with opened(source) as bundle:
        contents = contents_of(bundle)
        require_whole(bundle, contents, say)
        require_room(bundle, folder)
        data.make_folder(folder)
        fresh = folder / "backups" / ".restored.sqlite3"
        data.remove_database(fresh)
        try:
            unpack_database(bundle, contents, fresh)
            kept = unpack_media(bundle, folder, say)
            unpack_rest(bundle, folder)
            before = settle(fresh, folder)
        finally:
            data.remove_database(fresh)
    for file in [file for file in media_files(folder) if file.name not in kept]:
        file.unlink()
    upgrading.bring_up_to_date(say)  # which also reads the opt-outs made since the backup
    return {"version": contents.version, "made": contents.made, "media": contents.media, "before": str(before) if before else None}


def database_exists(folder: Path) -> bool:
    return (folder / data.DATABASE).exists()


@contextmanager
def opened(source: Path) -> Iterator[zipfile.ZipFile]:
    if not source.is_file():
        raise CommandError(f"There is no file {source}.")
    try:
        with zipfile.ZipFile(source) as bundle:
            yield bundle
    except DAMAGED as error:
        why = f"{error}".rstrip(".") or type(error).__name__
        raise CommandError(f"{source} is damaged: {why}. Nothing was changed. Use another copy of this backup, or an older one.") from error


def contents_of(bundle: zipfile.ZipFile) -> Contents:
    """What it says of itself, after a look at every name in it."""
    names = bundle.namelist()
    strange = [name for name in names if not NAMES.fullmatch(name)]
    if MANIFEST not in names or data.DATABASE not in names or strange or len(names) != len(set(names)):
        raise CommandError(f"{bundle.filename} is not a backup of Homespun{f': it holds {strange[0]!r}' if strange else ''}.")
    try:
        manifest = json.loads(bundle.read(MANIFEST))
        if manifest["kind"] != KIND:
            raise ValueError(manifest["kind"])
        if manifest["format"] > FORMAT:
            raise CommandError(f"{bundle.filename} was made by a newer Homespun ({manifest['version']}). Install that version first.")
        return Contents(manifest["version"], manifest["made"], manifest["media"], manifest["database_sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{bundle.filename} is not a backup of Homespun: its manifest cannot be read.") from error


def require_whole(bundle: zipfile.ZipFile, contents: Contents, say: Callable[[str], None]) -> None:
    """Read everything once before anything is written: a damaged backup must leave the folder as it was."""
    say("Checking the backup.")
    media = 0
    for name in bundle.namelist():
        found = digest_in(bundle, name)
        match = MEDIA.fullmatch(name)
        media += bool(match)
        expected = match[2] if match else contents.database_sha256 if name == data.DATABASE else found
        if found != expected:
            raise CommandError(f"{bundle.filename} is damaged: {name} is not what it was. Nothing was changed.")
    if media != contents.media:
        missing = contents.media - media
        raise CommandError(
            f"{bundle.filename} is damaged: {missing} of {contents.media} pictures and films are missing. Nothing was changed."
        )


def digest_in(bundle: zipfile.ZipFile, name: str) -> str:
    with bundle.open(name) as source:
        return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]  # mypy wants `readinto` of a ZipExtFile


def require_room(bundle: zipfile.ZipFile, folder: Path) -> None:
    needed = sum(info.file_size for info in bundle.infolist())
    free = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists())).free
    if needed > free:
        raise CommandError(f"The backup unpacks to {needed // CHUNK} MB, and {free // CHUNK} MB are free. Make room first.")


def unpack_database(bundle: zipfile.ZipFile, contents: Contents, fresh: Path) -> None:
    unpack(bundle, data.DATABASE, fresh, contents.database_sha256)
    if data.version(fresh) is data.Version.NEWER:
        raise CommandError(f"{bundle.filename} holds the database of a newer Homespun ({contents.version}). Install that version first.")


def unpack_media(bundle: zipfile.ZipFile, folder: Path, say: Callable[[str], None]) -> set[str]:
    """Add what is not there yet; gives the names of all that the backup holds."""
    kept: set[str] = set()
    for name in bundle.namelist():
        if match := MEDIA.fullmatch(name):
            kept.add(match[2])
            target = folder / name
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                unpack(bundle, name, target, match[2])
            if len(kept) % 1000 == 0:
                say(f"Pictures and films: {len(kept)}.")
    return kept


def unpack_rest(bundle: zipfile.ZipFile, folder: Path) -> None:
    """Secrets replace those that were made for the empty folder. Opt-outs here and in the backup are put together for `read_restored`."""
    for name in bundle.namelist():
        if name.startswith("secrets/"):
            target = folder / name
            fresh = target.with_suffix(".fresh")
            with open_private(fresh) as file:
                file.write(bundle.read(name))
            fresh.replace(target)
    found: dict[str, None] = {}
    for name in (OPT_OUTS, OLD_OPT_OUTS, RESTORED_OPT_OUTS):
        found |= dict.fromkeys((folder / name).read_text().splitlines() if (folder / name).exists() else ())
        found |= dict.fromkeys(bundle.read(name).decode().splitlines() if name in bundle.namelist() else ())
    if found:
        part = folder / f"{RESTORED_OPT_OUTS}.part"
        with open_private(part) as file:
            file.write("".join(f"{line}\n" for line in found).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / RESTORED_OPT_OUTS)


def unpack(bundle: zipfile.ZipFile, name: str, target: Path, sha256: str) -> None:
    """One file, whole and as its hash says, or not at all."""
    part, digest = target.with_name(f"{target.name}.part"), hashlib.sha256()
    try:
        with bundle.open(name) as source, open_private(part) as file:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != sha256:
            raise CommandError(f"{bundle.filename} is damaged: {name} is not what it was.")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def settle(fresh: Path, folder: Path) -> Path | None:
    """Put the database in place; what was there is kept as a copy, whose path is given back."""
    path, before = folder / data.DATABASE, None
    hold_outgoing(fresh)
    if path.exists():
        let_go(path)
        before = folder / "backups" / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}.sqlite3"
        shutil.copyfile(path, before)
        before.chmod(0o600)
    data.put_in_place(fresh, path)
    return before


def let_go(path: Path) -> None:
    """See that nobody has the old database open: its log must not be read into the new one."""
    try:
        with closing(sqlite3.connect(path, timeout=5)) as database:
            database.execute("pragma journal_mode = delete")
    except sqlite3.OperationalError as error:
        raise CommandError("Another homespun process is at work on the database. Let it finish, then restore.") from error
    except sqlite3.DatabaseError:
        for ending in ("-wal", "-shm"):  # broken beyond reading: its log goes with it
            path.with_name(path.name + ending).unlink(missing_ok=True)


def hold_outgoing(fresh: Path) -> None:
    """What was about to be sent when the backup was made may have been sent since: somebody looks before it is tried again."""
    with closing(sqlite3.connect(fresh)) as database:
        known = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
        if "conversations_outgoing" in known:
            held = "update conversations_outgoing set state = 'failed', trouble = ? where state in ('waiting', 'sending') and due <= ?"
            database.execute(held, [SENT_SINCE, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"])
            database.commit()
