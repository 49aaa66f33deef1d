"""Bodies are complete before a thread is taken, and what clients can make the server hold is bounded."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

import pytest

from homespun.config.request_bodies import Body, BodyReader, Disconnected, Interrupted, Limits, Refused
from tests.core.loops import in_a_loop

MEMBER = [(b"cookie", b"homespun-session=vita")]
LENGTH, SHORT = (b"content-length", b"10"), (b"content-length", b"7")


class Sender:
    """A client that sends these pieces, then waits, or goes."""

    def __init__(self, *pieces: bytes, is_whole: bool = True, goes: bool = False) -> None:
        self.messages: list[dict[str, Any]] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        if is_whole:
            self.messages[-1]["more_body"] = False
        if goes:
            self.messages.append({"type": "http.disconnect"})

    async def receive(self) -> dict[str, Any]:
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)


async def is_vita(cookies: str) -> bool:
    return cookies == "homespun-session=vita"


def reader(folder: Path, **limits: Any) -> BodyReader:
    return BodyReader(Limits(**{"patience": 0.01, "small": 8, "kept_free": 0, **limits}), folder, is_vita)


def read(reader: BodyReader, sender: Sender, *headers: tuple[bytes, bytes]) -> Body:
    return in_a_loop(reader.read({"headers": list(headers)}, sender.receive))


def refusal(of: Callable[[], object]) -> HTTPStatus:
    with pytest.raises(Refused) as refused:
        of()
    return refused.value.status


def test_small_body_is_read_into_memory_and_given_back(tmp_path: Path) -> None:
    bodies = reader(tmp_path)
    body = read(bodies, Sender(b"a=1", b"&b=2"), (b"content-length", b"7"))
    assert (body.stream.read(), body.size, body.file, bodies.memory) == (b"a=1&b=2", 7, None, 7)
    bodies.release(body)
    assert bodies.memory == 0


def test_request_without_a_body_is_not_waited_for(tmp_path: Path) -> None:
    assert read(reader(tmp_path), Sender(is_whole=False)).size == 0


@pytest.mark.parametrize("header", [LENGTH, (b"transfer-encoding", b"chunked")])
def test_large_body_of_a_member_goes_to_the_disk(tmp_path: Path, header: tuple[bytes, bytes]) -> None:
    bodies = reader(tmp_path)
    body = read(bodies, Sender(b"12345", b"67890"), header, *MEMBER)
    assert (body.stream.read(), body.file is not None, bodies.memory, bodies.files) == (b"1234567890", True, 0, 1)
    bodies.release(body)
    assert (bodies.files, list(tmp_path.iterdir())) == (0, [])


@pytest.mark.parametrize("header", [LENGTH, (b"transfer-encoding", b"chunked")])
def test_large_body_of_a_stranger_is_refused(tmp_path: Path, header: tuple[bytes, bytes]) -> None:
    bodies = reader(tmp_path)
    assert refusal(lambda: read(bodies, Sender(b"12345", b"67890"), header)) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert (bodies.memory, bodies.files) == (0, 0)


@pytest.mark.parametrize("header", [LENGTH, (b"transfer-encoding", b"chunked")])
def test_nobody_sends_more_than_the_largest(tmp_path: Path, header: tuple[bytes, bytes]) -> None:
    bodies = reader(tmp_path, largest=9)
    assert refusal(lambda: read(bodies, Sender(b"12345", b"67890"), header, *MEMBER)) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert (bodies.memory, bodies.files) == (0, 0)


def test_body_that_does_not_come_is_refused(tmp_path: Path) -> None:
    bodies = reader(tmp_path)
    assert refusal(lambda: read(bodies, Sender(b"a=1", is_whole=False), SHORT)) == HTTPStatus.REQUEST_TIMEOUT
    assert (bodies.memory, bodies.unfinished) == (0, {})


def test_body_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Disconnected):
        read(reader(tmp_path), Sender(b"half", is_whole=False, goes=True), SHORT)


@pytest.mark.parametrize("goes", [True, False])
def test_what_came_of_an_upload_can_be_read_but_has_no_end(tmp_path: Path, goes: bool) -> None:
    bodies = reader(tmp_path)
    with pytest.raises(Interrupted) as interrupted:
        read(bodies, Sender(b"12345", b"6789", is_whole=False, goes=goes), LENGTH, *MEMBER)
    assert (interrupted.value.stream.read(100), interrupted.value.refused is None) == (b"123456789", goes)
    with pytest.raises(OSError, match="was closed"):
        interrupted.value.stream.read(100)
    bodies.release(interrupted.value.body)
    assert bodies.files == 0


def test_oldest_bodies_are_dropped_when_there_are_too_many(tmp_path: Path) -> None:
    bodies = reader(tmp_path, patience=60, unfinished=2)
    assert in_a_loop(first_of_three(bodies)) == [HTTPStatus.REQUEST_TIMEOUT, "waits", "waits"]


def test_oldest_bodies_are_dropped_when_they_fill_the_memory(tmp_path: Path) -> None:
    bodies = reader(tmp_path, patience=60, memory=11)
    assert in_a_loop(first_of_three(bodies)) == [HTTPStatus.REQUEST_TIMEOUT, "waits", "waits"]
    assert bodies.memory == 0


def test_body_whose_time_runs_out_as_it_is_dropped_harms_no_other(tmp_path: Path) -> None:
    async def read_beside_one_that_expires() -> Body:
        bodies = reader(tmp_path, patience=60, unfinished=1)
        with suppress(TimeoutError):
            async with asyncio.timeout(0) as expired:
                await asyncio.Event().wait()
        bodies.unfinished[Body()] = expired
        return await bodies.read({"headers": [SHORT]}, Sender(b"a=1&b=2").receive)

    assert in_a_loop(read_beside_one_that_expires()).size == 7


async def first_of_three(bodies: BodyReader) -> list[HTTPStatus | str]:
    """What becomes of three unfinished bodies, one after the other."""

    async def one() -> HTTPStatus | str:
        try:
            await bodies.read({"headers": [SHORT]}, Sender(b"a=123", is_whole=False).receive)
        except Refused as refused:
            return refused.status
        return "read"

    async def begun(task: Awaitable[HTTPStatus | str]) -> asyncio.Task[HTTPStatus | str]:
        started = asyncio.ensure_future(task)
        await asyncio.sleep(0)
        return started

    tasks = [await begun(one()) for _ in range(3)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    states = [task.result() if task.done() else "waits" for task in tasks]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return states


def test_only_so_many_uploads_at_once(tmp_path: Path) -> None:
    bodies = reader(tmp_path, files=1)
    first = read(bodies, Sender(b"12345", b"67890"), LENGTH, *MEMBER)
    assert refusal(lambda: read(bodies, Sender(b"12345", b"67890"), LENGTH, *MEMBER)) == HTTPStatus.SERVICE_UNAVAILABLE
    bodies.release(first)
    second = read(bodies, Sender(b"12345", b"67890"), LENGTH, *MEMBER)
    assert second.size == 10
    bodies.release(second)


def test_upload_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    bodies = reader(tmp_path, kept_free=1 << 60)
    assert refusal(lambda: read(bodies, Sender(b"12345", b"67890"), LENGTH, *MEMBER)) == HTTPStatus.INSUFFICIENT_STORAGE
    assert bodies.files == 0


def full_disk(dir: Path) -> IO[bytes]:
    return Path("/dev/full").open("r+b", buffering=0)


def test_disk_that_fills_up_meanwhile_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", full_disk)
    assert refusal(lambda: read(reader(tmp_path), Sender(b"12345", b"67890"), LENGTH, *MEMBER)) == HTTPStatus.INSUFFICIENT_STORAGE
