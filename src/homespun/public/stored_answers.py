"""Whole answers to visitors, sent again without Django's request and middleware while they are current.

An answer is stored as it left Django, with all its headers. Before it is sent again the database is asked whether anything was written
since; if so, the view's own key is computed anew. So a withdrawal shows at once, as it does without this.
"""

import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from homespun.public.kept import Mark

ROOM = 32 << 20  # bytes of bodies in one process, which the kept pages share
SCHEMES = ("", "http", "https")
PLAIN = ("HTTP_RANGE", "HTTP_IF_NONE_MATCH", "HTTP_X_FORWARDED_HOST")  # requests with one of these are left to Django

Headers = list[tuple[str, str]]
Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]
Request = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    status: str
    headers: Headers
    body: bytes
    mark: Mark


class StoredAnswers:
    """The WSGI application around Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.answers: dict[Request, Answer] = {}
        self.taken = 0
        self.lock = threading.Lock()
        self.of_thread = threading.local()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        request = storable(environ)
        if request is None:
            return self.application(environ, start)
        answer = self.answers.get(request)
        if answer is not None and self.is_current(request, answer):
            start(answer.status, list(answer.headers))
            return [answer.body]
        return self.ask(request, environ, start)

    def ask(self, request: Request, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Let Django answer, and store what may be stored."""
        sent: list[tuple[str, Headers]] = []

        def started(status: str, headers: Headers, *rest: Any) -> Any:
            sent.append((status, headers))
            return start(status, headers, *rest)

        response = self.application(environ, started)
        mark = getattr(response, "kept_mark", None)
        if mark is not None and sent:
            self.store(request, Answer(*sent[-1], response.content, mark))  # type: ignore[attr-defined]  # Django's own response
        return response

    def store(self, request: Request, answer: Answer) -> None:
        if not answer.status.startswith("200") or any(name.lower() == "set-cookie" for name, _ in answer.headers):
            return
        with self.lock:
            if self.taken + len(answer.body) > ROOM:
                self.answers, self.taken = {}, 0
            replaced = self.answers.get(request)
            self.taken += len(answer.body) - (len(replaced.body) if replaced else 0)
            self.answers[request] = answer

    def is_current(self, request: Request, answer: Answer) -> bool:
        """Whether the page would be made of the same things now. A database that fails is left to Django, too."""
        try:
            state = database_state()
            checked: dict[Request, tuple[Answer, Hashable]] = self.of_thread.__dict__.setdefault("checked", {})
            if checked.get(request) == (answer, state):
                return True
            if answer.mark.current() != answer.mark.key:
                return False
            if len(checked) > len(self.answers):
                checked.clear()
            checked[request] = (answer, state)
        except (DatabaseError, sqlite3.Error):
            return False
        return True

    def forget(self) -> None:
        with self.lock:
            self.answers, self.taken = {}, 0


def storable(environ: dict[str, Any]) -> Request | None:
    """What an answer depends on, for a plain request of a visitor; None for every other."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or any(name in environ for name in PLAIN):
        return None
    proxied = environ.get("HTTP_X_FORWARDED_PROTO", "")
    if settings.DEBUG or proxied not in SCHEMES or settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
        return None
    packed = "gzip" if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else ""
    caller = environ.get("REMOTE_ADDR", "") if proxied else ""  # whom the proxy's header is believed
    return environ["PATH_INFO"], environ.get("HTTP_HOST", ""), environ["wsgi.url_scheme"], proxied, caller, packed


def database_state() -> Hashable:
    """Differs after any write: `data_version` counts those of other connections, `total_changes` those of this one."""
    connection.ensure_connection()
    raw = connection.connection
    return raw, raw.execute("PRAGMA data_version").fetchone()[0], raw.total_changes
