"""Backups in the background."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskContext

from homespun.config import backup_runs
from homespun.config.models import BackupRun
from homespun.core.jobs import Again, periodic, task
from homespun.users.models import User

TRIES = 5


@task(queue_name="imports", attempts=TRIES, takes_context=True)
def make_backup(context: TaskContext, run: int) -> None:
    """Make one backup. A worker that is killed or stopped leaves it to the next one, which begins anew."""
    row = BackupRun.objects.filter(pk=run, ended_at=None).first()
    if row is None:
        return
    try:
        backup_runs.carry_out(run=row, now=timezone.now())
    except backup_runs.Stopped as stopped:
        raise Again(1) from stopped
    except Exception:
        backup_runs.fail_run(run=row)
        raise


@transaction.atomic
def request_backup(*, by: User | None, nightly: bool = False) -> bool:
    """Have a worker make a backup; False while one is being made."""
    backup_runs.end_lost_runs(task=make_backup.module_path)
    run = backup_runs.begin_backup(by=by, now=timezone.now(), nightly=nightly)
    if run is not None:
        make_backup.enqueue(run=run.pk)
    return run is not None


@periodic(every=timedelta(minutes=10))
@task(queue_name="imports")
def nightly_backup() -> None:
    """Begin the nightly backup when its hour has come."""
    if backup_runs.is_due(now=timezone.now()):
        request_backup(by=None, nightly=True)
