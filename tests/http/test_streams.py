"""Answers that do not end, and websockets: guarded as all else, with an end to silence and to long lines."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.server import ServerConnection, serve

from homespun.http import Door, NetworkError, addresses
from tests.http import servers
from tests.http.servers import Asked, serving


@pytest.fixture
def door() -> Iterator[Door]:
    opened = Door(site="https://stories.example", version="1", allow=addresses("127.0.0.1"))
    yield opened
    opened.client.close()
    opened.streams.close()


def never() -> bool:
    return False


def begin(asked: Asked, content_type: str = "text/event-stream; charset=utf-8") -> None:
    asked.send_response(200)
    asked.send_header("content-type", content_type)
    asked.end_headers()


def telling(*pieces: bytes, then: float = 0.0) -> Callable[[Asked], None]:
    def answer(asked: Asked) -> None:
        begin(asked)
        for piece in pieces:
            asked.wfile.write(piece)
            asked.wfile.flush()
            time.sleep(0.02)
        time.sleep(then)

    return answer


def test_lines_come_as_they_are_said_until_the_other_side_ends(door: Door) -> None:
    said = telling(b"event: upd", b"ate\r\ndata: Gr\xc3", b"\xbc\xc3\x9fe\n\n:thump\n")
    with serving(said) as server, door.stream(f"{server.url}/", stopped=never, headers={"Authorization": "Bearer t"}) as lines:
        assert list(lines) == ["event: update", "data: Grüße", "", ":thump"]
    assert (server.seen[0][1]["Authorization"], server.seen[0][1]["user-agent"]) == ("Bearer t", "Homespun/1 (+https://stories.example)")


def test_stream_ends_soon_after_nobody_wants_it(door: Door) -> None:
    over = threading.Event()
    with serving(telling(b":thump\n", then=5)) as server, door.stream(f"{server.url}/", stopped=over.is_set) as lines:
        assert next(lines) == ":thump"
        begun = time.monotonic()
        threading.Timer(0.2, over.set).start()
        assert list(lines) == []
        assert time.monotonic() - begun < 2


def test_silence_is_an_end(door: Door) -> None:
    with serving(telling(b":thump\n", then=3)) as server, door.stream(f"{server.url}/", stopped=never, silence=0.3) as lines:
        assert next(lines) == ":thump"
        with pytest.raises(NetworkError, match="took too long") as caught:
            next(lines)
    assert caught.value.permanent is False


def test_line_without_end_is_cut_off(door: Door) -> None:
    with (
        serving(servers.endless) as server,
        pytest.raises(NetworkError, match="more at once"),
        door.stream(f"{server.url}/", stopped=never, accept="text/html", line_bytes=100_000) as lines,
    ):
        list(lines)


@pytest.mark.parametrize("answer", [servers.page, servers.failing(401), servers.sent_on("http://127.0.0.1:1/")])
def test_what_is_no_stream_is_refused(door: Door, answer: Callable[[Asked], None]) -> None:
    with serving(answer) as server, pytest.raises(NetworkError), door.stream(f"{server.url}/", stopped=never):
        raise AssertionError("it was opened")


def test_inside_is_not_listened_to(door: Door) -> None:
    with serving(telling(b":thump\n"), "127.0.0.2") as inside:
        with pytest.raises(NetworkError, match="not one of the open web"), door.stream(f"{inside.url}/", stopped=never):
            raise AssertionError("it was opened")
        with pytest.raises(NetworkError, match="not one of the open web"):
            door.socket(f"{inside.url.replace('http', 'ws')}/")
    assert inside.seen == []


def test_open_streams_keep_no_question_waiting(door: Door) -> None:
    def answer(asked: Asked) -> None:
        (telling(b":thump\n", then=1) if asked.path == "/stream" else servers.page)(asked)

    with (
        serving(answer) as server,
        door.stream(f"{server.url}/stream", stopped=never) as one,
        door.stream(f"{server.url}/stream", stopped=never) as other,
    ):
        assert (next(one), next(other)) == (":thump", ":thump")
        assert door.fetch(f"{server.url}/page", cap_bytes=1000, deadline=1).status == 200


@contextmanager
def socketed(*messages: str | bytes) -> Iterator[str]:
    def answer(connection: ServerConnection) -> None:
        assert connection.request is not None
        connection.send(str(connection.request.headers["User-Agent"]))
        for message in messages:
            connection.send(message)

    with serve(answer, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        host, port = server.socket.getsockname()
        yield f"ws://{host}:{port}/subscribe"
        server.shutdown()
        thread.join()


def test_websocket_gives_messages_and_says_when_it_is_closed(door: Door) -> None:
    with (
        socketed("one", b"two") as url,
        pytest.raises(NetworkError, match="has closed the stream") as caught,
        door.websocket(url) as connection,
    ):
        assert [connection.recv(timeout=2) for _ in range(3)] == ["Homespun/1 (+https://stories.example)", "one", b"two"]
        connection.recv(timeout=2)
    assert caught.value.permanent is False


def test_message_longer_than_its_cap_closes_the_websocket(door: Door) -> None:
    with socketed("x" * 5000) as url, pytest.raises(NetworkError), door.websocket(url, cap_bytes=1000) as connection:
        connection.recv(timeout=2)
        connection.recv(timeout=2)


def test_what_is_no_websocket_is_refused(door: Door) -> None:
    with (
        serving(servers.page) as server,
        pytest.raises(NetworkError, match="holds no stream"),
        door.websocket(server.url.replace("http", "ws")),
    ):
        raise AssertionError("it was opened")


def test_nobody_behind_a_websocket_may_be_asked_again(door: Door) -> None:
    with serving(servers.page) as server:
        pass
    with pytest.raises(NetworkError) as caught:
        door.socket(server.url.replace("http", "ws"))
    assert caught.value.permanent is False
