"""Runs Django's WSGI application behind an ASGI server, in a few threads.

A thread is taken while the application works, and for nothing else: the body of a request is complete before, and an answer is sent from
the event loop. Where an answer is long, a thread fetches its next piece when the client has taken the one before.
"""

import asyncio
import contextvars
import logging
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from homespun.config.connections import close_connection
from homespun.config.request_bodies import Body, BodyReader, Disconnected, Interrupted, PartialStream, Refused
from homespun.core.live.stream import Receive, Scope, Send, until_gone

log = logging.getLogger("homespun.web")

FILLED = 256 << 10  # bytes that a thread fetches of an answer at once
PIECE = 64 << 10  # bytes that are sent at once
BROKEN = "Something went wrong. It has been logged."
READABLE = "".join(map(chr, range(0x21, 0x7F)))  # of a query, as it is

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass
class Answer:
    """What the application answers, read piece by piece in threads."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    iterable: Iterable[bytes] = ()
    is_complete: bool = False

    def begin(self, application: WsgiApplication, environ: dict[str, Any]) -> bytes:
        self.iterable = application(environ, self.start)
        self.pieces = iter(self.iterable)
        if environ["REQUEST_METHOD"] == "HEAD":
            self.close()
            return b""
        return self.read()

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], None]:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.strip().encode("latin-1").lower(), value.strip().encode("latin-1")) for name, value in headers]
        return unsupported_write

    def read(self) -> bytes:
        """The next bytes; when there are no more, the answer is closed."""
        filled: list[bytes] = []
        size = 0
        for piece in self.pieces:
            filled.append(piece)
            size += len(piece)
            if size >= FILLED:
                return b"".join(filled)
        self.close()
        return b"".join(filled)

    def close(self) -> None:
        if not self.is_complete:
            self.is_complete = True
            getattr(self.iterable, "close", lambda: None)()


def unsupported_write(data: bytes) -> None:
    raise NotImplementedError("Django does not use the write callable of WSGI.")


class WsgiBridge:
    """Answers requests of one process by `application`."""

    def __init__(self, application: WsgiApplication, bodies: BodyReader, threads: int) -> None:
        self.application, self.bodies = application, bodies
        self.patience = bodies.limits.patience
        self.threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="wsgi")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.bodies.read(scope, receive)
        except Disconnected:
            return
        except Refused as refused:
            await refuse(send, refused)
        except Interrupted as interrupted:
            await self.keep_what_came(scope, interrupted, send)
        else:
            await self.respond(scope, body, receive, send)

    async def keep_what_came(self, scope: Scope, interrupted: Interrupted, send: Send) -> None:
        """Let the application have what came of an upload; what it answers is for nobody."""
        answer = Answer()
        try:
            await self.run(partial(answer.begin, self.application, wsgi_environ(scope, interrupted.stream)))
        except Exception:
            log.exception("An interrupted request failed.")
        finally:
            self.bodies.release(interrupted.body)
            await self.run(answer.close)
        if interrupted.refused:
            await refuse(send, interrupted.refused)

    async def respond(self, scope: Scope, body: Body, receive: Receive, send: Send) -> None:
        answer = Answer()
        try:
            first = await self.run(partial(answer.begin, self.application, wsgi_environ(scope, body.stream, body.size)))
        except Exception:
            log.exception("A request failed.")
            await refuse(send, Refused(HTTPStatus.INTERNAL_SERVER_ERROR, BROKEN))
            return
        finally:
            self.bodies.release(body)
        await self.deliver(answer, first, scope, receive, send)

    async def deliver(self, answer: Answer, first: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.send(answer, first, receive, send)
        except TimeoutError:
            close_connection(scope)
        except Exception:
            log.exception("Sending an answer failed.")
            close_connection(scope)
        finally:
            if not answer.is_complete:
                await self.run(answer.close)

    async def send(self, answer: Answer, first: bytes, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if answer.is_complete and len(first) <= PIECE:
            await send({"type": "http.response.body", "body": first})
            return
        gone = asyncio.ensure_future(until_gone(receive))
        try:
            filled = first
            while filled and not gone.done():
                for start in range(0, len(filled), PIECE):
                    async with asyncio.timeout(self.patience):
                        await send({"type": "http.response.body", "body": filled[start : start + PIECE], "more_body": True})
                filled = b"" if answer.is_complete else await self.run(answer.read)
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    async def run(self, work: Callable[[], Any]) -> Any:
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self.threads, context.run, work)


async def refuse(send: Send, refused: Refused) -> None:
    text = str(refused).encode()
    headers = [
        (b"connection", b"close"),
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"60"))
    await send({"type": "http.response.start", "status": int(refused.status), "headers": headers})
    await send({"type": "http.response.body", "body": text})


def wsgi_environ(scope: Scope, stream: IO[bytes] | PartialStream, size: int = 0) -> dict[str, Any]:
    """PEP 3333's view of a request."""
    path = scope.get("raw_path") or scope["path"].encode()
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.split(b"?", 1)[0]).decode("latin-1"),
        "QUERY_STRING": quote_from_bytes(scope["query_string"], safe=READABLE),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": stream,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return environ | header_variables(scope["headers"]) | ({"CONTENT_LENGTH": str(size)} if size else {})


def header_variables(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers under their CGI names. One with an underscore is left out: `X_Forwarded_For` would pass for the proxy's own."""
    variables: dict[str, str] = {}
    for raw_name, raw_value in headers:
        if b"_" in raw_name or raw_name in (b"transfer-encoding", b"expect"):
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        name = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        separator = "; " if name == "HTTP_COOKIE" else ","
        variables[name] = f"{variables[name]}{separator}{value}" if name in variables else value
    return variables
