"""Clients that are slow, silent or gone keep nobody else waiting: real sockets against a real `homespun web`."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from tests.config.conftest import Homespun
from tests.config.test_live import SIGN_IN, answers
from tests.config.test_serve import free_port

MANY = 60  # connections, many times the threads that answer
PATIENCE = 1.0  # seconds that the server waits for one of them
HOST = b"Host: 127.0.0.1\r\n"
SIZE = 64 << 20  # bytes of a file that nobody reads to its end
ADD_FILE = """
from datetime import UTC, datetime
from pathlib import Path
from homespun.core.models import MediaFile
from homespun.core import media
size = int(sys.argv[1])
file = MediaFile.objects.create(sha256="ab" * 32, content_type="video/mp4", size=size, created=datetime.now(UTC))
media.path_of(file).parent.mkdir(parents=True)
with media.path_of(file).open("wb") as film:
    film.truncate(size)
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def session(settled: Homespun) -> str:
    """Of a member, in a data folder with one large file."""
    environment = settled.environment | {"DJANGO_SETTINGS_MODULE": "homespun.config.settings"}
    code = "import sys" + SIGN_IN + ADD_FILE
    done = subprocess.run([sys.executable, "-c", code, str(SIZE)], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def web(settled: Homespun, session: str, port: int) -> Iterator[subprocess.Popen[str]]:
    process = settled.start("web", "--port", str(port), "--patience", str(PATIENCE))
    end = time.monotonic() + 30
    while not answers(port):
        assert time.monotonic() < end
        time.sleep(0.05)
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture
def stack(web: subprocess.Popen[str]) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connect(stack: ExitStack, port: int, sent: bytes = b"", small_window: bool = False) -> socket.socket:
    connection = stack.enter_context(closing(socket.socket()))
    if small_window:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", port))
    connection.sendall(sent)
    return connection


def post(body: bytes, length: int, *more: bytes) -> bytes:
    lines = [
        b"POST /sign-in/ HTTP/1.1",
        HOST.strip(),
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: %d" % length,
        *more,
    ]
    return b"\r\n".join([*lines, b"", body])


def get(path: str, *more: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", HOST.decode().strip(), *more, "", ""]).encode()


def until_closed(connection: socket.socket) -> bytes:
    came = b""
    while piece := connection.recv(1 << 16):
        came += piece
    return came


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def is_served(port: int) -> bool:
    """Whether somebody else is answered meanwhile, a page that takes a thread."""
    with ExitStack() as stack:
        answer = until_closed(connect(stack, port, get("/healthz", "Connection: close")))
        return json.loads(answer.rpartition(b"\r\n\r\n")[2])["well"] is True


def test_unfinished_posts_keep_nobody_waiting_and_are_ended(stack: ExitStack, port: int) -> None:
    held = [connect(stack, port, post(b"a=1", 100_000)) for _ in range(MANY)]
    assert is_served(port)
    assert {status(until_closed(each)) for each in held} == {408}


def test_body_that_comes_a_byte_at_a_time_is_ended(stack: ExitStack, port: int) -> None:
    connection = connect(stack, port, post(b"a=", 100_000))
    connection.setblocking(False)
    end = time.monotonic() + 20
    came = b""
    while not came:
        assert time.monotonic() < end
        with suppress(BlockingIOError, ConnectionError):
            connection.sendall(b"1")
            came = connection.recv(1 << 16)
        time.sleep(0.05)
    assert status(came) == 408


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: "])
def test_connection_that_sends_no_request_is_closed(stack: ExitStack, port: int, begun: bytes) -> None:
    held = [connect(stack, port, begun) for _ in range(MANY)]
    assert is_served(port)
    assert {until_closed(each) for each in held} == {b""}


def test_slow_readers_keep_nobody_waiting_and_are_cut_off(stack: ExitStack, port: int, session: str) -> None:
    path = f"/media/{'ab' * 32}/"
    cookie = f"Cookie: homespun-session={session}"
    held = [connect(stack, port, get(path, cookie), small_window=True) for _ in range(MANY)]
    assert {each.recv(12) for each in held} == {b"HTTP/1.1 200"}
    assert is_served(port)
    wait_until_cut_off(held[0])
    assert is_served(port)


@pytest.mark.parametrize(("path", "size"), [("/static/parts/htmx.min.js", 10_000), (f"/media/{'ab' * 32}/", 2_500_000)])
def test_short_answers_that_nobody_reads_are_held_for_a_while_only(
    web: subprocess.Popen[str], stack: ExitStack, port: int, session: str, path: str, size: int
) -> None:
    asked = get(path, f"Cookie: homespun-session={session}", f"Range: bytes=0-{size}")
    held = [connect(stack, port, asked, small_window=True) for _ in range(MANY)]
    assert {each.recv(12) for each in held} == {b"HTTP/1.1 206"}
    assert is_served(port)
    end = time.monotonic() + 20
    while sockets_of(web) >= MANY:
        assert time.monotonic() < end
        time.sleep(0.05)


def sockets_of(web: subprocess.Popen[str]) -> int:
    """How many sockets the process that answers has open."""
    (child,) = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()
    links = []
    for each in Path(f"/proc/{child}/fd").iterdir():
        with suppress(OSError):
            links.append(each.readlink().name)
    return sum(link.startswith("socket:") for link in links)


def wait_until_cut_off(connection: socket.socket) -> None:
    """Until the other side has closed it, which shows without reading: the kernel knows its state (1 is ESTABLISHED)."""
    end = time.monotonic() + 20
    while connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) == b"\x01":
        assert time.monotonic() < end
        time.sleep(0.05)


def test_range_of_a_file_is_sent_whole_to_who_reads_it(stack: ExitStack, port: int, session: str) -> None:
    asked = get(f"/media/{'ab' * 32}/", f"Cookie: homespun-session={session}", "Range: bytes=1-5000000", "Connection: close")
    head, _, body = until_closed(connect(stack, port, asked)).partition(b"\r\n\r\n")
    assert (status(head), len(body)) == (206, 5_000_000)


@pytest.mark.parametrize("more", [(), (b"Expect: 100-continue",)])
def test_large_body_of_a_stranger_is_refused_before_it_comes(stack: ExitStack, port: int, more: tuple[bytes, ...]) -> None:
    assert status(until_closed(connect(stack, port, post(b"", 3_000_000, *more)))) == 413


def test_client_that_asks_before_it_sends_is_told_to_go_on(stack: ExitStack, port: int) -> None:
    connection = connect(stack, port, post(b"", 3, b"Expect: 100-continue", b"Connection: close"))
    assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"a=1")
    assert status(until_closed(connection)) == 403


