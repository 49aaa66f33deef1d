"""`/live/`: server-sent events that say "changed, version n" to members of the team. Native ASGI, so that each costs no thread."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from homespun.core.live.watching import Watcher

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BEAT = 20.0  # seconds between two signs of life; proxies end what is silent for a minute
SENDING = 30.0  # seconds that a browser has to take one event
LONGEST = 900.0  # seconds of one stream: then the browser connects again, and is asked again who it is
MOST = 5_000  # streams of one process
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Stream:
    """`admits` says by the Cookie header whether somebody may listen; it is asked in the watcher's thread."""

    def __init__(self, watcher: Watcher, admits: Callable[[str], bool], *, beat: float = BEAT, longest: float = LONGEST) -> None:
        self.watcher, self.admits = watcher, admits
        self.beat, self.longest = beat, longest
        self.open = 0
        self.stopping = asyncio.Event()

    def stop(self) -> None:
        """End all streams at once, and begin none."""
        self.stopping.set()
        self.watcher.wake()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self.refused(scope)
        if refusal:
            await send({"type": "http.response.start", "status": refusal, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        gone = asyncio.create_task(until_gone(receive))
        self.open += 1
        version = await self.watcher.begin()
        try:
            await self.tell(version, gone, with_deadline(send))
        except TimeoutError:
            pass  # it has stopped reading
        finally:
            gone.cancel()
            self.open -= 1
            self.watcher.end()

    async def refused(self, scope: Scope) -> int:
        """The status with which it is refused; 0 where it is not."""
        if scope["method"] != "GET":
            return 405
        if self.stopping.is_set() or self.open >= MOST:
            return 503
        cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
        return 0 if await self.watcher.ask(lambda: self.admits(cookies)) else 401

    async def tell(self, version: int, gone: "asyncio.Task[None]", send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send(said("retry: 2000\n" + event(version)))
        end = asyncio.get_running_loop().time() + self.longest
        while not (gone.done() or self.stopping.is_set()) and asyncio.get_running_loop().time() < end:
            now = await self.watcher.change(version, self.beat)
            if not gone.done() and not self.stopping.is_set():
                await send(said(": still here\n\n" if now == version else event(now)))
            version = now
        await send({"type": "http.response.body", "body": b""})


def event(version: int) -> str:
    return f"id: {version}\nevent: changed\ndata: {version}\n\n"


def said(text: str) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}


def with_deadline(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        async with asyncio.timeout(SENDING):
            await send(message)

    return sending


async def until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
