"""The panel beside the story: posts are searched as one types, and come in one by one, all at once, or as a conversation."""

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from homespun.conversations.actions.indexing import entries, put
from homespun.conversations.models import Conversation, Post
from homespun.stories.models import Item, Story
from tests.stories.browser.test_studio import Open
from tests.stories.factories import account, post


@pytest.fixture
def others(story: Story) -> Post:
    """A talk of three about soup that is not in the story, and one line about tea."""
    root = post("Soup at the depot?", account("rosalind", "Rosalind Teague"))
    post("Soup it is.", account("quarterloaf"), parent=root)
    post("And a ladle.", account("rosalind"), parent=root)
    post("Tea for me.", account("sandor"))
    Conversation.objects.filter(pk=root.conversation_id).update(posts=3)
    with transaction.atomic():
        put(entries(list(Post.objects.values_list("pk", flat=True))))
    return root


def find(page: Page, words: str) -> None:
    page.get_by_role("link", name="All posts").click()
    page.get_by_label("Find a post").press_sequentially(words, delay=20)
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
    page.get_by_role("button", name="Bring its whole conversation, 3 posts").first.click()
    expect(page.locator("#items > .item[data-key]")).to_have_count(7)
    texts = [text.split("\n")[-1] for text in page.locator("#items > .item .item__words").all_inner_texts()]
    assert texts[4:] == ["Soup at the depot?", "Soup it is.", "And a ladle."]


def test_the_panel_is_a_sheet_on_a_phone(studio: Open, story: Story, others: Post) -> None:
    page = studio(f"/desk/stories/{story.slug}/", viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.locator("#panel")).to_be_hidden()
    page.get_by_role("button", name="Bring something in").tap()
    find(page, "soup")
    page.get_by_role("button", name="Add this post by Rosalind Teague").tap()
    expect(page.locator("#items > .item[data-key]")).to_have_count(5)
    page.get_by_role("button", name="Close").tap()
    expect(page.locator("#panel")).to_be_hidden()
