"""Listening that is killed in the middle of a slow answer loses nothing and brings nothing twice."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.config.conftest import Homespun
from tests.http.servers import Asked, serving

RUN = [sys.executable, "-c", "from tests.conversations.live import slow; slow.main()"]
BEGIN = """
from django.utils import timezone
from homespun.conversations.actions.listening import Recognised, begun
begun(by=None, now=timezone.now(), recognised=Recognised("fake", "account", "@bryony@bryony.example"))
"""
POSTS = 9
COUNTED = (
    "select count(*) from conversations_post",
    "select count(distinct uri) from conversations_post",
    "select count(*) from conversations_sighting",
    "select count(*) from conversations_conversation",
)


class Slow:
    """Three posts a page; every answer but the first waits, until somebody lets them all go."""

    def __init__(self) -> None:
        self.asked, self.go = Event(), Event()

    def __call__(self, asked: Asked) -> None:
        at = int(asked.path[1:])
        if at:
            self.asked.set()
            self.go.wait(20)
        asked.say(200, json.dumps(list(range(at + 1, at + 4)) if at < POSTS else []).encode(), content_type="application/json")


@pytest.fixture
def listening(tmp_path: Path) -> Homespun:
    homespun = Homespun(tmp_path / "data")
    assert homespun("upgrade").returncode == 0
    subprocess.run([*RUN, "shell", "-c", BEGIN], env=homespun.environment, check=True, capture_output=True)
    return homespun


@pytest.fixture
def slow() -> Iterator[Slow]:
    yield Slow()


def begin(homespun: Homespun, url: str, *words: str) -> subprocess.Popen[str]:
    env = {**homespun.environment, "SLOW": url, "HOMESPUN_ALLOW_ADDRESSES": "127.0.0.1"}
    return subprocess.Popen([*RUN, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def asked(homespun: Homespun, *questions: str) -> list[Any]:
    with closing(sqlite3.connect(homespun.data / "homespun.sqlite3")) as database:
        return [database.execute(question).fetchone()[0] for question in questions]


def cursor(homespun: Homespun) -> Any:
    return json.loads(asked(homespun, "select cursor from conversations_listening")[0])


def test_sync_goes_on_behind_the_page_that_was_kept(listening: Homespun, slow: Slow) -> None:
    with serving(slow) as server:
        process = begin(listening, server.url, "sync", "--once", "--json")
        assert slow.asked.wait(30)
        kill(process)
        assert (asked(listening, *COUNTED), cursor(listening)) == ([3, 3, 3, 3], {"at": 3})
        slow.go.set()
        done = begin(listening, server.url, "sync", "--once", "--json")
        told = json.loads(done.communicate(timeout=30)[0])
    assert (told["new"], told["troubles"]) == (6, [])
    assert (asked(listening, *COUNTED), cursor(listening)) == ([POSTS] * 4, {"at": POSTS})
    assert [path for path, _headers in server.seen].count("/0") == 1


def test_listener_that_is_killed_is_followed_by_one_that_goes_on_and_ends_when_it_is_told(listening: Homespun, slow: Slow) -> None:
    with serving(slow) as server:
        first = begin(listening, server.url, "listen")
        assert slow.asked.wait(30)
        kill(first)
        slow.go.set()
        second = begin(listening, server.url, "listen")
        until = time.monotonic() + 30
        while asked(listening, COUNTED[0]) != [POSTS] and time.monotonic() < until:
            time.sleep(0.2)
        second.send_signal(signal.SIGTERM)
        second.communicate(timeout=15)
        assert second.returncode == 0
    assert (asked(listening, *COUNTED), cursor(listening)) == ([POSTS] * 4, {"at": POSTS})
