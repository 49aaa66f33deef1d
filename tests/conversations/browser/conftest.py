"""A browser that is signed in to a live server, with a data folder of the test's own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route

from homespun.core import live
from homespun.core.models import Site
from tests.conversations.archive_pages import data, member
from tests.e2e.look import Eyes

__all__ = ["data"]

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's synchronous calls run beside a loop of its own
# the line that a test cuts; a file that is refused; a table that the database in memory holds for a moment (the page tries again)
EXPECTED = ("net::ERR_FAILED", "422", "500")


def told(route: Route) -> None:
    """In place of a stream, which this server, of another kind, has not: one that says its number and ends, again and again."""
    route.fulfill(content_type="text/event-stream", body=f"retry: 300\nevent: changed\ndata: {live.version()}\n\n")


@pytest.fixture
def desk(live_server: Any, browser: Browser, data: Path, transactional_db: None) -> Iterator[Callable[..., Page]]:
    """Opens a path of the desk in a window of its own; whatever goes wrong in one fails the test."""
    contexts: list[BrowserContext] = []
    watched: list[Eyes] = []
    url = live_server.url.replace("localhost", "127.0.0.1")
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})

    def opened(path: str, *, stream: bool = True, clock: bool = False, **options: Any) -> Page:
        client = Client()
        client.force_login(member(), backend=settings.AUTHENTICATION_BACKENDS[0])
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options})
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
        context.route("**/live/", told if stream else lambda route: route.fulfill(status=204))
        contexts.append(context)
        page = context.new_page()
        if clock:
            page.clock.install()
        watched.append(Eyes(page))
        page.goto(f"{url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [line for eyes in watched for line in eyes.trouble if not any(words in line for words in EXPECTED)] == []
