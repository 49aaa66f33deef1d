"""Taking tasks, keeping them, giving them back: each one short transaction.

A task is taken and leased together, so that none is ever running without somebody answerable for it. What was done with a
task is written only by whoever still holds its lease.
"""

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any

from django.db import transaction
from django.db.models import Min, Q
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from homespun.core import wakeups
from homespun.core.jobs.models import Due, Lease, Row, WorkerBeat
from homespun.core.jobs.tasks import SCHEDULE, Again, GivenUp, LeasedTask

LEASE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
FIRST_PAUSE = timedelta(seconds=5)


def worker_name() -> str:
    """Host and process, so that somebody on the same machine can tell whether it still lives."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def take(*, queues: Sequence[str], worker: str, now: datetime) -> Row | None:
    """The next task that is due, leased to this worker; None where nothing is."""
    due = DBTaskResult.objects.ready().filter(queue_name__in=queues)
    if not due.exists():  # asked without the write lock, as it is asked all day long
        return None
    with transaction.atomic():
        task: Row | None = due.select_for_update(skip_locked=True).first()
        if task is None:
            return None
        task.claim(worker)
        Lease.objects.update_or_create(task=task, defaults={"worker": worker, "until": now + LEASE})
        return task


def keep(*, task: Row, worker: str, now: datetime) -> bool:
    """Put off the end of a lease; False when it has been lost."""
    return Lease.objects.filter(task=task, worker=worker).update(until=now + LEASE) == 1


def succeed(*, task: Row, worker: str, value: Any) -> bool:
    with transaction.atomic():
        if not _give_back(task, worker):
            return False
        task.set_successful(value)
        return True


def fail(*, task: Row, worker: str, error: BaseException, now: datetime) -> bool:
    """Put it by for another try, or end it when it has had them all. True when it ended."""
    with transaction.atomic():
        if not _give_back(task, worker):
            return False
        if isinstance(error, GivenUp) or len(task.worker_ids) >= attempts(task):
            task.set_failed(error)
            return True
        after = timedelta(seconds=error.seconds) if isinstance(error, Again) else pause(len(task.worker_ids))
        _put_by(task, after=after, now=now, trace="".join(format_exception(error)))
        return False


def reap(*, now: datetime) -> int:
    """Hand on the tasks of workers that have been silent for a lease. Returns how many."""
    if not Lease.objects.filter(until__lt=now).exists():
        return 0
    return _hand_on(Q(until__lt=now), now)


def reap_dead(*, now: datetime) -> int:
    """Hand on at once the tasks of processes of this machine that no longer live."""
    dead = [name for name in Lease.objects.values_list("worker", flat=True) if not lives(name)]
    return _hand_on(Q(worker__in=dead), now) if dead else 0


def lives(worker: str) -> bool:
    """False only for a process of this machine that is certainly gone."""
    host, _, process = worker.rpartition(":")
    if host != socket.gethostname()[:40] or not process.isdigit():
        return True
    with suppress(PermissionError):
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            return False
    return True


def _hand_on(which: Q, now: datetime) -> int:
    with transaction.atomic():
        leases = list(Lease.objects.select_for_update().select_related("task").filter(which))
        for lease in leases:
            task = lease.task
            lease.delete()
            if task.status != TaskResultStatus.RUNNING:
                continue
            if len(task.worker_ids) >= attempts(task):
                task.set_failed(GivenUp("Its workers were killed again and again."))
            else:
                _put_by(task, after=timedelta(), now=now, trace="Its worker was killed.")
        return len(leases)


def _give_back(task: Row, worker: str) -> bool:
    return Lease.objects.filter(task=task, worker=worker).delete()[0] == 1


def _put_by(task: Row, *, after: timedelta, now: datetime, trace: str) -> None:
    task.status = TaskResultStatus.READY
    task.run_after = now + after
    task.traceback = trace
    task.save(update_fields=["status", "run_after", "traceback"])
    wakeups.notify_on_commit(task.queue_name)


def pause(tries: int) -> timedelta:
    longer: timedelta = FIRST_PAUSE * 3 ** (tries - 1)
    return min(longer, LONGEST_PAUSE)


def attempts(task: Row) -> int:
    try:
        found = import_string(task.task_path)
    except ImportError:
        return 1
    return found.attempts if isinstance(found, LeasedTask) else 5


def enqueue_due(*, now: datetime, queues: Sequence[str] | None = None) -> list[str]:
    """Enqueue what the schedule says for these queues (for all by itself); one worker wins, however many ask."""
    scheduled = scheduled_names(queues)
    due_at = dict(Due.objects.filter(name__in=scheduled).values_list("name", "at"))
    return [name for name in scheduled if due_at.get(name, now) <= now and _comes_round(name, due_at.get(name), now)]


def scheduled_names(queues: Sequence[str] | None) -> list[str]:
    return [name for name, entry in SCHEDULE.items() if queues is None or entry.task.queue_name in queues]


def _comes_round(name: str, due_at: datetime | None, now: datetime) -> bool:
    entry = SCHEDULE[name]
    next_at = now.replace(second=0, microsecond=0) + entry.every  # all that is due within a minute wakes a worker once
    with transaction.atomic():
        if due_at is None:
            _, won = Due.objects.get_or_create(name=name, defaults={"at": next_at})
        else:
            won = Due.objects.filter(name=name, at=due_at).update(at=next_at) == 1
        if not won or DBTaskResult.objects.filter(task_path=name, status__in=UNFINISHED).exists():
            return False
        entry.task.enqueue()
        return True


def next_due(*, queues: Sequence[str]) -> datetime | None:
    """When a worker of these queues has something to do without being told: the earliest of what is put off, scheduled, or leased."""
    put_off = DBTaskResult.objects.filter(status=TaskResultStatus.READY, queue_name__in=queues, run_after__lt=get_date_max())
    times = (
        put_off.aggregate(at=Min("run_after"))["at"],
        Due.objects.filter(name__in=scheduled_names(queues)).aggregate(at=Min("at"))["at"],
        Lease.objects.aggregate(at=Min("until"))["at"],
    )
    return min((at for at in times if at is not None), default=None)


UNFINISHED = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


def beat(*, worker: str, queues: Sequence[str], now: datetime) -> None:
    """Say that this worker lives, and forget those that have not for a day."""
    WorkerBeat.objects.update_or_create(worker=worker, defaults={"queues": " ".join(queues), "at": now})
    WorkerBeat.objects.filter(at__lt=now - timedelta(days=1)).delete()


def newest_beat(now: datetime) -> timedelta | None:
    """How long ago the last sign of life of any worker came."""
    newest = WorkerBeat.objects.order_by("-at").values_list("at", flat=True).first()
    return now - newest if newest else None


def again(*, pk: str, now: datetime) -> bool:
    """Run a task that failed for good once more, with all its tries; False where there is none such. Runs in the caller's transaction."""
    failed = DBTaskResult.objects.filter(pk=pk, status=TaskResultStatus.FAILED)
    for queue in failed.values_list("queue_name", flat=True):
        wakeups.notify_on_commit(queue)
    return failed.update(status=TaskResultStatus.READY, run_after=now, finished_at=None, worker_ids=[]) == 1
