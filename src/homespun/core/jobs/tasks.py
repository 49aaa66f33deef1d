"""What a task can say of itself: how often it is tried, and when it comes round by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from typing import Any

from django_tasks import task
from django_tasks.base import Task
from django_tasks_db import DatabaseBackend

from homespun.core import wakeups

__all__ = ["Again", "GivenUp", "LeasedBackend", "LeasedTask", "periodic", "request_stop", "stopping", "task"]

STOP = Event()  # set when this process was asked to stop
SCHEDULE: "dict[str, Periodic]" = {}


class Again(Exception):
    """Raised by a task that wants to be tried again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class GivenUp(Exception):
    """Raised by a task whose trying again makes no sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedTask(Task[Any, Any]):
    """A task of django-tasks that also says how often it is tried."""

    attempts: int = 5


class LeasedBackend(DatabaseBackend):
    """Rows in the same database, as django-tasks-db keeps them; the leases are the workers' business."""

    task_class = LeasedTask  # type: ignore[assignment]  # their stub wants the bare class

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Write the row, and wake the workers of its queue when it is committed."""
        result: Any = super().enqueue(task, args, kwargs)
        wakeups.notify_on_commit(task.queue_name)
        return result


@dataclass(frozen=True)
class Periodic:
    """A task that comes round by itself."""

    task: Task[Any, Any]
    every: timedelta


def periodic(*, every: timedelta) -> Callable[[Any], Any]:
    """Put a task on the schedule; a run that is late is made once, not as often as it was missed."""

    def register(decorated: Task[Any, Any]) -> Task[Any, Any]:
        SCHEDULE[decorated.module_path] = Periodic(decorated, every)
        return decorated

    return register


def request_stop() -> None:
    """Have the workers and listeners of this process end."""
    STOP.set()
    wakeups.wake_this_process()


def stopping() -> bool:
    """Whether the worker was asked to stop: a long task ends its slice, enqueues the rest and returns."""
    return STOP.is_set()
