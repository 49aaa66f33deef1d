"""Runs: begun, taken up again, stopped. The reading itself is in `reading`, what it says at the end in `reporting`."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from homespun.conversations.actions import own, rows, thread_rows, threads
from homespun.conversations.actions.seen_accounts import rank_of_owner
from homespun.conversations.models import Run, Source
from homespun.core import audit
from homespun.networks.exports import Export, Told
from homespun.networks.values import Account as Seen
from homespun.people.actions import UNDATED, Accounts, fold
from homespun.users.models import User

UNFINISHED = (Run.State.WAITING, Run.State.RUNNING)


@dataclass(frozen=True)
class Options:
    """What whoever brings an archive says of it. `account` is a handle, for archives that do not say whose they are."""

    theirs: bool = False
    account: str = ""
    deleted: bool = False
    circle: bool = False


def start_run(*, by: User | None, now: datetime, path: Path, name: str = "", options: Options | None = None) -> Run:
    """A run that is to read what lies at `path`; `read_some` reads. Opens nothing."""
    with transaction.atomic():
        run = Run.objects.create(
            path=str(path), name=(name or path.name)[:300], options=asdict(options or Options()), started=now, started_by=by
        )
        audit.record(by=by, now=now, verb="run.start", subject=f"run:{run.pk}", name=run.name)
    return run


def cancel_run(*, by: User | None, now: datetime, run: Run) -> None:
    """What has come stays; whoever is reading stops after the batch at hand."""
    with transaction.atomic():
        stopped = Run.objects.filter(pk=run.pk, state__in=UNFINISHED).update(state=Run.State.CANCELLED, ended=now)
        if stopped:
            audit.record(by=by, now=now, verb="run.cancel", subject=f"run:{run.pk}")
    run.refresh_from_db()


def go_on(*, by: User | None, now: datetime, run: Run) -> None:
    """Take up a run that was stopped or that failed, where it stands."""
    with transaction.atomic():
        taken = Run.objects.filter(pk=run.pk, state__in=(Run.State.CANCELLED, Run.State.FAILED)).update(
            state=Run.State.WAITING, ended=None, error=""
        )
        if taken:
            audit.record(by=by, now=now, verb="run.go_on", subject=f"run:{run.pk}")
    run.refresh_from_db()


def told(options: dict[str, Any]) -> Told:
    """What whoever brought it says of it."""
    return Told(str(options.get("account") or ""), bool(options.get("deleted")), bool(options.get("circle")))


def source_of(run: Run, archive: Export, now: datetime) -> Source:
    """The source that this archive is, made when it is first read. Runs in the caller's transaction."""
    owner, made = archive.owner, datetime.fromtimestamp(archive.made / 1000, UTC) if archive.made else None
    source = Source.objects.filter(fingerprint=archive.fingerprint).first()
    if source is None:
        source = Source.objects.create(
            kind=archive.kind,
            fingerprint=archive.fingerprint,
            title=title(archive, run.name),
            is_ours=bool(owner.uri) and not run.options.get("theirs"),
            added=now,
            added_by_id=run.started_by_id,
            made=made,
            declared=dict(archive.declared),
        )
    if not owner.uri:
        return source
    if source.account is None or (source.account.uri.startswith("urn:") and not owner.uri.startswith("urn:")):
        _name(source, account_key(owner, made, source.pk), title(archive, run.name))
    _claim(source, is_ours=not run.options.get("theirs"))
    return source


def _name(source: Source, account: int, called: str) -> None:
    """Whose it is has turned up: what it brought is by them, and no longer by nobody."""
    nobody, source.account_id, source.title = source.account_id, account, called
    source.save(update_fields=["account", "title"])
    if nobody and nobody != account:
        threads.move_account(nobody, account)
        fold(rows.database(), nobody, account)
        if called.startswith("@"):
            thread_rows.name_in_urls(account, called[1:])


def _claim(source: Source, *, is_ours: bool) -> None:
    """What was said last of whether it is ours."""
    if source.is_ours != is_ours:
        source.is_ours = is_ours
        source.save(update_fields=["is_ours"])
    if source.account_id and is_ours:
        own.mark(source.account_id)
    elif source.account_id:
        own.unmark_unless_ours(source.account_id)


def title(archive: Export, name: str) -> str:
    owner = archive.owner
    return f"@{owner.handle}" if owner.handle else (owner.name or name)[:300]


def account_key(owner: Seen, made: datetime | None, source: int) -> int:
    accounts = Accounts(rows.database(), source)
    accounts.learn_owner(owner, rows.moment_stamp(made) or UNDATED, rank=rank_of_owner(owner))
    for old, new in accounts.merged:
        threads.move_account(old, new)
        fold(rows.database(), old, new)
    return accounts.ids[owner.uri]
