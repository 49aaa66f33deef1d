"""`homespun serve` from its first line to its last child."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from homespun.config import locks
from homespun.config.environ import Address, told_address
from homespun.config.serving import children
from tests.config.conftest import Homespun
from tests.config.test_data import forget_sessions


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@contextmanager
def serving(homespun: Homespun, port: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    process = homespun.start("serve", "--port", str(port))
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Stop it"):
            break
    assert process.poll() is None, "".join(lines)
    try:
        yield process, lines
    finally:
        process.kill()
        process.communicate()


def children_of(parent: int) -> dict[str, int]:
    """Direct children by what they do."""
    told = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(parent)], capture_output=True, text=True).stdout
    return {name: int(process) for process, name in (line.split() for line in told.splitlines())}


def asked(url: str) -> dict[str, object]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def wait_until_gone(processes: list[int]) -> None:
    end = time.monotonic() + 30
    while any(Path(f"/proc/{process}").exists() and "Z" not in state(process) for process in processes):
        assert time.monotonic() < end, f"still there: {processes}"
        time.sleep(0.1)


def state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


def test_serve_prints_its_address_answers_and_ends_with_its_children(settled: Homespun, port: int) -> None:
    with serving(settled, port) as (process, lines):
        told = "".join(lines)
        assert f"Homespun is at http://127.0.0.1:{port}\n" in told
        assert re.search(rf"http://127\.0\.0\.1:{port}/claim/[\w-]+/\n", told)
        assert asked(f"http://127.0.0.1:{port}/healthz")["well"] is True
        second = settled("serve", "--port", str(free_port()))
        assert (second.returncode, "is already at work" in second.stderr) == (1, True)
        children = list(children_of(process.pid).values())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        wait_until_gone(children)
    log = (settled.data / "logs" / "homespun.log").read_text()
    assert "/claim/" not in log


def test_links_of_other_commands_lead_to_where_it_listens(settled: Homespun) -> None:
    port = free_port()
    with serving(settled, port):
        assert settled.json("user", "add", "vita@loaf.example")["link"].startswith(f"http://127.0.0.1:{port}/")
    link = settled.json("user", "reset", "vita@loaf.example")["link"]
    (address,) = [finding["text"] for finding in settled.json("doctor")["findings"] if finding["name"] == "address"]
    assert (link.startswith(f"http://127.0.0.1:{port}/"), address) == (True, f"http://127.0.0.1:{port}: on this machine only")
    settled.settings["HOMESPUN_URL"] = "https://stories.example.org"
    assert settled.json("user", "reset", "vita@loaf.example")["link"].startswith("https://stories.example.org/")


def test_a_child_that_dies_is_started_again(settled: Homespun) -> None:
    with serving(settled, free_port()) as (process, _):
        before = children_of(process.pid)
        os.kill(before["work-default"], signal.SIGKILL)
        end = time.monotonic() + 30
        while children_of(process.pid).get("work-default") in (None, before["work-default"]):
            assert time.monotonic() < end
            time.sleep(0.1)


def test_children_end_when_serve_is_killed(settled: Homespun) -> None:
    with serving(settled, free_port()) as (process, _):
        children = list(children_of(process.pid).values())
        assert len(children) == 4
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until_gone(children)


def test_a_taken_port_is_a_sentence(settled: Homespun) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        done = settled("serve", "--port", str(holder.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Port ")


def test_serve_migrates_an_older_database_after_a_backup(settled: Homespun) -> None:
    forget_sessions(settled.data)
    with serving(settled, free_port()) as (_, lines):
        assert any(line.startswith("Migrating the database; as it was, it is kept in") for line in lines)
    assert len(list((settled.data / "backups").glob("before-*.sqlite3"))) == 1


def test_a_head_request_and_a_range_are_answered(settled: Homespun) -> None:
    port = free_port()
    with serving(settled, port):
        address = f"http://127.0.0.1:{port}/static/parts/htmx.min.js"
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=10) as answer:
            assert (answer.status, answer.read()) == (200, b"")
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Range": "bytes=0-9"}), timeout=10) as answer:
            assert (answer.status, len(answer.read())) == (206, 10)


def test_lock_is_free_as_soon_as_serve_is_killed(settled: Homespun) -> None:
    with serving(settled, free_port()) as (process, _):
        stopped = [child for name, child in children_of(process.pid).items() if name != "web"]
        for child in stopped:
            os.kill(child, signal.SIGSTOP)
        process.kill()
        process.wait()
        assert not locks.is_held(settled.data)
        for child in stopped:
            os.kill(child, signal.SIGCONT)
        wait_until_gone(stopped)


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("serve", "http://127.0.0.1:8000"),
        ("serve --port 8001 --json", "http://127.0.0.1:8001"),
        ("serve --host 0.0.0.0 --port=8001", "http://127.0.0.1:8001"),
        ("serve --host ::", "http://[::1]:8000"),
        ("serve --port many", ""),
        ("doctor", ""),
        ("", ""),
    ],
)
def test_settings_have_the_address_that_serve_is_told(words: str, url: str) -> None:
    assert told_address(["homespun", *words.split()]) == url


def test_serve_runs_the_pages_two_workers_and_a_listener() -> None:
    assert [child.name for child in children(Address("127.0.0.1", 8000))] == ["web", "work-default", "work-imports", "listen"]