def test_body_in_chunks_is_read_by_the_application(stack: ExitStack, port: int) -> None:
    lines = [b"POST /sign-in/ HTTP/1.1", HOST.strip(), b"Transfer-Encoding: chunked", b"Connection: close", b"", b"3\r\na=1\r\n0\r\n\r\n"]
    assert status(until_closed(connect(stack, port, b"\r\n".join(lines)))) == 403


def test_client_that_goes_in_the_middle_of_a_body_leaves_nothing(web: subprocess.Popen[str], stack: ExitStack, port: int) -> None:
    for _ in range(MANY):
        connect(stack, port, post(b"a=1", 100_000)).close()
    assert is_served(port)
    web.send_signal(signal.SIGTERM)
    assert web.stdout is not None
    assert (web.wait(timeout=20), web.stdout.read()) == (0, "")


def test_requests_of_one_connection_are_answered_in_turn(stack: ExitStack, port: int) -> None:
    asked = post(b"a=1", 3) + get("/healthz") + get("/no-such-page", "Connection: close")
    came = until_closed(connect(stack, port, asked))
    assert [status(b"HTTP/1.1 " + part) for part in came.split(b"HTTP/1.1 ")[1:]] == [403, 200, 404]


def test_upload_goes_on_where_it_broke_off(stack: ExitStack, port: int, session: str) -> None:
    content = b"window.YTD.tweets.part0 = [" + b" " * 999_973
    asked = f"name=tweets.js&size={len(content)}&fingerprint=tweets".encode()
    begun = ask(stack, port, session, "POST", "/desk/archives/uploads/", asked, "Content-Type: application/x-www-form-urlencoded")
    place = json.loads(begun.rpartition(b"\r\n\r\n")[2])["address"]
    ask(stack, port, session, "PATCH", place, content[:600_000], "Upload-Offset: 0", length=len(content))
    assert uploaded(ask(stack, port, session, "HEAD", place)) == 600_000
    ask(stack, port, session, "PATCH", place, content[600_000:], "Upload-Offset: 600000")
    assert uploaded(ask(stack, port, session, "HEAD", place)) == len(content)


def ask(
    stack: ExitStack, port: int, session: str, method: str, path: str, body: bytes = b"", *more: str, length: int | None = None
) -> bytes:
    """Ask as a member. A body that is shorter than its `length` breaks off."""
    secret = "a" * 32
    lines = [f"{method} {path} HTTP/1.1", HOST.decode().strip(), f"Cookie: homespun-session={session}; homespun-csrf={secret}"]
    lines += [f"X-CSRFToken: {secret}", f"Content-Length: {len(body) if length is None else length}", "Connection: close", *more, "", ""]
    connection = connect(stack, port, "\r\n".join(lines).encode() + body)
    if length is not None:
        connection.shutdown(socket.SHUT_WR)
    return until_closed(connection)


def uploaded(answer: bytes) -> int:
    (offset,) = [line for line in answer.decode().lower().splitlines() if line.startswith("upload-offset:")]
    return int(offset.partition(":")[2])
