"""The pluses between the items of the studio, and how an empty story is begun."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from homespun.core.models import Site
from homespun.stories import actions
from homespun.stories.models import Story
from tests.stories.browser.conftest import words
from tests.stories.factories import vita

Open = Callable[..., Page]
BOXES = "found => found.map(each => { const {x, y, width, height} = each.getBoundingClientRect(); return [x, y, width, height]; })"
TOUCH = 44  # px


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_plus_is_large_enough_for_a_finger_and_covers_no_words(studio: Open, story: Story, width: int) -> None:
    page = studio(f"/desk/stories/{story.slug}/", viewport={"width": width, "height": 800}, has_touch=width < 1000)
    pluses = page.locator(".item__add, .between__add").evaluate_all(BOXES)
    bodies = page.locator(".item__body").evaluate_all(BOXES)
    assert len(pluses) == 5
    assert all(w >= TOUCH and h >= TOUCH for _, _, w, h in pluses)
    assert [(plus, body) for plus in pluses for body in bodies if _overlap(plus, body)] == []


def _overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[0] + other[2] and other[0] < one[0] + one[2] and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


def test_buttons_with_a_plus_are_large_enough_on_a_phone(studio: Open, story: Story) -> None:
    page = studio(f"/desk/stories/{story.slug}/", viewport={"width": 390, "height": 800}, has_touch=True)
    page.locator(".studio__open").tap()
    page.get_by_role("link", name="All posts").tap()
    expect(page.get_by_role("searchbox")).to_be_visible()
    buttons = page.locator(":is(button, a):has(.icon use[href$='#plus']):visible").evaluate_all(BOXES)
    assert buttons
    assert all(w >= TOUCH and h >= TOUCH for _, _, w, h in buttons), buttons


def test_typing_in_an_empty_story_writes_its_first_narration(studio: Open, transactional_db: None) -> None:
    Site.objects.create(pk=1, name="The Quarter Loaf")
    story = actions.create_story(title="Bread", by=vita(), now=timezone.now())
    page = studio(f"/desk/stories/{story.slug}/")
    expect(page.locator(".item--blank :focus")).to_have_count(1)
    page.keyboard.type("It began ")
    expect(page.locator(".ProseMirror")).to_be_focused()
    expect(page.locator(".item--editing[data-key]")).to_have_count(1)
    page.keyboard.type("in a hurry")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#items > .item .narration")).to_have_text("It began in a hurry")
    expect(page.locator(".item--editing")).to_have_count(0)
    assert words(story) == ["<p>It began in a hurry</p>"]
    page.reload()
    expect(page.locator("#items > .item")).to_have_count(1)
