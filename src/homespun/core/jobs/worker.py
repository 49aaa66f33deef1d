"""The worker: takes what is due, runs it under a lease, and outlives a lost or a locked database."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone, translation
from django.utils.module_loading import autodiscover_modules
from django_tasks import TaskContext
from django_tasks.signals import task_finished, task_started

from homespun.core import wakeups
from homespun.core.jobs import leases
from homespun.core.jobs.models import Row
from homespun.core.jobs.tasks import STOP, Again, request_stop
from homespun.core.site import site

log = logging.getLogger("homespun.jobs")

IDLE = 0.5  # seconds before the database is tried again for the first time
SHORTEST_WAIT = 0.1  # seconds between two looks
BEAT = 10.0  # seconds between two renewals of a lease, a third of it
IDLE_BEAT = 60.0  # seconds between two signs of life of a worker that has nothing to do
LONGEST_PAUSE = 30.0  # seconds before the database is tried again


@dataclass
class Worker:
    """One process that works off queues until it is told to stop."""

    queues: Sequence[str]
    name: str = field(default_factory=leases.worker_name)
    task: Row | None = None  # what it is doing
    last_beat: float = float("-inf")

    def run(self, *, once: bool = False) -> int:
        """Work; with `once` until nothing is waiting. Returns how many tasks were run."""
        autodiscover_modules("tasks")
        STOP.clear()
        with wakeups.Waiter(*self.queues) as waiter, told_to_stop(waiter), self.beating():
            done, pause, is_fresh = 0, IDLE, True
            while not STOP.is_set():
                try:
                    if is_fresh:
                        leases.reap_dead(now=timezone.now())  # what a killed worker was doing goes on at once
                        is_fresh = False
                    ran = self.step()
                    done += ran
                    if once and not ran:
                        break
                    if not ran and not STOP.is_set():
                        waiter.wait(self.seconds_to_next())
                    pause = IDLE
                except (DatabaseError, InterfaceError) as error:
                    log.warning("the database does not answer (%s); trying again in %.0f s", error, pause)
                    connections.close_all()
                    if once:
                        break
                    STOP.wait(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
            return done

    def seconds_to_next(self) -> float:
        """Until something is due by itself: a task put off, one that comes round, or a lease that ends."""
        due = leases.next_due(queues=self.queues)
        return wakeups.FALLBACK if due is None else max((due - timezone.now()).total_seconds(), SHORTEST_WAIT)

    def step(self) -> bool:
        """Run one task, if one is due."""
        now = timezone.now()
        leases.reap(now=now)
        leases.enqueue_due(now=now, queues=self.queues)
        task = leases.take(queues=self.queues, worker=self.name, now=now)
        if task is None:
            return False
        self.task = task
        try:
            self.work(task)
        finally:
            self.task = None
        return True

    def work(self, task: Row) -> None:
        """Run it and write down what came of it. Losing the database meanwhile leaves it to the lease."""
        try:
            value = called(task)
        except Exception as raised:
            error = raised  # the name in `except` ends with its block
            if not isinstance(error, Again):
                log.exception("task %s failed (try %d)", task.task_path, len(task.worker_ids))
            persist(lambda: leases.fail(task=task, worker=self.name, error=error, now=timezone.now()))
        else:
            persist(lambda: leases.succeed(task=task, worker=self.name, value=value))

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Signs of life from a thread of its own, whatever the task is doing."""
        over = threading.Event()
        thread = threading.Thread(target=self.beat_until, args=(over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def beat_until(self, over: threading.Event) -> None:
        try:
            while True:
                self.beat()
                if over.wait(BEAT):
                    return
        finally:
            connections.close_all()

    def beat(self) -> None:
        now, task = timezone.now(), self.task
        try:
            if task is not None and not leases.keep(task=task, worker=self.name, now=now) and self.task is task:
                log.warning("lost the lease on %s; another worker has taken it up", task.task_path)
            if task is not None or time.monotonic() - self.last_beat >= IDLE_BEAT - BEAT / 2:
                leases.beat(worker=self.name, queues=self.queues, now=now)
                self.last_beat = time.monotonic()
        except (DatabaseError, InterfaceError):
            connections.close_all()


def called(task: Row) -> Any:
    """Run the function that a row names, in the language of the site: what it says may be kept and read on a page."""
    result: Any = task.task_result
    backend = type(result.task.get_backend())
    task_started.send(sender=backend, task_result=result)
    context = (TaskContext(task_result=result),) if result.task.takes_context else ()
    try:
        with translation.override(site().language):
            return result.task.call(*context, *result.args, **result.kwargs)
    finally:
        task_finished.send(sender=backend, task_result=result)


def persist(write: Callable[[], bool]) -> None:
    """Write what came of a task, with patience for a busy database."""
    pause = IDLE
    while True:
        try:
            write()
            return
        except (DatabaseError, InterfaceError) as error:
            if STOP.is_set():
                return  # the lease runs out, and the task runs again
            log.warning("what came of a task cannot be written yet (%s)", error)
            connections.close_all()
            STOP.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


@contextmanager
def told_to_stop(waiter: wakeups.Waiter) -> Iterator[None]:
    """SIGTERM and Ctrl-C let the task at hand finish; a second one ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        if STOP.is_set():
            raise SystemExit(1)
        request_stop()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    signal.set_wakeup_fd(waiter.writing, warn_on_full_buffer=False)  # another thread may get the signal while this one waits
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)


def run_waiting(*, queues: Sequence[str] = ("default", "imports"), now: datetime | None = None) -> int:
    """For tests: run what is due in this very process until nothing is; later tries wait for their time."""
    worker, done = Worker(queues), 0
    while task := leases.take(queues=queues, worker=worker.name, now=now or timezone.now()):
        worker.work(task)
        done += 1
    return done
