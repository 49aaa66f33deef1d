"""Small servers on the loopback that behave well and badly. 127.0.0.1 is let through in tests, 127.0.0.2 stands for the inside."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Asked(BaseHTTPRequestHandler):
    """One request to a server of these tests."""

    server: "Server"
    sent = b""  # its body

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        with suppress(BrokenPipeError, ConnectionResetError):
            self.server.answer(self)

    def do_POST(self) -> None:
        self.sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        return

    def say(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Callable[[Asked], None], address: str) -> None:
        super().__init__((address, 0), Asked)
        self.answer = answer
        self.seen: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


@contextmanager
def serving(answer: Callable[[Asked], None], address: str = "127.0.0.1") -> Iterator[Server]:
    server = Server(answer, address)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Pages:
    """Answers by path."""

    by_path: dict[str, Callable[[Asked], None]] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> None:
        answer = self.by_path.get(asked.path)
        if answer is None:
            asked.say(404)
        else:
            answer(asked)


def page(asked: Asked) -> None:
    asked.say(200, "<p>Grüße</p>".encode("latin-1"), content_type="text/html; charset=iso-8859-1", etag='"one"')


def endless(asked: Asked) -> None:
    asked.send_response(200)
    asked.send_header("content-type", "text/html")
    asked.end_headers()
    while True:
        asked.wfile.write(b"x" * 65536)


def dripping_body(asked: Asked) -> None:
    asked.send_response(200)
    asked.send_header("content-type", "text/html")
    asked.end_headers()
    for _ in range(100):
        asked.wfile.write(b"x")
        asked.wfile.flush()
        time.sleep(0.05)


def dripping_headers(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        asked.wfile.write(f"x-{number}: y\r\n".encode())
        asked.wfile.flush()
        time.sleep(0.05)


def bomb(asked: Asked) -> None:
    asked.say(200, gzip.compress(b"0" * 20_000_000), content_type="text/html", content_encoding="gzip")


def sent_on(to: str) -> Callable[[Asked], None]:
    return lambda asked: asked.say(302, location=to)


def failing(status: int, **headers: str) -> Callable[[Asked], None]:
    return lambda asked: asked.say(status, b"", **headers)
