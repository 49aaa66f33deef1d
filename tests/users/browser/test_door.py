"""The door and the settings in a browser: by keyboard, on desk and phone, light and dark."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.fixtures import Settings

from homespun.core.models import Site
from homespun.users import actions
from homespun.users.models import User
from tests.e2e.look import Eyes, look_at, violations
from tests.users.cast import PASSWORD, VITA, vita

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]


@pytest.fixture
def house(live_server: Any, settings: Settings) -> str:
    settings.HOMESPUN_URL = live_server.url.replace("localhost", "127.0.0.1")
    settings.ACCOUNT_RATE_LIMITS = False
    return str(settings.HOMESPUN_URL)


@pytest.fixture
def visit(house: str, browser: Browser) -> Iterator[Visit]:
    """Opens a path for a visitor of their own; whatever goes wrong in their browser fails the test."""
    contexts: list[BrowserContext] = []
    watched: list[Eyes] = []

    def opened(path: str) -> Page:
        context = browser.new_context(locale="en-GB", timezone_id="Asia/Tokyo", permissions=["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        watched.append(Eyes(page))
        page.goto(path if path.startswith("http") else house + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [line for eyes in watched for line in eyes.trouble] == []


def signed_in(visit: Visit, path: str) -> Page:
    page = visit(f"/sign-in/?next={path}")
    page.get_by_label("E-mail").fill(VITA)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == path)  # the sign-in page's address ends with it, too
    return page


def test_house_is_claimed_by_keyboard_alone(visit: Visit) -> None:
    page = visit(f"/claim/{actions.claim_code(timezone.now())}/")
    look_at(page, "claim")
    page.get_by_label("Your organisation").focus()
    for words in ("The Quarter Loaf", "Vita Halloran", VITA, PASSWORD, VITA):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    expect(page.get_by_label("Language of your stories")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    assert list(Site.objects.values_list("name", "language", "time_zone")) == [("The Quarter Loaf", "en-gb", "Asia/Tokyo")]


def test_door_speaks_before_and_after_the_house_is_claimed(visit: Visit) -> None:
    page = visit("/sign-in/")
    assert violations(page) == []
    vita()
    page.reload()
    page.get_by_label("E-mail").fill(VITA)
    page.get_by_label("Password").fill("wrong wrong wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    look_at(page, "sign-in")
    page.get_by_role("link", name="Forgotten it?").click()
    assert violations(page) == []


def test_colleague_is_asked_in_and_joins(visit: Visit) -> None:
    vita()
    page = signed_in(visit, "/desk/settings/team/")
    page.get_by_label("E-mail of a colleague").fill("elke.brandreth@the-northern-tramways-of-a-long-name.example")
    page.keyboard.press("Enter")
    link = page.get_by_label("Private link").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    look_at(page, "settings-team")
    guest = visit(link)
    assert violations(guest) == []
    guest.get_by_label("Your name").fill("Elke Brandreth")
    guest.get_by_label("A password").fill(PASSWORD)
    guest.keyboard.press("Enter")
    guest.wait_for_url("**/desk/")
    assert User.objects.count() == 2


def test_member_is_removed_after_being_asked_once_more(visit: Visit) -> None:
    vita()
    elke = User.objects.create_user("elke@trams.example", name="Elke Brandreth")
    page = signed_in(visit, "/desk/settings/team/")
    page.get_by_text("Remove", exact=False).first.click()
    page.get_by_role("button", name="Remove Elke Brandreth").click()
    expect(page.get_by_text("Elke Brandreth can no longer sign in.")).to_be_visible()
    elke.refresh_from_db()
    assert elke.is_active is False


def test_chosen_theme_holds_whatever_the_device_says(visit: Visit) -> None:
    vita()
    page = signed_in(visit, "/desk/settings/you/")
    look_at(page, "settings-you")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Keep this").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_site_is_settled(visit: Visit) -> None:
    vita()
    page = signed_in(visit, "/desk/settings/")
    look_at(page, "settings-site")
    page.get_by_label("About it").fill("Sourdough by post.")
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("Kept. Visitors see it at once.")).to_be_visible()
    assert Site.objects.get().about == "Sourdough by post."
