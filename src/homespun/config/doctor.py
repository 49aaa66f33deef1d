"""What `homespun doctor` looks at: one line for each thing, with what to do where it is not well."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.utils import timezone

from homespun import __version__
from homespun.config import data, locks
from homespun.config.backup_files import backup_files
from homespun.config.backup_runs import backup_plan, last_nightly
from homespun.config.environ import environ
from homespun.config.models import BackupPlan
from homespun.conversations.actions.record_check import check_records
from homespun.conversations.models import Connection, Listening, Stream
from homespun.core.jobs import leases
from homespun.core.security import signing

GIGABYTE = 1 << 30
A_WEEK = timedelta(days=7)
A_NIGHT = timedelta(hours=26)  # between two nightly backups, with the time that making one may take
FALLEN_SILENT = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """`state` is well, note (nothing is wrong, and it could be better), warning (something fails) or broken."""

    name: str
    state: str
    text: str
    todo: str = ""


def examine(*, all_records: bool = False) -> list[Finding]:
    stored = all_stored_records if all_records else stored_records
    looks = (folder, database, stored, background, connected, listening, address, actor, post, pages, keeping, django_says)
    return [finding for look in looks for finding in guarded(look)]


def guarded(look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """What one look finds; that it cannot look at all is a finding too, and keeps it from nothing else."""
    try:
        return list(look())
    except Exception as error:
        return [Finding(look.__name__, "broken", f"{type(error).__name__}: {error}", "Run: homespun doctor --traceback")]


def folder() -> Iterator[Finding]:
    path = environ.data
    if not os.access(path, os.W_OK):
        yield Finding("data", "broken", f"{path} cannot be written", "Give the folder to the user that Homespun runs as.")
        return
    free = shutil.disk_usage(path).free
    state, todo = ("well", "") if free > GIGABYTE else ("broken", "Make room: imports and backups stop when the disk is full.")
    yield Finding("data", state, f"{path}, {free / GIGABYTE:.1f} GB free", todo)
    open_to = path.stat().st_mode & 0o077
    if open_to:
        yield Finding("permissions", "warning", f"{path} can be read by others on this machine", f"chmod 700 {path}")


def database() -> Iterator[Finding]:
    with closing(sqlite3.connect(":memory:")) as memory:
        has_fts = any("ENABLE_FTS5" in option for (option,) in memory.execute("pragma compile_options"))
    yield (
        Finding("sqlite", "well", f"{sqlite3.sqlite_version}, with full text")
        if has_fts
        else Finding("sqlite", "broken", f"{sqlite3.sqlite_version} has no FTS5", "Use a Python whose SQLite has full-text search.")
    )
    version = data.version()
    todo = {data.Version.OLDER: "Run: homespun upgrade", data.Version.NEWER: "Install the newer Homespun, or restore an older backup."}
    yield Finding("database", "broken" if version in todo else "well", f"{version.value}, Homespun {__version__}", todo.get(version, ""))
    trouble = quick_check(environ.data / data.DATABASE)
    if trouble:
        yield Finding("integrity", "broken", trouble, "Restore a backup: homespun restore FILE --replace")
    else:
        yield Finding("integrity", "well", "the database is sound")


def quick_check(path: Path) -> str:
    """What SQLite finds wrong, or nothing. Of a large database the pages are looked at, and not every index."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)) as database:
            found = [row for (row,) in database.execute("pragma quick_check(3)")]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)


def stored_records() -> Iterator[Finding]:
    yield from _records(whole=False)


def all_stored_records() -> Iterator[Finding]:
    yield from _records(whole=True)


def _records(*, whole: bool) -> Iterator[Finding]:
    """Whether what sources showed of posts can still be read."""
    if data.version() is not data.Version.CURRENT:
        return
    check = check_records(whole=whole)
    part = "" if check.checked >= check.total else f" of {check.total:,}; homespun doctor --all-records checks all"
    if not check.unreadable:
        yield Finding("records", "well", f"{check.checked:,} can be read{part}")
        return
    sources = ", ".join(f"{count} from {title}" for title, count in [*check.by_source().items()][:3])
    todo = ["Run: homespun complete --unreadable"] if check.to_fetch() else []
    todo += [f"Import this archive again: {title}" for title in check.to_import()[:3]]
    text = f"{len(check.unreadable):,} of {check.checked:,} can't be read ({sources}); their posts stay{part and f'. Checked{part}'}"
    yield Finding("records", "broken", text, ". ".join(todo))


def background() -> Iterator[Finding]:
    if not locks.is_held(environ.data):
        yield Finding("serving", "note", "no homespun serve is running here", "Start it: homespun serve")
        return
    age = leases.newest_beat(timezone.now())
    if age is None or age > timedelta(minutes=2):
        yield Finding(
            "work", "broken", "no background worker has shown itself for two minutes", "See logs/homespun.log in the data folder."
        )
    else:
        yield Finding("work", "well", "background work is being done")


def connected() -> Iterator[Finding]:
    """Whether accounts of ours still let us in, and whether what they trust us with can be opened."""
    if data.version() is not data.Version.CURRENT:
        return
    rows = list(Connection.objects.exclude(state=Connection.State.ENDED).values_list("account__handle", "state"))
    if rows and not (environ.data / data.SEALING).exists():
        yield Finding("sealing key", "broken", f"{data.SEALING} is not there", "Put it back, or connect every account again.")
    out = [f"@{handle}" for handle, state in rows if state == Connection.State.BROKEN]
    if out:
        text = f"{len(out)} of {len(rows)} accounts no longer let us in: {', '.join(out[:3])}"
        yield Finding("connections", "broken", text, "Connect them again under Settings > Connections.")
    elif rows:
        yield Finding("connections", "well", f"{len(rows)} connected, and all let us in")


