"""A browser that is signed in, sent to a live server on rows made by the factories."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from homespun.core.models import Site
from homespun.stories import actions
from homespun.stories.models import Item, Story
from tests.e2e.look import Eyes
from tests.stories.factories import talk, vita

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's synchronous calls run beside a loop of its own

DESK = {"width": 1280, "height": 900}


@pytest.fixture
def studio(live_server: Any, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a path of the desk in a window of its own; whatever goes wrong in one fails the test."""
    contexts: list[BrowserContext] = []
    watched: list[Eyes] = []

    url = live_server.url.replace("localhost", "127.0.0.1")

    def opened(path: str, **options: Any) -> Page:
        page = _signed_in(browser, url, contexts, options)
        watched.append(Eyes(page))
        page.goto(f"{url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    expected = ("409", "net::ERR_FAILED")  # a stale write, and the connection that a test cuts
    assert [line for eyes in watched for line in eyes.trouble if not any(words in line for words in expected)] == []


def _signed_in(browser: Browser, url: str, contexts: list[BrowserContext], options: dict[str, Any]) -> Page:
    client = Client()
    client.force_login(vita(), backend=settings.AUTHENTICATION_BACKENDS[0])
    context = browser.new_context(**{"viewport": DESK, "locale": "en-GB", **options})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": url}])
    contexts.append(context)
    return context.new_page()


@pytest.fixture
def story(transactional_db: None) -> Story:
    """Four posts of a conversation, in reading order: Elke, us, Sandor, us; in a house that has been claimed."""
    Site.objects.create(pk=1, name="The Quarter Loaf")
    return actions.create_story(title="Loaf nine on the tram", conversation=talk().conversation, by=vita(), now=timezone.now())


def words(story: Story) -> list[str]:
    """What the server holds, in order."""
    rows = Item.objects.filter(story=story, deleted=None).order_by("position")
    return [row.html or row.title or row.alt or row.post_uri[-3:] for row in rows]
