"""One browser for all tests that need one: Playwright's synchronous calls cannot be started twice in a process."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Playwright, sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's synchronous calls run beside a loop of its own


PEERS = Path(__file__).parent / "peers"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Tests against real servers, which take minutes to start, are run by `make peers` alone."""
    asked = [Path(str(arg).partition("::")[0]).absolute() for arg in config.invocation_params.args]
    return True if collection_path == PEERS and not any(PEERS in (each, *each.parents) for each in asked) else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file, as in life: in memory, the live server's threads would share one connection, and with it their transactions."""
    connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium or Chrome as installed, else Playwright's own (`HOMESPUN_TEST_BROWSER` is set by `make test`)."""
    options: dict[str, Any] = {"args": QUIET}
    if path := os.environ.get("HOMESPUN_TEST_BROWSER"):
        options["executable_path"] = path
    started = playwright.chromium.launch(**options)
    yield started
    started.close()
