"""Making backups in the background: at once or every night, with progress, and what came of each."""

import logging
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from homespun.config import backup_files, backups
from homespun.config.models import BackupPlan, BackupRun
from homespun.core import audit
from homespun.core.jobs import stopping
from homespun.core.site import site
from homespun.users.models import User

log = logging.getLogger("homespun.backups")
A_DAY = timedelta(days=1)
NOTE_EVERY = 1.0  # seconds between two notes of how far it is
KEEP_RUNS = 100


class Stopped(Exception):
    """The worker was asked to stop while it made a backup."""


def backup_plan() -> BackupPlan:
    return BackupPlan.objects.filter(pk=1).first() or BackupPlan(pk=1)


@transaction.atomic
def change_plan(*, nightly: bool, hour: int, keep: int, by: User, now: datetime) -> None:
    values = {"nightly": nightly, "hour": hour, "keep": keep}
    BackupPlan.objects.update_or_create(pk=1, defaults=values | {"changed": now})
    audit.record(by=by, now=now, verb="backup.plan", subject="backups", **values)


@transaction.atomic
def begin_backup(*, by: User | None, now: datetime, nightly: bool = False) -> BackupRun | None:
    """A new run to be carried out; None while another one is under way."""
    if BackupRun.objects.filter(ended_at=None).exists():
        return None
    name = backup_files.new_name(now, nightly=nightly)
    run = BackupRun.objects.create(name=name, nightly=nightly, by=by, created_at=now)
    audit.record(by=by, now=now, verb="backup.begin", subject="backups", name=name)
    BackupRun.objects.filter(pk__in=BackupRun.objects.order_by("-pk").values("pk")[KEEP_RUNS:]).delete()
    return run


def carry_out(*, run: BackupRun, now: datetime) -> None:
    """Make the backup and note what came of it. Raises `Stopped`, after which it can be carried out anew."""
    backup_files.sweep_parts()
    target = backup_files.backups_folder() / run.name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    error = ""
    if not target.exists():  # else a worker died after it was whole
        try:
            backups.back_up(target, with_secrets=False, say=log.info, advance=_note_progress(run))
        except CommandError as refused:
            error = str(refused)
        except OSError as failed:
            error = _("The backup couldn't be written: %(why)s.") % {"why": failed.strerror or failed}
    _end(run, error)
    if not error and run.nightly:
        backup_files.prune_nightly(backup_plan().keep)


def fail_run(*, run: BackupRun) -> None:
    _end(run, _("Something unexpected went wrong. The details are in the log."))


@transaction.atomic
def _end(run: BackupRun, error: str) -> None:
    now = timezone.now()
    BackupRun.objects.filter(pk=run.pk).update(ended_at=now, error=error)
    audit.record(by=run.by, now=now, verb="backup.fail" if error else "backup.make", subject="backups", name=run.name, error=error)


def end_lost_runs(*, task: str) -> None:
    """Mark runs as failed that no worker has in hand or will take up: each try to make them ended with the worker."""
    if not BackupRun.objects.filter(ended_at=None).exists():
        return
    unfinished = DBTaskResult.objects.filter(task_path=task, status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    if not unfinished.exists():
        for run in BackupRun.objects.filter(ended_at=None):
            _end(run, _("The server stopped while the backup was being made."))


class _note_progress:
    """Notes how far it is once a second, and stops when the worker is to stop."""

    def __init__(self, run: BackupRun) -> None:
        self.run, self.noted = run, 0.0

    def __call__(self, done: int, total: int) -> None:
        if stopping():
            raise Stopped
        if time.monotonic() - self.noted >= NOTE_EVERY:
            self.noted = time.monotonic()
            BackupRun.objects.filter(pk=self.run.pk).update(done_bytes=done, total_bytes=total)


def last_slot(plan: BackupPlan, now: datetime) -> datetime:
    """When the nightly backup was last due: the latest time of that hour in the site's time zone that has passed."""
    local = now.astimezone(ZoneInfo(site().time_zone))
    today = local.replace(hour=plan.hour, minute=0, second=0, microsecond=0)
    return today if today <= local else (local - A_DAY).replace(hour=plan.hour, minute=0, second=0, microsecond=0)


def is_due(*, now: datetime) -> bool:
    """Whether the nightly backup is to be made now: none was begun since its hour. A night that was missed is made up for once."""
    plan = backup_plan()
    if not plan.nightly:
        return False
    slot = last_slot(plan, now)
    return plan.changed <= slot and not BackupRun.objects.filter(nightly=True, created_at__gte=slot).exists()


def last_nightly() -> BackupRun | None:
    return BackupRun.objects.filter(nightly=True).exclude(ended_at=None).order_by("-pk").first()


def last_failure() -> BackupRun | None:
    """The last run that ended, if it failed."""
    last = BackupRun.objects.exclude(ended_at=None).order_by("-pk").first()
    return last if last and last.error else None


def delete_backup(*, name: str, by: User, now: datetime) -> bool:
    path = backup_files.backup_path(name)
    if path is None:
        return False
    with transaction.atomic():
        audit.record(by=by, now=now, verb="backup.delete", subject="backups", name=name)
        path.unlink(missing_ok=True)
    return True
