"""A run, slice by slice: each reads a few thousand posts, saves where it is, and says whether there is more."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Q, QuerySet
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from homespun.conversations import actions
from homespun.conversations.models import Run, Source
from homespun.conversations.uploads import pieces
from homespun.networks import NetworkError
from homespun.users.models import User

UNFINISHED = (Run.State.WAITING, Run.State.RUNNING)
SILENT = timedelta(minutes=2)  # without a sign of life, a reading has nobody who reads


class Unreadable(Exception):
    """Why an archive cannot be read on, whatever is tried; the run says it, too."""


def read(*, run: Run, now: datetime) -> bool:
    """Read on. True where there is more to read; once there is not, a file that was sent here is thrown away."""
    try:
        more: bool = actions.read_some(run=run, now=now)
    except NetworkError as error:
        actions.fail_run(run=run, error=str(error), now=now)
        raise Unreadable(str(error)) from error
    if not more and Run.objects.filter(pk=run.pk, state=Run.State.DONE).exists():
        pieces.throw_away(Path(run.path))
    return more


def take_out(*, source: int, by: int, now: datetime) -> bool:
    """Take some of a source out. True where there is more."""
    row = Source.objects.filter(pk=source).first()
    if row is None:
        return False
    return bool(actions.remove_source(source=row, by=User.objects.filter(pk=by).first(), now=now))


def left_lying(*, now: datetime) -> QuerySet[Run]:
    """Runs that are to go on and that nobody reads: no task asks for them, and whoever read them last has been silent."""
    asked = DBTaskResult.objects.filter(
        task_path__endswith=".read_slice", status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
    ).values_list("args_kwargs", flat=True)
    at_work = [each["kwargs"].get("run") for each in asked]
    silent = Q(beat__lt=now - SILENT) | Q(beat=None, started__lt=now - SILENT)
    return Run.objects.filter(silent, state__in=UNFINISHED).exclude(pk__in=at_work)
