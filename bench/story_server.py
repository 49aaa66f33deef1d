"""Serves with the product's own web server: its pages, or a bare answer of SIZE bytes.

python -m bench.story_server PORT [SIZE]
"""

import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402  (nothing of Django may come in before it is set up)

from homespun.config import preloading, wsgi  # noqa: E402


def bare(size: int) -> Callable[[dict[str, Any], Callable[..., Any]], list[bytes]]:
    body = b"x" * size

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(size))])
        return [body]

    return application


def main(port: str, size: str = "") -> None:
    if size:
        wsgi.application = bare(int(size))  # type: ignore[assignment]  # the server wants nothing else of it
    preloading.load_product()
    preloading.freeze()
    call_command("web", port=int(port))


main(*sys.argv[1:])
