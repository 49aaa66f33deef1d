"""`/live/` beside the pages, on the one port of `homespun serve`."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress

import pytest

from tests.config.conftest import Homespun
from tests.config.test_serve import free_port

SIGN_IN = """
import django; django.setup()
from django.conf import settings
from django.test import Client
from homespun.core.models import Site
from homespun.users.models import User
Site.objects.get_or_create(pk=1, defaults={"name": "The Quarter Loaf"})
client = Client()
client.force_login(User.objects.create(email="vita@loaf.example", name="Vita"), settings.AUTHENTICATION_BACKENDS[0])
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def session(settled: Homespun) -> str:
    environment = settled.environment | {"DJANGO_SETTINGS_MODULE": "homespun.config.settings"}
    done = subprocess.run([sys.executable, "-c", SIGN_IN], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def web(settled: Homespun, port: int) -> Iterator[subprocess.Popen[str]]:
    """The pages alone: what `serve` runs of them."""
    process = settled.start("web", "--port", str(port))
    end = time.monotonic() + 30
    while not answers(port):
        assert time.monotonic() < end
        time.sleep(0.05)
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


Opens = Callable[[str], http.client.HTTPResponse]


@pytest.fixture
def opened(web: subprocess.Popen[str], port: int) -> Iterator[Opens]:
    """Opens a stream for who has this session."""
    with ExitStack() as stack:

        def open_(session: str) -> http.client.HTTPResponse:
            connection = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)))
            connection.request("GET", "/live/", headers={"Cookie": f"homespun-session={session}"})
            return stack.enter_context(connection.getresponse())

        yield open_


def event(stream: http.client.HTTPResponse) -> str:
    """The number that is told next."""
    while line := stream.readline().decode():
        if line.startswith("data: "):
            return line.removeprefix("data: ").strip()
    return "ended"


def test_member_is_told_what_another_process_has_changed(settled: Homespun, session: str, opened: Opens) -> None:
    stream = opened(session)
    assert (stream.status, stream.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
    before = int(event(stream))
    settled("user", "add", "sandor@loaf.example")
    assert int(event(stream)) > before


def test_stranger_is_refused(opened: Opens) -> None:
    assert opened("made-up").status == 401


def test_open_streams_keep_nothing_from_ending(web: subprocess.Popen[str], session: str, opened: Opens) -> None:
    streams = [opened(session) for _ in range(3)]
    assert [event(stream) != "ended" for stream in streams] == [True] * 3
    told = time.monotonic()
    web.send_signal(signal.SIGTERM)
    assert [event(stream) for stream in streams] == ["ended"] * 3
    assert web.wait(timeout=8) == 0
    assert time.monotonic() - told < 8


def test_pages_answer_while_streams_are_open(session: str, opened: Opens, port: int) -> None:
    streams = [opened(session) for _ in range(20)]
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.putrequest("GET", "/desk/?q=1")
        connection.putheader("Cookie", f"homespun-session={session}")
        connection.putheader("X_Forwarded_For", "1.2.3.4")
        connection.endheaders()
        with connection.getresponse() as answer:
            assert answer.status == 200
    assert len(streams) == 20
