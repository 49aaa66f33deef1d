"""The elements that every room may use, each alone in a browser."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from homespun.core.stylesheets import STATIC

Opened = Callable[[str, str], Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """A blank page with this inside and this element's script."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")

    def of(body: str, element: str) -> Page:
        page = context.new_page()
        page.set_content(f'<!doctype html><html lang="en"><body>{body}</body></html>')
        page.add_script_tag(content=(STATIC / "elements" / f"{element}.js").read_text(encoding="utf-8"), type="module")
        return page

    yield of
    context.close()


def kept(moment: datetime) -> str:
    return f'<relative-time words="today at {{}}|yesterday at {{}}"><time datetime="{moment.isoformat()}">the date</time></relative-time>'


def test_a_kept_date_of_today_or_yesterday_is_made_near(opened: Opened) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=5, second=0, microsecond=0)
    page = opened(kept(today) + kept(today - timedelta(days=1)), "relative-time")
    assert page.locator("time").all_inner_texts() == ["today at 00:05", "yesterday at 00:05"]


def test_a_kept_date_of_long_ago_stays_as_it_is(opened: Opened) -> None:
    page = opened(kept(datetime(2019, 3, 12, tzinfo=UTC)) + kept(datetime.now(UTC) + timedelta(days=2)), "relative-time")
    assert page.locator("time").all_inner_texts() == ["the date", "the date"]


def test_a_date_that_is_none_is_left_alone(opened: Opened) -> None:
    page = opened('<relative-time words="today at {}"><time datetime="soon">soon</time></relative-time>', "relative-time")
    assert page.locator("time").inner_text() == "soon"


def test_a_notice_gives_way_to_the_next_one(opened: Opened) -> None:
    page = opened('<div id="notices"><undo-notice><button>Undo</button></undo-notice></div>', "undo-notice")
    page.evaluate("document.getElementById('notices').insertAdjacentHTML('beforeend', '<undo-notice>Next</undo-notice>')")
    assert page.locator("undo-notice").all_inner_texts() == ["Next"]


def test_a_notice_that_can_be_undone_stays(opened: Opened) -> None:
    page = opened("", "undo-notice")
    page.clock.install()
    page.evaluate("document.body.innerHTML = '<undo-notice><button>Undo</button></undo-notice>'")
    page.clock.fast_forward(60_000)
    assert page.locator("undo-notice").count() == 1


def test_a_notice_that_only_tells_goes_after_a_while(opened: Opened) -> None:
    page = opened("", "undo-notice")
    page.clock.install()
    page.evaluate("document.body.innerHTML = '<undo-notice>Kept.</undo-notice>'")
    page.clock.fast_forward(9_000)
    assert page.locator("undo-notice").count() == 0


def test_a_theme_shows_at_once(opened: Opened) -> None:
    page = opened(
        '<theme-switch><label><input type="radio" name="theme" value="dark">Dark</label>'
        '<label><input type="radio" name="theme" value="">Device</label></theme-switch>',
        "theme-switch",
    )
    page.get_by_label("Dark").check()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_label("Device").check()
    assert page.evaluate("'theme' in document.documentElement.dataset") is False


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(opened: Opened) -> None:
    menu = '<details class="menu"><summary>More</summary><ul><li><a href="#x">One</a></li></ul></details>'
    page = opened(menu + "<p>Elsewhere</p>", "menu-closes")
    page.get_by_text("More").click()
    page.get_by_role("link", name="One").focus()
    page.keyboard.press("Escape")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.get_by_text("More").click()
    page.get_by_text("Elsewhere").click()
    assert page.locator("details[open]").count() == 0
