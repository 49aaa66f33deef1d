"""Processes that wait for a change are woken by whoever commits it, and lose nothing when that fails."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from homespun.core import live, wakeups
from homespun.core.jobs import leases, task
from homespun.core.jobs.models import Due
from homespun.core.wakeups import Waiter, notify, notify_on_commit
from tests.core.test_jobs import NOW

LONG = 20.0  # seconds: nothing here waits as long


@task
def note() -> None:
    pass


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def is_woken(waiter: Waiter) -> bool:
    """Whether a notification has come that it has not waited for yet."""
    try:
        return bool(os.read(waiter.reading, 100))
    except BlockingIOError:
        return False


def test_only_those_who_wait_for_it_are_woken() -> None:
    with Waiter("default", "imports") as both, Waiter("imports") as imports, Waiter("changes") as changes:
        notify("default")
        assert [is_woken(each) for each in (both, imports, changes)] == [True, False, False]


def test_notification_before_the_wait_is_not_lost() -> None:
    with Waiter("default") as waiter:
        notify("default")
        begun = time.monotonic()
        waiter.wait(LONG)
        assert time.monotonic() - begun < LONG
        assert not is_woken(waiter)


def test_wait_ends_when_another_thread_wakes_it() -> None:
    with Waiter("default") as waiter:
        threading.Timer(0.05, wakeups.wake_this_process).start()
        begun = time.monotonic()
        waiter.wait(LONG)
        assert time.monotonic() - begun < LONG


def test_pipe_whose_reader_was_killed_is_removed(data: Path) -> None:
    os.mkfifo(wakeups_folder(data) / "default.1.dead")
    with Waiter("default") as waiter:
        notify("default")
        assert is_woken(waiter)
    assert list((data / "wake").iterdir()) == []


def wakeups_folder(data: Path) -> Path:
    (data / "wake").mkdir()
    return data / "wake"


def test_full_pipe_keeps_nobody_from_notifying() -> None:
    with Waiter("default") as waiter:
        for _ in range(1 << 16):
            waiter.wake()
        with pytest.raises(BlockingIOError):
            os.write(waiter.writing, b"\0")
        notify("default")
        waiter.wait(LONG)
        assert not is_woken(waiter)


def test_deep_data_folder_is_no_trouble(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / ("deep" * 50)
    settings.DATA.mkdir()
    with Waiter("default") as waiter:
        notify("default")
        assert is_woken(waiter)


def test_folder_that_cannot_be_written_leaves_the_slow_look(data: Path) -> None:
    (data / "wake").write_text("a file is in the way")
    with Waiter("default") as waiter:
        notify("default")
        assert not is_woken(waiter)
        waiter.wake()
        assert is_woken(waiter)


def test_folder_that_was_removed_is_made_again(data: Path) -> None:
    with Waiter("default") as waiter:
        assert waiter.path
        waiter.path.unlink()
        (data / "wake").rmdir()
        waiter.wait(0.01)
        notify("default")
        assert is_woken(waiter)


@pytest.mark.django_db(transaction=True)
def test_task_wakes_its_workers_when_it_is_committed() -> None:
    with Waiter("default") as waiter:
        with transaction.atomic():
            note.enqueue()
            assert not is_woken(waiter)
        assert is_woken(waiter)


@pytest.mark.django_db(transaction=True)
def test_change_wakes_those_who_wait_for_changes() -> None:
    with Waiter(wakeups.CHANGES) as waiter:
        live.changed()
        assert is_woken(waiter)


@pytest.mark.django_db(transaction=True)
def test_many_changes_in_one_transaction_notify_once() -> None:
    with Waiter("default") as waiter:
        with transaction.atomic():
            for _ in range(10):
                notify_on_commit("default")
        assert os.read(waiter.reading, 100) == b"\0"


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_notifies_nobody_and_hides_nothing() -> None:
    with Waiter("default") as waiter, transaction.atomic():
        with transaction.atomic():
            notify_on_commit("default")
            transaction.set_rollback(True)
        notify_on_commit("default")
    with Waiter("default") as waiter:
        with transaction.atomic():
            notify_on_commit("default")
            transaction.set_rollback(True)
        assert not is_woken(waiter)


@pytest.mark.django_db
def test_next_look_is_when_something_falls_due() -> None:
    queues = ["default"]
    assert leases.next_due(queues=queues) is None
    note.enqueue()
    assert leases.next_due(queues=queues) is None, "what is ready is taken at once"
    taken = leases.take(queues=queues, worker="a:1", now=NOW)
    assert leases.next_due(queues=queues) == NOW + leases.LEASE
    assert taken is not None
    leases.fail(task=taken, worker="a:1", error=ValueError(), now=NOW)
    assert leases.next_due(queues=queues) == NOW + leases.FIRST_PAUSE
    DBTaskResult.objects.update(status=TaskResultStatus.FAILED)
    assert leases.next_due(queues=queues) is None


@pytest.mark.django_db
def test_schedule_of_other_queues_is_no_reason_to_look() -> None:
    name = "homespun.conversations.tasks.send_due"
    Due.objects.create(name=name, at=NOW)
    assert leases.next_due(queues=["imports"]) is None
