"""Background work as it lies in the database: what runs, what waits, what failed; and what is on its way to the networks."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from homespun.conversations.models import Outgoing
from homespun.core.jobs.models import Row

MOST = 50
KEPT = timedelta(days=14)  # how long what failed is shown


def tasks(status: TaskResultStatus) -> "QuerySet[Row]":
    rows = DBTaskResult.objects.filter(status=status)
    if status == TaskResultStatus.FAILED:
        return rows.filter(finished_at__gte=timezone.now() - KEPT).order_by("-finished_at")[:MOST]
    return rows.order_by("run_after", "enqueued_at")[:MOST]


def unsent() -> QuerySet[Outgoing]:
    """What is not sent: waiting, being sent, or failed."""
    states = (Outgoing.State.WAITING, Outgoing.State.SENDING, Outgoing.State.FAILED)
    return Outgoing.objects.filter(state__in=states).select_related("connection__account").order_by("due", "pk")[:MOST]


def being_sent(task: str) -> set[int]:
    """Keys of what some task of this name has in hand, or will have."""
    unfinished = DBTaskResult.objects.filter(task_path=task, status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    return {told["kwargs"]["outgoing"] for told in unfinished.values_list("args_kwargs", flat=True)}
