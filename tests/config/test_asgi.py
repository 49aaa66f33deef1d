"""What stands between the web server and Django: a query, headers and a body as WSGI takes them."""

from collections.abc import Iterator
from typing import Any

import pytest

from homespun.config.asgi import ROOM, plain, together, unbroken
from tests.core.loops import in_a_loop


def test_query_is_ascii_and_says_the_same() -> None:
    scope = {"query_string": b"q=caf\xc3\xa9%20\xff&from=@a+b", "headers": []}
    assert plain(scope)["query_string"] == b"q=caf%C3%A9%20%FF&from=@a+b"


def test_header_that_would_pass_for_the_proxys_own_is_dropped() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.1"), (b"x_forwarded_for", b"198.51.100.1"), (b"cookie", b"a=1")]
    assert plain({"query_string": b"", "headers": headers})["headers"] == [headers[0], headers[2]]


def test_body_that_breaks_off_is_an_error() -> None:
    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def piece() -> dict[str, Any]:
        return {"type": "http.request", "body": b"half", "more_body": True}

    with pytest.raises(OSError, match="the browser has gone"):
        in_a_loop(unbroken(gone)())
    assert in_a_loop(unbroken(piece)())["body"] == b"half"


def test_small_pieces_are_sent_as_one_and_the_answer_is_closed() -> None:
    closed = []

    class Answer:
        def __iter__(self) -> Iterator[bytes]:
            yield from [b"a"] * (ROOM + 10)

        def close(self) -> None:
            closed.append(True)

    pieces = list(together(lambda environ, start: Answer())({}, None))
    assert ([len(piece) for piece in pieces], closed) == ([ROOM, 10], [True])
