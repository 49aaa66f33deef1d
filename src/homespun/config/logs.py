"""The log: kept in the data folder, turned over by size, without personal data.

Every process writes to its standard error; `serve` gathers the lines, so that one writer turns the file over. What strangers can cause by
their requests is written a few times an hour, so that nobody fills the log and makes older lines disappear.
"""

import logging
import re
import sys
import time
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler

from homespun.config.environ import environ
from homespun.core.terminal import printable

SIZE, KEPT = 2_000_000, 5
LONGEST = 8_000  # characters of one entry: an address can be long
REQUESTS = ("django", "allauth", "asyncio", "_granian", "homespun.web")  # loggers that write about requests
WINDOW = 3600.0  # seconds
SAME, DIFFERENT = 5, 40  # entries about requests in that time: of the same kind, and kinds

PRIVATE = (
    (re.compile(r"(/(?:claim|join|sign-in|answer|password|confirm-email)/)[^\s\"'/?]+[^\s\"'?]*"), r"\1…"),  # private links
    (re.compile(r"(/[^\s\"'?]*)\?[^\s\"']*"), r"\1?…"),  # what was asked for
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "…@…"),
    (re.compile(r"\b(?!127\.)(?:\d{1,3}\.){3}\d{1,3}\b"), "…"),
    (re.compile(r"\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}\b", re.IGNORECASE), "…"),
    (re.compile(r"(?<![\w-])[A-Za-z0-9_-]{32,}(?![\w-])"), "…"),  # tokens
)


def scrubbed(text: str) -> str:
    """The text without addresses of people and machines, query strings and private links."""
    for pattern, instead in PRIVATE:
        text = pattern.sub(instead, text)
    return text


class Scrubbed(logging.Formatter):
    """The last step before a line is written, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(shortened(scrubbed(super().format(record))))


def shortened(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} […] {text[-half:]}"


@dataclass
class Kind:
    """Entries that say the same."""

    since: float
    count: int = 0


@dataclass(eq=False)
class RepetitionFilter(logging.Filter):
    """Drops entries about requests that say again what was said just now. The first one of the next hour tells how many were dropped."""

    kinds: dict[tuple[str, str, str], Kind] = field(default_factory=dict)

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(REQUESTS):
            return True
        now, key = time.monotonic(), (record.name, str(record.msg)[:200], place(record))
        kind = self.kinds.get(key)
        if kind is None or now - kind.since > WINDOW:
            if kind is None and len(self.kinds) >= DIFFERENT and not self.forget(now):
                return False
            if kind and kind.count > SAME:
                record.msg = f"{record.msg} ({kind.count - SAME} more of these were not written.)"
            kind = self.kinds[key] = Kind(now)
        kind.count += 1
        return kind.count <= SAME

    def forget(self, now: float) -> bool:
        """Whether there is room for another kind, after those of an hour ago are forgotten."""
        self.kinds = {key: kind for key, kind in self.kinds.items() if now - kind.since <= WINDOW}
        return len(self.kinds) < DIFFERENT


def place(record: logging.LogRecord) -> str:
    """Where it went wrong: a request can choose its address, and much of an error's message, but not that."""
    trace = record.exc_info[2] if record.exc_info else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else f"{record.pathname}:{record.lineno}"


def serve_log() -> logging.Logger:
    """What `serve` writes to: the file in the data folder, and its own standard error."""
    log = logging.getLogger("homespun.serve")
    log.propagate = False
    log.setLevel(logging.INFO)
    file = RotatingFileHandler(environ.data / "logs" / "homespun.log", maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")
    file.setFormatter(Scrubbed("%(asctime)s %(message)s"))
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(Scrubbed("%(message)s"))
    log.handlers = [file, shown]
    return log


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "homespun.config.logs.Scrubbed", "format": "%(levelname)s %(name)s %(message)s"}},
    "filters": {"repetitions": {"()": "homespun.config.logs.RepetitionFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["repetitions"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # who asked for a page that is not there is nobody's business
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners, all day long
        "django.security.csrf": {"level": "ERROR"},  # anybody can send a form without its token
        "homespun": {"level": "INFO"},
    },
}
