"""Any method, JSON out, everything that was asked remembered, and failures on demand."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request. `told` is what its form or JSON says."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    url: str

    @property
    def told(self) -> dict[str, Any]:
        if self.headers.get("content-type", "").startswith("application/json"):
            return dict(json.loads(self.body or b"{}"))
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Said:
    status: int = 200
    value: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Home:
    """What a server knows and says; each of `fails` (a part of a path, and a status or "cut") makes one request fail."""

    url: str

    def __init__(self) -> None:
        self.seen: list[Asked] = []
        self.fails: list[tuple[str, int | str]] = []
        self.lock = threading.Lock()

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def asked_for(self, part: str) -> list[Asked]:
        return [each for each in self.seen if part in each.path]


T = TypeVar("T", bound=Home)


@contextmanager
def open_to_all(home: T) -> Iterator[T]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(home))
    server.daemon_threads = True
    home.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield home
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def handler(home: Home) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, address.path, dict(parse_qsl(address.query)), headers, body, f"{home.url}{address.path}")
            with home.lock:
                home.seen.append(asked)
                fate = next((each for each in home.fails if each[0] in asked.path), None)
                if fate:
                    home.fails.remove(fate)
                said = Said(fate[1], {"error": "made to fail"}) if fate and isinstance(fate[1], int) else home.answer(asked)
            if fate and fate[1] == "cut":
                self.connection.close()  # it was done, and nobody hears of it
                return
            with suppress(BrokenPipeError, ConnectionResetError):
                self.say(said)

        def say(self, said: Said) -> None:
            content = json.dumps(said.value).encode() if said.value is not None else b""
            self.send_response(said.status)
            for name, value in {"content-type": "application/json", "content-length": str(len(content)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = reply

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


Way = Callable[[Asked], Said]
