"""A network behind a line: a loopback server that keeps what it is given by key, what speaks to it, and a worker that knows it.

Run as a program it is the worker: `python -m tests.conversations.network_by_line` works off what is due and ends.
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

from homespun.networks import live
from homespun.networks.errors import NetworkError
from homespun.networks.live import Asking
from homespun.networks.protocols import Limits, Words
from homespun.networks.said import said as _
from homespun.networks.values import Account, Place, Post, Visibility

NETWORK = "byline"
START = 1_700_000_000_000


class Line:
    """What the server holds, and how it behaves: one entry of `fates` for each request ("refuse", "hold"), nothing where all is well."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.fates: list[str] = []
        self.held = threading.Event()  # set once a request is held
        self.let_go = threading.Event()
        self.url = ""

    def taken(self, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(told["key"])
        fate = self.fates.pop(0) if self.fates else ""
        if fate == "refuse":
            return 503, {}
        uri = f"{self.url}/posts/{len(self.posts) + 1}"
        kept = self.posts.setdefault(told["key"], {**told, "uri": uri, "published": START + len(self.posts) * 1000})
        if fate == "hold":  # it has taken the post, and nobody hears of it
            self.held.set()
            self.let_go.wait(30)
        return 200, kept


@contextmanager
def line() -> Iterator[Line]:
    made = Line()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, answer = made.taken(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None: ...  # whoever asked was killed

    server = Quiet(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Speaker:
    """What posts on it for the account that it was made for."""

    limits = Limits(longest=200, visibilities=(1, 2, 3, 4))

    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def length(self, text: str) -> int:
        return len(text)

    def post(self, words: Words) -> Post:
        told = json.dumps({"key": words.key, "text": words.text, "parent": words.parent}).encode()
        try:
            with urlopen(Request(self.asking.server, told), timeout=60) as answer:
                kept = json.loads(answer.read())
        except OSError as error:
            raise NetworkError(_("The server does not answer."), permanent=False) from error
        return shown(kept, words, self.asking.me)

    def edit(self, uri: str, words: Words) -> Post:
        raise NotImplementedError

    def delete(self, uri: str) -> None: ...

    def repost(self, uri: str) -> None: ...

    def like(self, uri: str) -> None: ...


def shown(kept: dict[str, Any], words: Words, me: str) -> Post:
    return Post(
        uri=kept["uri"],
        url=kept["uri"],
        author=Account(me, network=NETWORK),
        published=kept["published"],
        text=kept["text"],
        parent=kept["parent"],
        place=Place.COPY,
        visibility=Visibility(words.visibility),
        network=NETWORK,
        raw=b"{}",
    )


def known() -> None:
    """Let this process speak on it."""
    live.SPEAKERS = {**live.SPEAKERS, NETWORK: Speaker}


if __name__ == "__main__":
    from homespun.config.cli import main

    known()
    sys.argv[1:] = ["work", "--once"]
    main()
