"""Background work outlives its workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connections
from django.utils.translation import get_language
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from homespun.core.jobs import Again, GivenUp, leases, task, tasks, worker
from homespun.core.jobs.models import Due, Lease, Row, WorkerBeat
from homespun.core.models import Site

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DONE: list[str] = []
HOMESPUN = [sys.executable, "-m", "homespun.config"]


@task
def note(word: str) -> str:
    DONE.append(word)
    return word


@task(attempts=2)
def break_down() -> None:
    raise ValueError("broken")


@task
def wait_for_it() -> None:
    raise Again(90)


@task
def give_up() -> None:
    raise GivenUp("There is nothing to be done.")


@task
def speak() -> str:
    return get_language() or ""


@pytest.fixture(autouse=True)
def clean() -> None:
    DONE.clear()


def only() -> Row:
    return DBTaskResult.objects.get()


@pytest.mark.django_db
def test_a_waiting_task_is_run_and_its_lease_given_back() -> None:
    note.enqueue("hello")
    assert worker.run_waiting() == 1
    assert DONE == ["hello"]
    assert (only().status, only().return_value) == (TaskResultStatus.SUCCESSFUL, "hello")
    assert Lease.objects.count() == 0


@pytest.mark.django_db
def test_a_task_speaks_the_language_of_the_site() -> None:
    Site.objects.create(pk=1, name="Y Dorth", language="cy")
    speak.enqueue()
    worker.run_waiting()
    assert (only().return_value, get_language()) == ("cy", "en")


@pytest.mark.django_db
def test_a_task_is_taken_once() -> None:
    note.enqueue("once")
    now = only().enqueued_at
    assert leases.take(queues=["default"], worker="a:1", now=now) is not None
    assert leases.take(queues=["default"], worker="b:2", now=now) is None


@pytest.mark.django_db
def test_a_queue_leaves_other_queues_alone() -> None:
    note.using(queue_name="imports").enqueue("imported")
    assert worker.run_waiting(queues=["default"]) == 0
    assert worker.run_waiting(queues=["imports"]) == 1


@pytest.mark.django_db
def test_a_silent_workers_task_runs_again_after_one_lease() -> None:
    note.enqueue("again")
    now = only().enqueued_at
    leases.take(queues=["default"], worker="gone:1", now=now)
    assert leases.reap(now=now + leases.LEASE) == 0
    assert leases.reap(now=now + leases.LEASE + timedelta(seconds=1)) == 1
    assert worker.run_waiting(now=now) == 0
    DBTaskResult.objects.update(run_after=now)
    assert worker.run_waiting() == 1
    assert (DONE, only().status) == (["again"], TaskResultStatus.SUCCESSFUL)


@pytest.mark.django_db
def test_a_dead_process_of_this_machine_loses_its_task_at_once() -> None:
    note.enqueue("again")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    name = leases.worker_name().rpartition(":")[0] + f":{gone.pid}"
    leases.take(queues=["default"], worker=name, now=only().enqueued_at)
    assert leases.reap_dead(now=only().enqueued_at) == 1
    assert only().status == TaskResultStatus.READY


@pytest.mark.django_db
def test_a_kept_lease_is_not_reaped() -> None:
    note.enqueue("slow")
    now = only().enqueued_at
    taken = leases.take(queues=["default"], worker="slow:1", now=now)
    assert taken is not None
    assert leases.keep(task=taken, worker="slow:1", now=now + timedelta(seconds=25))
    assert leases.reap(now=now + timedelta(seconds=40)) == 0


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    note.enqueue("twice")
    now = only().enqueued_at
    taken = leases.take(queues=["default"], worker="late:1", now=now)
    assert taken is not None
    leases.reap(now=now + timedelta(minutes=1))
    assert not leases.succeed(task=taken, worker="late:1", value="late")
    assert only().status == TaskResultStatus.READY


@pytest.mark.django_db
def test_a_failing_task_is_tried_again_later_and_ends_after_its_attempts() -> None:
    break_down.enqueue()
    assert worker.run_waiting() == 1
    first = only()
    assert (first.status, len(first.worker_ids)) == (TaskResultStatus.READY, 1)
    DBTaskResult.objects.update(run_after=NOW)
    assert worker.run_waiting() == 1
    assert (only().status, only().exception_class_path) == (TaskResultStatus.FAILED, "builtins.ValueError")


@pytest.mark.django_db
def test_a_task_says_itself_when_it_wants_to_be_tried_again() -> None:
    wait_for_it.enqueue()
    taken = leases.take(queues=["default"], worker="a:1", now=NOW)
    assert taken is not None
    leases.fail(task=taken, worker="a:1", error=Again(90), now=NOW)
    assert only().run_after == NOW + timedelta(seconds=90)


@pytest.mark.django_db
def test_a_task_that_gives_up_is_not_tried_again() -> None:
    give_up.enqueue()
    assert worker.run_waiting() == 1
    assert only().status == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_pauses_between_tries_grow_and_stop_growing() -> None:
    assert [leases.pause(n).total_seconds() for n in (1, 2, 3, 20)] == [5, 15, 45, 3600]


@pytest.mark.django_db
def test_a_periodic_task_comes_round_once_however_often_it_was_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "SCHEDULE", {})
    monkeypatch.setattr(leases, "SCHEDULE", {note.module_path: tasks.Periodic(note.using(), timedelta(hours=1))})
    assert leases.enqueue_due(now=NOW) == [note.module_path]
    assert leases.enqueue_due(now=NOW + timedelta(minutes=30)) == []
    DBTaskResult.objects.all().delete()
    assert leases.enqueue_due(now=NOW + timedelta(hours=9)) == [note.module_path]
    assert leases.enqueue_due(now=NOW + timedelta(hours=9)) == []
    assert Due.objects.get().at == NOW + timedelta(hours=10)


@pytest.mark.django_db
def test_a_worker_survives_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    def step(self: worker.Worker) -> bool:
        steps.append(1)
        if len(steps) == 1:
            raise OperationalError("database is locked")
        tasks.STOP.set()
        return False

    monkeypatch.setattr(worker.Worker, "step", step)
    monkeypatch.setattr(worker.Worker, "beat", lambda self: None)
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(worker, "IDLE", 0.01)
    try:
        assert worker.Worker(["default"]).run() == 0
    finally:
        tasks.STOP.clear()  # of this process, in which other tests go on
    assert len(steps) == 2


@pytest.mark.django_db
def test_signs_of_life_older_than_a_day_are_forgotten() -> None:
    leases.beat(worker="old:1", queues=["default"], now=NOW)
    leases.beat(worker="new:1", queues=["default"], now=NOW + timedelta(days=2))
    assert [beat.worker for beat in WorkerBeat.objects.all()] == ["new:1"]


def test_a_task_whose_worker_was_killed_is_run_again(tmp_path: Path) -> None:
    """The whole thing, with real processes: kill -9 in the middle of a task, then another worker."""
    environment = {**os.environ, "HOMESPUN_DATA": str(tmp_path / "data"), "PYTHONPATH": str(Path(__file__).parents[2])}
    mark = tmp_path / "mark"
    environment["HOMESPUN_TEST_MARK"] = str(mark)
    code = "from tests.core.sleeper import sleep_once; sleep_once.enqueue()"
    for words in (["upgrade"], ["shell", "--no-imports", "-c", code]):
        subprocess.run([*HOMESPUN, *words], env=environment, check=True, capture_output=True)
    first = subprocess.Popen([*HOMESPUN, "work"], env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        wait_until(mark.exists)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    second = subprocess.Popen([*HOMESPUN, "work"], env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: mark.read_text() == "began\nbegan\nended\n")
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=20) == 0


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
