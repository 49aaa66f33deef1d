"""Settings > Listening in a browser: what is typed is recognised while one types, and what was added says how it is by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from homespun.conversations.actions.syncing import sync_due
from homespun.http import Door
from tests.conversations.live.conftest import to_hear
from tests.conversations.live.fake import post
from tests.conversations.live.listened import Network

__all__ = ["to_hear"]
Desk = Callable[..., Page]
PAGE = "/desk/settings/listening/"
BRYONY = "@bryony@bryony.example"


@pytest.mark.django_db(transaction=True)
def test_what_is_typed_is_recognised_and_then_heard(to_hear: Network, desk: Desk) -> None:
    to_hear.says(BRYONY, post(1, "bryony", "The ladder."))
    page = desk(PAGE)
    said = page.locator("#recognised")
    page.get_by_label("An account, a hashtag").press_sequentially(BRYONY)
    expect(said).to_have_text("An account, on Fake: everything that it posts in public.")
    page.get_by_role("button", name="Listen", exact=True).click()
    row = page.locator("tbody tr")
    expect(row).to_contain_text("Not asked yet.")
    sync_due(now=timezone.now() + timedelta(seconds=1), door=Door(site="https://stilewise.example"))
    expect(row).to_contain_text("Well.", timeout=20_000)
    expect(row).to_contain_text("Bryony")


@pytest.mark.django_db(transaction=True)
def test_page_works_on_a_phone_without_a_script(to_hear: Network, desk: Desk) -> None:
    page = desk(PAGE, java_script_enabled=False, viewport={"width": 360, "height": 780})
    page.get_by_label("An account, a hashtag").fill(BRYONY)
    page.get_by_role("button", name="Listen", exact=True).click()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("tbody tr")).to_contain_text("Paused.")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("tbody tr")).to_contain_text("Not asked yet.")
