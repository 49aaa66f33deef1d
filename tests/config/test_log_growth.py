"""Strangers can't fill the log by their requests: a real `homespun web`, asked for nonsense again and again."""

import signal
import socket
import subprocess

from tests.config.test_live import port, web
from tests.config.test_slow_clients import get, post, status, until_closed

__all__ = ["port", "web"]

TIMES = 30
CLOSE = b"Connection: close"
COOKIE = b"Cookie: homespun-csrf=" + b"a" * 32
FORM = b"multipart/form-data; boundary=x"
FILES = b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"; filename="a"\r\n\r\nx\r\n' % number for number in range(200))
FIELDS = b"&".join(b"a%d=1" % number for number in range(1500))
SILENT = {
    "form without its token": (403, post(b"a=1", 3, CLOSE)),
    "host that is not ours": (400, b"GET / HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n"),
    "page that is not there": (404, get("/no-such-page/%00%ff", "Connection: close")),
    "no request at all": (400, b"\x00\xff\r\n\r\n"),
    "length that is none": (400, post(b"", -1)),
}
LOUD = {
    "too many fields": (400, post(FIELDS, len(FIELDS), CLOSE, COOKIE)),
    "too many files": (400, post(FILES, len(FILES), CLOSE, COOKIE).replace(b"application/x-www-form-urlencoded", FORM)),
    "odd charset": (400, post(b"a=1", 3, CLOSE, COOKIE).replace(b"urlencoded", b"urlencoded; charset=punycode")),
    "no boundary": (400, post(b"a=1", 3, CLOSE, COOKIE).replace(b"application/x-www-form-urlencoded", b"multipart/form-data")),
}


def logged(web: subprocess.Popen[str], port: int, requests: dict[str, tuple[int, bytes]]) -> str:
    """What the process writes of these requests, after each was made many times."""
    for name, (expected, request) in requests.items():
        for _ in range(TIMES):
            with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                connection.sendall(request)
                assert status(until_closed(connection)) == expected, name
    web.send_signal(signal.SIGTERM)
    assert web.stdout is not None
    return web.stdout.read()


def test_what_strangers_do_all_day_is_not_logged(web: subprocess.Popen[str], port: int) -> None:
    assert logged(web, port, SILENT) == ""


def test_what_may_be_a_fault_is_logged_a_few_times(web: subprocess.Popen[str], port: int) -> None:
    written = logged(web, port, LOUD)
    kinds = ("TooManyFieldsSent The", "TooManyFilesSent The")
    assert [written.count(f"ERROR django.security.{kind}") for kind in kinds] == [5, 5]
    assert len(written) < 100_000
