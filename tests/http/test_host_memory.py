"""What processes remember of hosts together: budgets, wishes to be left alone, answers; and how many requests are counted."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest

from homespun.http import Door, HostMemory, NetworkError, addresses, counting_requests
from homespun.http.host_memory import Wait
from tests.http import servers
from tests.http.servers import Pages, serving
from tests.http.test_door import fetch, refusal

HOST = "stiles.example"
AMONG_PROCESSES = multiprocessing.get_context("spawn")


def process(path: Path, budget: int = 300) -> Door:
    """The door of one process; those with the same path share what they know."""
    return Door("https://stories.example", allow=addresses("127.0.0.1"), budget=budget, memory=HostMemory(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hosts.sqlite3"


def turns(path: Path, tries: int, budget: int) -> int:
    """How many requests one process may send, from four threads."""
    memory = HostMemory(path)

    def turn(_number: int) -> bool:
        return memory.take_turn(HOST, is_read=True, budget=budget, seconds=600) is None

    with ThreadPoolExecutor(4) as threads:
        return sum(threads.map(turn, range(tries)))


def test_processes_that_ask_at_once_share_one_budget(path: Path) -> None:
    with AMONG_PROCESSES.Pool(4) as processes:
        assert sum(processes.map(partial(turns, tries=100, budget=150), [path] * 4)) == 150


def test_second_process_has_what_the_first_left_of_a_budget(path: Path) -> None:
    with serving(servers.page) as server:
        first, second = process(path, budget=3), process(path, budget=3)
        for door in (first, first, second):
            assert fetch(door, f"{server.url}/").status == 200
        for door in (first, second, process(path, budget=3)):
            assert (refusal(door, f"{server.url}/").retry_after or 0) > 250
        assert len(server.seen) == 3


def in_two_minutes() -> dict[str, str]:
    return {"retry_after": format_datetime(datetime.fromtimestamp(datetime.now(UTC).timestamp() + 120, UTC), usegmt=True)}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wish", [lambda: {"retry_after": "120"}, in_two_minutes])
def test_second_process_leaves_a_host_alone_that_told_the_first(path: Path, status: int, wish: Callable[[], dict[str, str]]) -> None:
    with serving(servers.failing(status, **wish())) as server:
        refusal(process(path), f"{server.url}/")
        again = refusal(process(path), f"{server.url}/other")
        assert (again.status, 100 < (again.retry_after or 0) <= 120, len(server.seen)) == (429, True, 1)


def test_reset_of_a_spent_rate_limit_holds_in_the_second_process(path: Path) -> None:
    until = str(int(datetime.now(UTC).timestamp()) + 120)
    with serving(lambda asked: asked.say(200, RateLimit_Remaining="0", RateLimit_Reset=until)) as server:
        fetch(process(path), f"{server.url}/")
        refusal(process(path), f"{server.url}/")
        assert len(server.seen) == 1


def test_robots_txt_is_asked_for_once_by_all_processes(path: Path) -> None:
    pages = Pages({"/robots.txt": lambda asked: asked.say(200, b"User-agent: *\nDisallow: /private\n")})
    with serving(pages) as server, serving(servers.failing(404)) as without:
        for _process in range(2):
            door = process(path)
            assert [door.may_visit(f"{server.url}{path}") for path in ("/open", "/private")] == [True, False]
            assert door.may_visit(f"{without.url}/private")
        assert (len(server.seen), len(without.seen)) == (1, 1)


def test_answer_that_is_to_be_kept_is_asked_for_once_by_all_processes(path: Path) -> None:
    with serving(servers.page) as server:
        answers = [process(path).fetch(f"{server.url}/", cap_bytes=10_000, deadline=5, keep=60) for _process in range(2)]
        assert [(each.text, each.content_type) for each in answers] == [("<p>Grüße</p>", "text/html")] * 2
        fetch(process(path), f"{server.url}/")
        assert len(server.seen) == 2


@pytest.fixture
def clock() -> list[float]:
    return [1_000_000.0]


def test_budget_slides(clock: list[float]) -> None:
    memory = HostMemory(clock=lambda: clock[0])

    def turn() -> Wait | None:
        return memory.take_turn(HOST, is_read=True, budget=2, seconds=300)

    assert turn() is None
    clock[0] += 100
    assert (turn(), turn()) == (None, Wait(200, is_wish=False))
    clock[0] += 200
    assert (turn(), turn()) == (None, Wait(100, is_wish=False))


def test_clock_that_is_set_back_locks_nobody_out(clock: list[float]) -> None:
    memory = HostMemory(clock=lambda: clock[0])
    for _turn in range(2):
        assert memory.take_turn(HOST, is_read=True, budget=2, seconds=300) is None
    memory.leave_alone(HOST, is_read=True, seconds=3600)
    clock[0] -= 86_400
    assert memory.take_turn(HOST, is_read=True, budget=2, seconds=300) is None


def test_answer_is_not_taken_for_true_too_long(clock: list[float]) -> None:
    memory = HostMemory(clock=lambda: clock[0])
    memory.keep_answer("https://stiles.example/", "text/plain", b"words")
    clock[0] += 60
    assert memory.kept_answer("https://stiles.example/", seconds=59) is None
    assert memory.kept_answer("https://stiles.example/", seconds=61) == (1_000_000.0, "text/plain", b"words")


@pytest.mark.parametrize("content", [b"no database" * 1000, None])
def test_file_that_cannot_be_used_stops_no_request(path: Path, content: bytes | None) -> None:
    path.write_bytes(content) if content else path.mkdir()
    with serving(servers.page) as server:
        door = process(path, budget=1)
        assert fetch(door, f"{server.url}/").status == 200
        refusal(door, f"{server.url}/")


def test_every_request_that_a_server_logs_is_counted(path: Path) -> None:
    pages = Pages(
        {
            "/robots.txt": lambda asked: asked.say(200, b"User-agent: *\nDisallow: /private\n"),
            "/moved": servers.sent_on("/"),
            "/": servers.page,
            "/gone": servers.failing(404),
        }
    )
    with serving(pages) as server, counting_requests() as outer:
        door = process(path)
        with counting_requests() as count:
            assert door.may_visit(f"{server.url}/moved")
            fetch(door, f"{server.url}/moved")
            refusal(door, f"{server.url}/gone")
        assert count.requests == len(server.seen) == 4
        fetch(door, f"{server.url}/")
        assert (outer.requests, count.requests) == (5, 4)


def test_request_that_never_left_is_not_counted(path: Path) -> None:
    with serving(servers.page) as server:
        url = server.url
    with counting_requests() as count:
        for address in (f"{url}/", "http://10.1.2.3/", "http://169.254.169.254/"):
            with pytest.raises(NetworkError):
                fetch(process(path), address)
    assert count.requests == 0
