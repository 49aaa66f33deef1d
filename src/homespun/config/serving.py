"""What `homespun serve` runs: the pages, background work and listening, each in processes of its own."""

import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.management.base import CommandError
from django.utils import timezone

from homespun.config.environ import ADDRESS, environ
from homespun.config.logs import serve_log
from homespun.config.supervising import Child, Supervisor
from homespun.users.actions.claim import claim_code

QUEUES = ("default", "imports")  # an import of hours keeps nothing else waiting


@dataclass(frozen=True)
class Address:
    """Where the pages are served, and how they are reached from outside."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The public address, or the local one where none has been set."""
        return environ.url if os.environ.get("HOMESPUN_URL") else f"http://{self.shown_host}:{self.port}"

    @property
    def shown_host(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"[{host}]" if ":" in host else host

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET


def serve(address: Address) -> None:
    """Run until told to stop. The caller holds the lock and has brought the database up to date."""
    refuse_taken(address)
    note(address)
    log = serve_log()
    greeting = Greeting(address)
    Supervisor(children(address), log=log_to(log), watch=greeting.once_it_answers).run()


def note(address: Address) -> None:
    """For the commands that run beside it, or after it. A full disk keeps nothing from being served."""
    with suppress(OSError):
        (environ.data / ADDRESS).write_text(address.url, encoding="utf8")


def children(address: Address) -> list[Child]:
    environment = os.environ | {"HOMESPUN_DATA": str(environ.data), "HOMESPUN_URL": address.url, "PYTHONUNBUFFERED": "1"}
    me = [sys.executable, "-m", "homespun.config"]
    web = Child("web", [*me, "web", "--host", address.host, "--port", str(address.port)], environment)
    work = [Child(f"work-{queue}", [*me, "work", "--queue", queue], environment) for queue in QUEUES]
    return [web, *work, Child("listen", [*me, "listen"], environment)]


def refuse_taken(address: Address) -> None:
    with socket.socket(address.family, socket.SOCK_STREAM) as asked:
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
        self.started = time.monotonic()

    def once_it_answers(self) -> None:
        if self.said or not self.answers():
            return
        self.said = True
        print(f"Homespun is at {self.address.url}", flush=True)
        if claim := claim_address(self.address.url):
            print(f"Nobody owns it yet. Open this address once to make it yours:\n\n    {claim}\n", flush=True)
        if urlsplit(self.address.url).port != self.address.port:
            print(f"It listens on {self.address.host}, port {self.address.port}.", flush=True)
        print("Stop it with Ctrl-C.", flush=True)

    def answers(self) -> bool:
        with socket.socket(self.address.family, socket.SOCK_STREAM) as asked:
            asked.settimeout(0.2)
            return asked.connect_ex((self.address.shown_host.strip("[]"), self.address.port)) == 0


def claim_address(url: str) -> str | None:
    code = claim_code(now=timezone.now())
    return f"{url}/claim/{code}/" if code else None
