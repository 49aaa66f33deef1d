"""The panel beside the story: posts are searched as one types, and come in one by one, all at once, or as a conversation."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from homespun.conversations.actions.indexing import entries, put, take
from homespun.conversations.models import Conversation, Post
from homespun.stories import links
from homespun.stories.models import Item, Story
from tests.stories.browser.conftest import words
from tests.stories.browser.test_studio import Open
from tests.stories.factories import account, post
from tests.stories.test_links import Outside


@pytest.fixture
def others(story: Story) -> Iterator[Post]:
    """A talk of three about soup that is not in the story, and one line about tea."""
    root = post("Soup at the depot?", account("rosalind", "Rosalind Teague"))
    post("Soup it is.", account("quarterloaf"), parent=root)
    post("And a ladle.", account("rosalind"), parent=root)
    post("Tea for me.", account("sandor"))
    Conversation.objects.filter(pk=root.conversation_id).update(posts=3)
    indexed = entries(list(Post.objects.values_list("pk", flat=True)))
    with transaction.atomic():
        put(indexed)
    yield root
    with transaction.atomic():
        take(indexed)  # the index is no table of Django's, which empties those


def find(page: Page, words: str) -> None:
    page.get_by_role("link", name="All posts").click()
    page.get_by_label("Search posts").press_sequentially(words, delay=20)
    expect(page.locator("#found .count")).to_have_text("2 posts")


def count(story: Story) -> int:
    return Item.objects.filter(story=story, deleted=None).count()


def test_posts_are_found_as_one_types_and_added_one_by_one(studio: Open, story: Story, others: Post) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    find(page, "sou")
    expect(page.locator("#found mark").first).to_be_visible()
    page.get_by_role("button", name="Add this post by Rosalind Teague").click()
    expect(page.locator("#items > .item").last).to_contain_text("Soup at the depot?")
    expect(page.locator(".bring.is-in")).to_have_count(1)
    assert count(story) == 5


def test_all_found_come_in_and_go_out_again_by_undo(studio: Open, story: Story, others: Post) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    find(page, "soup")
    page.get_by_role("button", name="Add all 2").click()
    expect(page.locator("#items > .item[data-key]")).to_have_count(6)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#items > .item[data-key]")).to_have_count(4)
    assert count(story) == 4


def test_a_whole_conversation_comes_in_reading_order(studio: Open, story: Story, others: Post) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    find(page, "soup")
    page.get_by_role("button", name="Add its whole conversation, 3 posts").first.click()
    expect(page.locator("#items > .item[data-key]")).to_have_count(7)
    texts = [text.split("\n")[-1] for text in page.locator("#items > .item .item__words").all_inner_texts()]
    assert texts[4:] == ["Soup at the depot?", "Soup it is.", "And a ladle."]


def test_the_panel_is_a_sheet_on_a_phone(studio: Open, story: Story, others: Post) -> None:
    page = studio(f"/desk/stories/{story.slug}/", viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.locator("#panel")).to_be_hidden()
    page.get_by_role("button", name="Add posts").tap()
    find(page, "soup")
    page.get_by_role("button", name="Add this post by Rosalind Teague").tap()
    expect(page.locator("#items > .item[data-key]")).to_have_count(5)
    page.get_by_role("button", name="Close").tap()
    expect(page.locator("#panel")).to_be_hidden()


def test_a_post_is_dragged_from_the_panel_to_its_place(studio: Open, story: Story, others: Post) -> None:
    page = studio(f"/desk/stories/{story.slug}/")
    find(page, "soup")
    expect(page.locator("lend-list[data-lends]")).to_have_count(1)
    page.locator(".bring", has_text="Soup at the depot?").hover(position={"x": 60, "y": 8})
    page.mouse.down()
    box = page.locator("#items > .item").nth(1).bounding_box()
    assert box
    page.mouse.move(box["x"] + 300, box["y"] + box["height"] / 2, steps=12)
    page.mouse.move(box["x"] + 300, box["y"] + box["height"] - 4, steps=6)
    page.mouse.up()
    expect(page.locator("#items > .item[data-key]")).to_have_count(5)
    expect(page.locator("#items > .bring")).to_have_count(0)
    expect(page.locator(".bring.is-in")).to_have_count(1)
    shown = ["Soup at the depot?" in text for text in page.locator("#items > .item[data-key]").all_inner_texts()]
    assert words(story).index(others.uri[-3:]) == shown.index(True)
    assert [shown[0], shown[-1]] == [False, False]


def test_an_address_without_an_answer_is_told_and_brought_into_view(
    studio: Open, story: Story, others: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "door", Outside)
    page = studio(f"/desk/stories/{story.slug}/", viewport={"width": 1280, "height": 420})
    page.get_by_role("link", name="Link", exact=True).click()
    page.get_by_label("Link to a post, a video or a page").fill("https://reels.example/sandor")
    page.get_by_role("button", name="Add at the end").click()
    expect(page.locator("#items > .item").last).to_be_in_viewport()
    expect(page.locator("#items > .item").last).to_contain_text("No answer.")
    expect(page.get_by_label("Link to a post, a video or a page")).to_have_value("")
    monkeypatch.setattr(links, "door", lambda: Outside(reels_example="<title>Sandor on a roof</title>"))
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#items > .item").last).to_contain_text("Sandor on a roof")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#items > .item[data-key]")).to_have_count(4)
