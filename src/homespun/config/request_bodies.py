"""Reads the body of a request before a thread is taken for it: small ones into memory, those of members into a file.

A body may take `patience` seconds, and from then on has to come at `rate` bytes a second. What strangers can make the server hold is
bounded: where too many bodies are unfinished, the oldest is dropped.
"""

import asyncio
import io
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from homespun.core.live.stream import Receive, Scope

BLOCK = 1 << 20  # bytes that are written to the disk at once


@dataclass(frozen=True)
class Limits:
    """How long the server waits for a client, and how much it holds for clients meanwhile."""

    patience: float = 20.0  # seconds: for the head of a request, before `rate` applies to its body, and for each piece of an answer
    rate: int = 4 << 10  # bytes a second
    longest: float = 3600.0  # seconds for one body
    small: int = 256 << 10  # bytes: larger bodies are taken from members only, and go to the disk
    largest: int = 2 << 30
    memory: int = 32 << 20  # bytes of all bodies that are held in memory
    unfinished: int = 1_000  # bodies on their way into memory
    files: int = 16  # bodies on the disk
    kept_free: int = 512 << 20  # bytes of the disk


class Refused(Exception):
    """The request is answered with `status` and a sentence, and its connection is closed."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


TOO_LARGE = "The request is too large."
TOO_SLOW = "The request took too long to arrive. Try again."
BUSY = "The server is receiving too many uploads. Try again in a minute."
DISK_FULL = "The server's disk is full."


class Disconnected(Exception):
    """The client has closed the connection before the request was complete."""


@dataclass(eq=False)
class Body:
    """What has come of one body so far. `stream` and `size` are for the application, once it is complete."""

    block: bytearray = field(default_factory=bytearray)  # all of it, or what is not in the file yet
    file: IO[bytes] | None = None
    size: int = 0
    is_dropped: bool = False
    is_writing: bool = False

    @property
    def stream(self) -> IO[bytes]:
        if self.file is None:
            return io.BytesIO(self.block)
        self.file.seek(0)
        return self.file


class Interrupted(Exception):
    """A body that goes to the disk broke off. `stream` is what came; `refused` is what to answer, if anybody still listens."""

    def __init__(self, body: Body, refused: Refused | None) -> None:
        super().__init__()
        self.body, self.stream, self.refused = body, PartialStream(body.stream), refused


class PartialStream:
    """Reads what came of a body that broke off. Its end is an error, so that nobody takes it for the whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size) or self.fail()

    def readline(self, size: int = -1) -> bytes:
        return self.file.readline(size) or self.fail()

    def fail(self) -> bytes:
        raise OSError("The connection was closed before the request was complete.")


class BodyReader:
    """Reads the bodies of one process. `is_member` says by the Cookie header whether somebody is signed in."""

    def __init__(self, limits: Limits, folder: Path, is_member: Callable[[str], Awaitable[bool]]) -> None:
        self.limits, self.folder, self.is_member = limits, folder, is_member
        self.memory = 0  # bytes
        self.files = 0
        self.unfinished: dict[Body, asyncio.Timeout] = {}  # on their way into memory, the oldest first
        self.disk = ThreadPoolExecutor(max_workers=2, thread_name_prefix="bodies")

    async def read(self, scope: Scope, receive: Receive) -> Body:
        """The whole body. Whoever gets it calls `release` when the application has read it."""
        headers = dict(scope["headers"])
        body = Body()
        if b"content-length" not in headers and b"transfer-encoding" not in headers:
            return body
        length = int(headers.get(b"content-length", b"0"))
        try:
            self.refuse_larger(length)
            if length > self.limits.small:
                await self.move_to_disk(body, scope, length)
            await self.fill(body, scope, receive)
        except Interrupted:
            raise
        except BaseException:
            self.release(body)
            raise
        return body

    def release(self, body: Body) -> None:
        if body.file:
            body.file.close()
            self.files -= 1
        else:
            self.memory -= len(body.block)
        body.block, body.file = bytearray(), None

    async def fill(self, body: Body, scope: Scope, receive: Receive) -> None:
        start = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(start + self.limits.patience) as deadline:
                self.wait_for(body, deadline)
                while await self.take(body, scope, await receive()):
                    deadline.reschedule(start + min(self.limits.patience + body.size / self.limits.rate, self.limits.longest))
        except TimeoutError:
            raise broken_off(body, Refused(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW)) from None
        except Disconnected as error:
            raise broken_off(body, error) from None
        finally:
            self.unfinished.pop(body, None)

    async def take(self, body: Body, scope: Scope, message: Any) -> bool:
        """Whether more of it is to come."""
        if message["type"] == "http.disconnect":
            raise Disconnected
        piece = message.get("body", b"")
        self.refuse_larger(body.size + len(piece))
        if body.file is None and body.size + len(piece) > self.limits.small:
            await self.move_to_disk(body, scope, body.size + len(piece))
        body.size += len(piece)
        body.block += piece
        if body.file is None:
            self.memory += len(piece)
            self.drop_oldest()
        elif len(body.block) >= BLOCK or not message.get("more_body"):
            await self.write(body)
        if body.is_dropped:
            raise TimeoutError
        return bool(message.get("more_body"))

    def refuse_larger(self, size: int) -> None:
        if size > self.limits.largest:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)

    async def move_to_disk(self, body: Body, scope: Scope, size: int) -> None:
        cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
        if not await self.is_member(cookies):
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        if self.files >= self.limits.files:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
        if size > shutil.disk_usage(self.folder).free - self.limits.kept_free:
            raise Refused(HTTPStatus.INSUFFICIENT_STORAGE, DISK_FULL)
        self.memory -= len(body.block)
        body.file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115  (`release` closes it; it has no name, so a kill leaves nothing)
        self.files += 1
        self.unfinished.pop(body, None)

    async def write(self, body: Body) -> None:
        assert body.file is not None
        block, body.block, body.is_writing = body.block, bytearray(), True
        try:
            await asyncio.get_running_loop().run_in_executor(self.disk, body.file.write, block)
        except OSError as error:
            raise Refused(HTTPStatus.INSUFFICIENT_STORAGE, DISK_FULL) from error
        body.is_writing = False

    def wait_for(self, body: Body, deadline: asyncio.Timeout) -> None:
        if body.file is None:
            self.unfinished[body] = deadline
            self.drop_oldest()

    def drop_oldest(self) -> None:
        """Drop the oldest unfinished bodies while there are too many, or too much of them."""
        while self.unfinished and (self.memory > self.limits.memory or len(self.unfinished) > self.limits.unfinished):
            body = next(iter(self.unfinished))
            deadline = self.unfinished.pop(body)
            with suppress(RuntimeError):  # it has just run out
                deadline.reschedule(0)
            self.memory -= len(body.block)
            body.block, body.is_dropped = bytearray(), True


def broken_off(body: Body, why: Refused | Disconnected) -> Exception:
    """What came of an upload is kept, so that it goes on from there."""
    if body.file is None or body.is_writing:
        return why
    with suppress(OSError):
        body.file.write(body.block)
    return Interrupted(body, why if isinstance(why, Refused) else None)
