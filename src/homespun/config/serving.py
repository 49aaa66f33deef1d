"""What `homespun serve` runs: the pages, background work and listening, each in a process of its own.

All are forked from this one, after it has loaded the product, so that they share its memory.
"""

import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone

from homespun.config import preloading
from homespun.config.environ import ADDRESS, Address, environ
from homespun.config.logs import serve_log
from homespun.config.supervising import Child, Supervisor
from homespun.users.actions.claim import claim_code

QUEUES = ("default", "imports")  # an import of hours keeps nothing else waiting


def serve(address: Address, lock: int) -> None:
    """Run until told to stop. The caller holds the lock and has brought the database up to date."""
    refuse_taken(address)
    note()
    log = serve_log()
    preloading.load_product()
    greeting = Greeting(address)
    supervisor = Supervisor(
        children(address),
        log=log_to(log),
        watch=greeting.is_waiting,
        before_start=ready_to_fork,
        in_child=lambda: give_up(log, lock),
    )
    supervisor.run()


def note() -> None:
    """For the commands that run beside it, or after it. A full disk keeps nothing from being served."""
    with suppress(OSError):
        (environ.data / ADDRESS).write_text(environ.url, encoding="utf8")


def children(address: Address) -> list[Child]:
    work = [Child(f"work-{queue}", ["work", "--queue", queue]) for queue in QUEUES]
    return [Child("web", ["web", "--host", address.host, "--port", str(address.port)]), *work, Child("listen", ["listen"])]


def ready_to_fork() -> None:
    """A connection to the database must not be carried over a fork."""
    connections.close_all()
    preloading.freeze()


def give_up(log: logging.Logger, lock: int) -> None:
    """In a child: let go of what is for the parent alone. Otherwise it would hold the lock when the parent is gone."""
    os.close(lock)
    for handler in log.handlers:
        handler.close()
    os.environ["HOMESPUN_URL"] = environ.url


def family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address.host else socket.AF_INET


def refuse_taken(address: Address) -> None:
    with socket.socket(family(address), socket.SOCK_STREAM) as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((address.host, address.port))
        except OSError as error:
            raise CommandError(
                f"Port {address.port} of {address.host} cannot be used: {error.strerror}. "
                f"Choose another: homespun serve --port {address.port + 1}"
            ) from error


def log_to(log: logging.Logger) -> Callable[[str, str], None]:
    return lambda name, line: log.info("%s: %s", name, line)


class Greeting:
    """Prints the address once the pages answer, with the one-time code while nobody owns the site."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.said = False

    def is_waiting(self) -> bool:
        """Whether the pages do not answer yet. Prints the address as soon as they do."""
        if not self.said and self.answers():
            self.said = True
            self.say()
        return not self.said

    def say(self) -> None:
        print(f"Homespun is at {environ.url}", flush=True)
        if claim := claim_address(environ.url):
            print(f"Nobody owns it yet. Open this address once to make it yours:\n\n    {claim}\n", flush=True)
        if urlsplit(environ.url).port != self.address.port:
            print(f"It listens on {self.address.host}, port {self.address.port}.", flush=True)
        print("Stop it with Ctrl-C.", flush=True)
        connections.close_all()

    def answers(self) -> bool:
        with socket.socket(family(self.address), socket.SOCK_STREAM) as asked:
            asked.settimeout(0.2)
            return asked.connect_ex((self.address.shown_host.strip("[]"), self.address.port)) == 0


def claim_address(url: str) -> str | None:
    code = claim_code(now=timezone.now())
    return f"{url}/claim/{code}/" if code else None
