"""What the house does for itself, now and then."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from homespun.core.jobs import periodic, task
from homespun.core.media import landing

KEPT = timedelta(days=7)


@periodic(every=timedelta(days=1))
@task
def sweep() -> None:
    """Forget sessions that have ended, tasks that are long done, and files that a kill left half-written."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT).delete()
    landing.sweep(now=now)
