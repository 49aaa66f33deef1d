"""Reading conversations: the list on a phone, what an import brought, sources in one line, and the keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from homespun.conversations.models import Post, Run
from tests.conversations.cast import NOW, post, seen, source, talk
from tests.e2e.look import violations

Desk = Callable[..., Page]
SMALL: ViewportSize = {"width": 320, "height": 700}
TAP = 44  # px
TOO_SMALL = """(all) => all.filter((each) => each.checkVisibility() && !each.closest("h3, p, label"))
  .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
  .filter(([_, box]) => box.height > 2 && box.height < 44).map(([words, box]) => `${words}: ${box.height}`)"""


def wider(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def here(row: Post) -> str:
    return f"/desk/conversations/{row.conversation_id}/"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_list_on_a_small_phone_starts_with_the_search_and_keeps_inside_the_screen(desk: Desk, theme: str) -> None:
    talk()
    page = desk("/desk/conversations/", viewport=SMALL, color_scheme=theme, has_touch=True)
    box = page.get_by_role("searchbox").bounding_box()
    assert box is not None
    assert box["y"] < SMALL["height"] / 2
    for each in page.locator(".asking .filters > label").all():
        inside = each.bounding_box()
        assert inside is not None
        assert (inside["x"] >= 0, inside["x"] + inside["width"] <= SMALL["width"], inside["height"] >= TAP) == (True, True, True)
    assert (wider(page), page.locator("main a, main button, main summary").evaluate_all(TOO_SMALL), violations(page)) == (0, [], [])


def test_all_actions_of_the_list_are_in_one_menu(desk: Desk) -> None:
    talk()
    page = desk("/desk/conversations/", viewport=SMALL)
    menu = page.locator(".pagehead details.menu")
    expect(page.get_by_role("link", name="Import archive")).to_be_hidden()
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link")).to_have_text(["Write post", "Outbox", "Add post by link", "Import archive"])
    for link in menu.get_by_role("link").all():
        box = link.bounding_box()
        assert box is not None
        assert (box["x"] >= 0, box["x"] + box["width"] <= SMALL["width"], box["height"] >= TAP) == (True, True, True)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()


def test_actions_work_without_a_script(desk: Desk) -> None:
    talk()
    page = desk("/desk/conversations/", java_script_enabled=False)
    page.locator(".pagehead summary").click()
    page.get_by_role("link", name="Add post by link").click()
    expect(page.get_by_role("heading", name="Add post by link")).to_be_visible()


def test_story_button_is_among_the_first_stops_of_the_keyboard(desk: Desk) -> None:
    page = desk(here(talk()))
    page.get_by_role("link", name="Skip to main content").focus()
    page.keyboard.press("Enter")
    for _stop in range(3):
        page.keyboard.press("Tab")
        if "Turn into a story" in str(page.evaluate("document.activeElement.textContent")):
            break
    expect(page.get_by_role("button", name="Turn into a story")).to_be_focused()


def test_sources_of_a_post_open_in_place(desk: Desk) -> None:
    root = talk()
    seen(root, source("@bryonyshelves"))
    seen(root, source("@stilewise"))
    page = desk(here(root))
    first = page.locator(".thread .post").first
    expect(first.get_by_role("link", name="View on X")).to_be_hidden()
    first.locator(".seen summary").focus()
    page.keyboard.press("Enter")
    expect(first.locator(".seen summary")).to_have_text("Seen in 2 sources")
    expect(first.locator(".seen li")).to_have_count(3)
    expect(first.get_by_role("link", name="View on X")).to_be_visible()
    assert violations(page) == []


def test_branch_leads_to_the_post_that_it_answers(desk: Desk) -> None:
    root = post("Which stile held you up the longest?")
    post("The ladder.", parent=post("The kissing gate.", parent=root))
    post("The one with the paint.", parent=root)
    page = desk(here(root))
    expect(page.locator(".thread .post__words")).to_have_text(
        ["Which stile held you up the longest?", "The kissing gate.", "The ladder.", "The one with the paint."]
    )
    page.get_by_role("link", name="In reply to Bryony Tarrowell").click()
    expect(page.locator(f"#p{root.pk}")).to_be_in_viewport()
    assert violations(page) == []


@pytest.mark.parametrize("viewport", [SMALL, {"width": 1280, "height": 900}])
def test_report_leads_to_what_arrived(desk: Desk, data: Path, viewport: ViewportSize) -> None:
    talk()
    brought = source("@stilewise")
    seen(post("Nobody has answered this stile."), brought)
    run = Run.objects.create(source=brought, path="/nowhere/a.zip", name="a.zip", state=Run.State.DONE, started=NOW, counts={"new": 1})
    page = desk(f"/desk/archives/{run.pk}/", viewport=viewport)
    expect(page.locator('.places [aria-current="true"]')).to_have_text("Conversations")
    assert (wider(page), violations(page)) == (0, [])
    page.get_by_role("link", name="See 1 imported conversation").click()
    expect(page.locator(".talk__title")).to_have_text(["Nobody has answered this stile"])
    assert (wider(page), violations(page)) == (0, [])
    page.get_by_role("link", name="Missing posts").click()
    expect(page.locator(".empty p")).to_have_text("None of the imported conversations has missing posts.")
    page.get_by_role("link", name="View all conversations").click()
    expect(page.locator(".imported")).to_have_count(0)
