"""What the web server calls: `/live/` natively, everything else by Django's WSGI application in threads (decisions 19 and 27)."""

import asyncio
import signal
from pathlib import Path

from django.conf import settings

from homespun.config.connections import SlowReaders
from homespun.config.request_bodies import BodyReader, Limits
from homespun.config.wsgi_bridge import WsgiBridge
from homespun.core.live.stream import Receive, Scope, Send, Stream
from homespun.core.live.watching import Watcher
from homespun.users.listening import may_listen

THREADS = 8
ENDING = signal.SIGUSR1  # from `homespun web`: a stream would keep a process that is to end


class Application:
    """Made within a process that serves."""

    def __init__(self, threads: int = THREADS, limits: Limits | None = None) -> None:
        from homespun.config.wsgi import application as pages  # noqa: PLC0415  (builds the product: not in a process that only starts others)

        self.limits = limits or Limits()
        self.watcher = Watcher()
        self.pages = WsgiBridge(pages, BodyReader(self.limits, Path(settings.DATA) / "uploads", self.is_member), threads)
        self.stream: Stream | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["path"] == "/live/" and self.stream:
            await self.stream(scope, receive, send)
        else:
            await self.pages(scope, receive, send)

    async def is_member(self, cookies: str) -> bool:
        return await self.watcher.ask(lambda: may_listen(cookies))

    async def live(self, receive: Receive, send: Send) -> None:
        """From the beginning of a process to its end."""
        await receive()
        self.stream = Stream(self.watcher, may_listen)
        asyncio.get_running_loop().add_signal_handler(ENDING, self.stream.stop)
        slow_readers = asyncio.create_task(SlowReaders(self.limits).watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        slow_readers.cancel()
        self.stream.stop()
        await send({"type": "lifespan.shutdown.complete"})


def application(threads: int = THREADS, limits: Limits | None = None) -> Application:
    return Application(threads, limits)
