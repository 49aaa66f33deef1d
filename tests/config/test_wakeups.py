"""Work that one process asks for is done by another at once. The queue of imports has no schedule that would wake its worker by chance."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from homespun.core.wakeups import FALLBACK
from tests.config.conftest import Homespun

TIMES = 25  # tasks of each process
PROCESSES = 3
CODE = f"from tests.core.ticking import enqueue_one_after_the_other; enqueue_one_after_the_other({TIMES})"


@pytest.fixture
def ticking(settled: Homespun) -> Homespun:
    settled.settings["PYTHONPATH"] = str(Path(__file__).parents[2])
    return settled


@contextmanager
def started(homespun: Homespun, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = homespun.start(*words)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def enqueue_from_several_processes(homespun: Homespun) -> list[str]:
    """What each of them says at its end. One lost wake-up makes it end later than this waits."""
    with ExitStack() as stack:
        processes = [stack.enter_context(started(homespun, "shell", "--no-imports", "-c", CODE)) for _ in range(PROCESSES)]
        return [process.communicate(timeout=FALLBACK - 2)[0] for process in processes]


def test_no_wakeup_is_lost_between_processes(ticking: Homespun) -> None:
    with started(ticking, "work", "--queue", "imports") as worker:
        assert enqueue_from_several_processes(ticking) == ["done"] * PROCESSES
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0
    assert list((ticking.data / "wake").iterdir()) == []


def test_killed_worker_leaves_nothing_that_stops_the_next(ticking: Homespun) -> None:
    with started(ticking, "work", "--queue", "imports") as killed:
        ticking("shell", "--no-imports", "-c", CODE)
        killed.kill()
        killed.wait()
    with started(ticking, "work", "--queue", "imports"):
        assert enqueue_from_several_processes(ticking) == ["done"] * PROCESSES
    assert len(list((ticking.data / "wake").iterdir())) == 1
