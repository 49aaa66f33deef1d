"""The log: kept in the data folder, turned over by size, without personal data.

Every process writes to its standard error; `serve` gathers the lines, so that one writer turns the file over.
"""

import logging
import re
import sys
from logging.handlers import RotatingFileHandler

from homespun.config.environ import environ
from homespun.core.terminal import printable

SIZE, KEPT = 2_000_000, 5

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
        return printable(scrubbed(super().format(record)))


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
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # who asked for a page that is not there is nobody's business
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners, all day long
        "homespun": {"level": "INFO"},
    },
}
