"""What the web server calls: `/live/` natively, all else Django's WSGI application in threads (docs/decisions say why)."""

import asyncio
import signal
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import quote_from_bytes

from a2wsgi import WSGIMiddleware

from homespun.core.live.stream import Receive, Scope, Send, Stream
from homespun.core.live.watching import Watcher
from homespun.users.listening import may_listen

THREADS = 8
ENDING = signal.SIGUSR1  # from `homespun web`: a stream would keep a process that is to end
READABLE = "".join(map(chr, range(0x21, 0x7F)))  # of a query, as it is


class Application:
    """Made within a process that serves."""

    def __init__(self, threads: int = THREADS) -> None:
        from homespun.config.wsgi import application as pages  # noqa: PLC0415  (builds the product: not in a process that only starts others)

        self.pages = WSGIMiddleware(together(pages), workers=threads)
        self.stream: Stream | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["path"] == "/live/" and self.stream:
            await self.stream(scope, receive, send)
        else:
            await self.pages(plain(scope), unbroken(receive), send)  # type: ignore[arg-type]  # its types are narrower than ASGI's

    async def live(self, receive: Receive, send: Send) -> None:
        """From the beginning of a process to its end."""
        await receive()
        self.stream = Stream(Watcher(), may_listen)
        asyncio.get_running_loop().add_signal_handler(ENDING, self.stream.stop)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.stream.stop()
        await send({"type": "lifespan.shutdown.complete"})


def plain(scope: Scope) -> Scope:
    """As WSGI wants it: a query in ASCII; and no header whose name would pass for another, as `X_Forwarded_For` does."""
    query = quote_from_bytes(scope["query_string"], safe=READABLE).encode()
    return {**scope, "query_string": query, "headers": [pair for pair in scope["headers"] if b"_" not in pair[0]]}


def unbroken(receive: Receive) -> Receive:
    """A body that breaks off is an error, and not the end of it."""

    async def received() -> MutableMapping[str, Any]:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise OSError("the browser has gone")
        return message

    return received


ROOM = 1 << 16


def together(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Small pieces of an answer are sent as one, as each crosses from a thread to the loop and back."""

    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        answer = application(environ, start)
        try:
            waiting = bytearray()
            for piece in answer:
                waiting += piece
                if len(waiting) >= ROOM:
                    yield bytes(waiting)
                    waiting.clear()
            if waiting:
                yield bytes(waiting)
        finally:
            getattr(answer, "close", lambda: None)()

    return answered


def application(threads: int = THREADS) -> Application:
    return Application(threads)