def listening() -> Iterator[Finding]:
    """How many sources are listened to and in trouble, and how each stream is."""
    if data.version() is not data.Version.CURRENT or not (rows := list(Listening.objects.values_list("address", "trouble", "due"))):
        return
    troubled = [address for address, trouble, due in rows if trouble and due]
    text = f"{sum(due is not None for _address, _trouble, due in rows)} sources are listened to"
    if troubled:
        text = f"{text}, {len(troubled)} with trouble: {', '.join(troubled[:3])}"
    yield Finding("listening", "warning" if troubled else "well", text, "See Settings > Listening." if troubled else "")
    for stream in Stream.objects.order_by("name") if locks.is_held(environ.data) else ():
        age = timezone.now() - (stream.heard or stream.begun)
        if stream.trouble or age > FALLEN_SILENT:
            why = stream.trouble or f"nothing was heard for {age.total_seconds() / 60:.0f} minutes"
            yield Finding("stream", "warning", f"{stream.name}: {why}", "What it leaves out is asked for; it is opened again by itself.")
        else:
            yield Finding("stream", "well", f"{stream.name}: heard {age.total_seconds():.0f} s ago")


def address() -> Iterator[Finding]:
    host = environ.split_url.hostname or ""
    if not environ.split_url.scheme.startswith("http") or not host:
        yield Finding(
            "address", "broken", f"HOMESPUN_URL is {environ.url!r}", "Set it to the public address, such as https://stories.example.org"
        )
    elif environ.is_secure:
        yield Finding("address", "well", environ.url)
    elif host in ("127.0.0.1", "localhost", "::1"):
        yield Finding(
            "address",
            "note",
            f"{environ.url}: on this machine only",
            "For others, set HOMESPUN_URL to an https address; see docs/operating.md.",
        )
    else:
        yield Finding(
            "address", "broken", f"{environ.url} is not encrypted", "Put a proxy with TLS in front and set HOMESPUN_URL to https://…"
        )
    if abs(time.time()) < datetime(2026, 1, 1, tzinfo=UTC).timestamp():
        yield Finding("clock", "broken", f"this machine thinks it is {datetime.now(UTC):%Y-%m-%d}", "Set the clock.")


def actor() -> Iterator[Finding]:
    """Whether other servers can read the actor with which requests are signed."""
    if url := signing.private_url():
        text = f"other servers can't read {url}{signing.ACTOR}; those that check who asks, such as GoToSocial, show us nothing"
        yield Finding("actor", "note", text, "Set HOMESPUN_URL to the public address of this site.")


def post() -> Iterator[Finding]:
    if settings.HOMESPUN_MAIL_TROUBLE:
        yield Finding("e-mail", "broken", settings.HOMESPUN_MAIL_TROUBLE, "See HOMESPUN_EMAIL_URL in docs/operating.md.")
    elif settings.HOMESPUN_SENDS_MAIL:
        yield Finding("e-mail", "well", f"by {settings.EMAIL_HOST}, from {settings.DEFAULT_FROM_EMAIL}")
    else:
        yield Finding("e-mail", "note", "none is sent; links are shown to be copied", "Set HOMESPUN_EMAIL_URL to send it.")


def pages() -> Iterator[Finding]:
    parts = settings.PACKAGE / "core" / "static" / "parts"
    missing = [name for name in ("htmx.min.js", "icons.svg", "homespun.css", "public.css") if not (parts / name).exists()]
    if missing:
        yield Finding(
            "parts",
            "broken",
            f"front-end parts are missing: {', '.join(missing)}",
            "In a checkout: make setup. Else install the wheel anew.",
        )
    else:
        yield Finding("parts", "well", "scripts, styles, fonts and icons are there")


def keeping() -> Iterator[Finding]:
    """How old the newest backup is, and whether the nightly ones are made."""
    plan, failed = BackupPlan(), None
    if data.version() is data.Version.CURRENT:
        plan, failed = backup_plan(), last_nightly()
    newest = next((file.made_at for file in backup_files()), None)
    now = timezone.now()
    if plan.nightly and failed and failed.error:
        yield Finding("backups", "warning", f"the last nightly backup failed: {failed.error}", "See Settings > Backups.")
    elif plan.nightly and now - max(newest or plan.changed, plan.changed) > A_NIGHT:
        text = f"no backup was made since {max(newest or plan.changed, plan.changed):%Y-%m-%d %H:%M}, though one is due every night"
        yield Finding("backups", "warning", text, "Keep homespun serve running at night, and see Settings > Backups.")
    elif newest is None:
        yield Finding("backups", "note", "there are none", "Choose a nightly backup under Settings > Backups, or run: homespun backup FILE")
    elif now - newest > A_WEEK:
        yield Finding("backups", "warning", f"the newest is of {newest:%Y-%m-%d}", "Make one under Settings > Backups.")
    else:
        yield Finding("backups", "well", f"the newest is of {newest:%Y-%m-%d}")


def django_says() -> Iterator[Finding]:
    """System checks, those for a public site included where the address is one."""
    for message in checks.run_checks(include_deployment_checks=environ.is_secure):
        if message.is_silenced():
            continue
        state = "broken" if message.is_serious() else "warning"
        yield Finding(str(message.id), state, " ".join(str(message.msg).split()), " ".join(str(message.hint or "").split()))
