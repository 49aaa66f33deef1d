"""What Django is given of a request, and what a client is sent of an answer."""

import asyncio
import io
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from homespun.config.request_bodies import BodyReader, Limits
from homespun.config.wsgi_bridge import BROKEN, FILLED, PIECE, WsgiBridge, header_variables, wsgi_environ
from tests.core.loops import in_a_loop

Message = MutableMapping[str, Any]
SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/caf\N{LATIN SMALL LETTER E WITH ACUTE}/",
    "raw_path": b"/caf%C3%A9/",
    "query_string": b"",
    "http_version": "1.1",
    "server": ("127.0.0.1", "8000"),
    "client": ("192.0.2.1", "4711"),
    "headers": [],
}


@dataclass
class Client:
    """A client of `application`, which takes whatever it is sent."""

    application: Callable[..., Any]
    sent: list[Message] = field(default_factory=list)
    is_there: bool = False  # else it goes as soon as it has asked

    async def receive(self) -> Message:
        if self.is_there:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def nobody_is_member(self, cookies: str) -> bool:
        return False

    def ask(self, **scope: Any) -> "Client":
        async def answered() -> None:
            bridge = WsgiBridge(self.application, BodyReader(Limits(), Path(), self.nobody_is_member), 1)
            await bridge(SCOPE | scope, self.receive, self.send)

        in_a_loop(answered())
        return self

    @property
    def pieces(self) -> list[bytes]:
        return [message["body"] for message in self.sent if message["type"] == "http.response.body"]


@dataclass
class Pieces:
    """An answer of WSGI."""

    pieces: list[bytes]
    read: int = 0
    is_closed: bool = False

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> "Pieces":
        start("200 OK", [("Content-Type", "text/plain")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.read += 1
            yield piece

    def close(self) -> None:
        self.is_closed = True


def test_path_and_query_are_as_wsgi_wants_them() -> None:
    environ = wsgi_environ(SCOPE | {"query_string": b"q=caf\xc3\xa9%20\xff&from=@a+b"}, io.BytesIO())
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/caf\N{LATIN SMALL LETTER E WITH ACUTE}/"
    assert environ["QUERY_STRING"] == "q=caf%C3%A9%20%FF&from=@a+b"
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == ("192.0.2.1", "8000")


def test_header_that_would_pass_for_the_proxys_own_is_dropped() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.1"), (b"x_forwarded_for", b"198.51.100.1")]
    assert header_variables(headers) == {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}


def test_headers_that_come_twice_are_joined() -> None:
    headers = [(b"cookie", b"a=1"), (b"accept", b"text/html"), (b"cookie", b"b=2"), (b"accept", b"*/*"), (b"content-type", b"a/b")]
    assert header_variables(headers) == {"HTTP_COOKIE": "a=1; b=2", "HTTP_ACCEPT": "text/html,*/*", "CONTENT_TYPE": "a/b"}


def test_size_of_a_body_in_chunks_is_told_to_the_application() -> None:
    environ = wsgi_environ(SCOPE | {"headers": [(b"transfer-encoding", b"chunked")]}, io.BytesIO(b"a=1"), 3)
    assert (environ["CONTENT_LENGTH"], "HTTP_TRANSFER_ENCODING" in environ) == ("3", False)


def test_small_pieces_are_sent_as_one_and_the_answer_is_closed() -> None:
    answer = Pieces([b"a"] * 100)
    client = Client(answer).ask()
    assert (client.pieces, client.sent[0]["status"], answer.is_closed) == ([b"a" * 100], 200, True)


def test_head_reads_nothing_of_a_file() -> None:
    answer = Pieces([b"a"] * 100)
    client = Client(answer).ask(method="HEAD")
    assert (client.pieces, answer.read, answer.is_closed) == ([b""], 0, True)


def test_rest_of_a_file_is_not_read_for_a_client_that_has_gone() -> None:
    answer = Pieces([b"a" * PIECE] * 1000)
    client = Client(answer).ask()
    assert answer.is_closed
    assert answer.read <= 2 * FILLED // PIECE
    assert all(len(piece) <= PIECE for piece in client.pieces)


def test_application_that_breaks_is_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    def broken(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        raise ValueError("broken")

    client = Client(broken).ask()
    assert (client.sent[0]["status"], client.pieces) == (500, [BROKEN.encode()])
    assert "A request failed." in caplog.text


def test_answer_that_breaks_in_the_middle_is_not_ended_as_if_it_were_whole(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Iterator[bytes]:
        yield b"a" * FILLED
        raise ValueError("broken")

    client = Client(lambda environ, start: (start("200 OK", []), broken())[1], is_there=True).ask()
    assert (b"".join(client.pieces), client.sent[-1]["more_body"]) == (b"a" * FILLED, True)
    assert "Sending an answer failed." in caplog.text
