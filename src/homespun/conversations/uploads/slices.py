"""A run, slice by slice: each reads a few thousand posts, saves where it is, and says whether there is more."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from homespun.conversations import actions
from homespun.conversations.models import Run, Source
from homespun.conversations.uploads import pieces
from homespun.networks import NetworkError
from homespun.users.models import User

UNFINISHED = (Run.State.WAITING, Run.State.RUNNING)
SECONDS = 5.0  # of one slice
SILENT = timedelta(minutes=2)  # without a sign of life, a reading has nobody who reads


class Unreadable(Exception):
    """Why an archive cannot be read on, whatever is tried; the run says it, too."""


def read(*, run: Run, now: datetime) -> bool:
    """Read on. True where there is more to read; once there is not, a file that was sent here is thrown away."""
    try:
        more = actions.read_some(run=run, now=now, seconds=SECONDS)
    except actions.Busy:
        return False  # whoever reads it goes on; if not, `left_lying` finds it
    except NetworkError as error:
        raise Unreadable(str(error)) from error  # the run says so already
    except (OSError, DatabaseError) as error:
        if not is_full(error):
            raise
        sentence = _("The disk is full. Free some space, then continue the import.")
        fail(run=run, sentence=sentence, now=now)
        raise Unreadable(sentence) from error
    if not more and run.state == Run.State.DONE:
        pieces.throw_away(Path(run.path))
    return more


def is_full(error: Exception) -> bool:
    return getattr(error, "errno", None) in pieces.FULL or "disk is full" in str(error)


def fail(*, run: Run, sentence: str, now: datetime) -> None:
    """It stands still, and says why; what had come is kept."""
    Run.objects.filter(pk=run.pk, state__in=UNFINISHED).update(state=Run.State.FAILED, error=sentence, ended=now)


def take_out(*, source: int, by: int, now: datetime) -> bool:
    """Take some of a source out. True where there is more."""
    row = Source.objects.filter(pk=source).first()
    if row is None:
        return False
    return actions.remove_some(source=row, by=User.objects.filter(pk=by).first(), now=now, seconds=SECONDS)


def left_lying(*, now: datetime) -> QuerySet[Run]:
    """Runs that are to go on and that nobody reads: no task asks for them, and whoever read them last has been silent."""
    asked = DBTaskResult.objects.filter(
        task_path__endswith=".read_slice", status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
    ).values_list("args_kwargs", flat=True)
    at_work = [each["kwargs"].get("run") for each in asked]
    silent = Q(beat__lt=now - SILENT) | Q(beat=None, started__lt=now - SILENT)
    return Run.objects.filter(silent, state__in=UNFINISHED).exclude(pk__in=at_work)
