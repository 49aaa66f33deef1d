"""Pasted addresses in the studio: what is said where nothing could be found out, and asking once more."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from homespun.core.models import Site
from homespun.stories import actions, links
from homespun.stories.models import Item, Story
from homespun.stories.views.shown import PART
from tests.stories.factories import account, post, vita
from tests.stories.test_links import Outside

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
REEL = "https://reels.example/sandor"


@pytest.fixture
def desk() -> Client:
    Site.objects.create(pk=1, name="The Quarter Loaf")
    client = Client()
    client.force_login(vita(), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def story() -> Story:
    return actions.create_story(title="On the tram", by=vita(), now=timezone.now())


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "door", Outside)


def items(story: Story) -> str:
    return f"/desk/stories/{story.slug}/items/"


def link(story: Story, title: str = "") -> Item:
    return actions.add_item(story=story, kind="link", url=REEL, title=title, by=vita(), now=timezone.now())


def test_an_address_that_does_not_answer_says_so_in_its_place(desk: Client, story: Story, silence: None) -> None:
    answer = desk.post(items(story), {"kind": "link", "url": REEL, "after": "end"}, headers=HTMX)
    item = Item.objects.get()
    assert [words in answer.text for words in ("No answer.", "Try again", "Write its title")] == [True] * 3
    assert (item.kind, item.url, item.title) == ("link", REEL, "")


def test_it_still_says_so_when_the_studio_is_opened_again(desk: Client, story: Story, silence: None) -> None:
    desk.post(items(story), {"kind": "link", "url": REEL, "after": "end"}, headers=HTMX)
    page = desk.get(f"/desk/stories/{story.slug}/").text
    assert "No answer." in page
    link(story, title="Sandor on a roof")
    assert desk.get(f"/desk/stories/{story.slug}/").text.count("Try again") == 1


def test_asking_once_more_finds_the_title(desk: Client, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    item = link(story)
    monkeypatch.setattr(links, "door", lambda: Outside(reels_example="<title>Sandor on a roof</title>"))
    answer = desk.post(f"{items(story)}{item.pk}/reading/", headers=HTMX)
    item.refresh_from_db()
    assert (item.title, item.version, "Try again" in answer.text) == ("Sandor on a roof", 2, False)


def test_asking_once_more_in_vain_changes_nothing_and_says_why(desk: Client, story: Story, silence: None) -> None:
    item = link(story)
    answer = desk.post(f"{items(story)}{item.pk}/reading/", headers=HTMX)
    item.refresh_from_db()
    assert ("No answer." in answer.text, item.version, item.fetch_error) == (True, 1, "No answer.")
    assert "No answer." in desk.get(f"/desk/stories/{story.slug}/").text
    assert desk.post(f"{items(story)}{item.pk}/reading/").status_code == 302


def test_the_reason_goes_when_the_address_is_replaced(desk: Client, story: Story, silence: None) -> None:
    desk.post(items(story), {"kind": "link", "url": REEL, "after": "end"}, headers=HTMX)
    item = Item.objects.get()
    desk.post(f"{items(story)}{item.pk}/", {"version": 1, "url": f"{REEL}2", "title": "", "caption": ""})
    page = desk.get(f"/desk/stories/{story.slug}/").text
    assert ["No answer." in page, "Homespun couldn’t find its title." in page] == [False, True]


def test_a_title_that_somebody_has_written_stays(desk: Client, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    item = link(story, title="My own")
    monkeypatch.setattr(links, "door", lambda: Outside(reels_example="<title>Theirs</title>"))
    desk.post(f"{items(story)}{item.pk}/reading/")
    item.refresh_from_db()
    assert item.title == "My own"


def test_words_have_no_address_to_be_asked(desk: Client, story: Story) -> None:
    item = actions.add_item(story=story, kind="narration", html="<p>a</p>", by=vita(), now=timezone.now())
    assert desk.post(f"{items(story)}{item.pk}/reading/").status_code == 404


def test_the_panel_says_what_it_added_and_is_empty_again(desk: Client, story: Story, silence: None) -> None:
    answer = desk.post(items(story), {"kind": "link", "url": REEL, "after": "end", "panel": "address"}, headers=HTMX)
    item = Item.objects.get()
    assert f"Added at the end: Link, {REEL}" in answer.text
    assert f"?start=0#item-{item.pk}" in answer.text
    assert ['id="panel-in"' in answer.text, f'value="{REEL}"' in answer.text] == [True, False]
    undone = desk.post(f"{items(story)}deletion/", {"items": item.pk}, headers=HTMX)
    item.refresh_from_db()
    assert (undone.status_code, item.deleted is None) == (200, False)


def test_the_panel_says_beside_the_field_what_is_no_address(desk: Client, story: Story) -> None:
    answer = desk.post(items(story), {"kind": "link", "url": "https://x", "after": "end", "panel": "address"}, headers=HTMX)
    assert (answer.headers["HX-Retarget"], "This is not an address on the web." in answer.text) == ("#panel-in", True)
    assert 'value="https://x"' in answer.text


def test_what_stands_far_below_is_shown_from_there(desk: Client) -> None:
    root = post("Line 0", account("elke"))
    for number in range(1, PART + 5):
        post(f"Line {number}", account("elke"), parent=root)
    long = actions.create_story(title="Many", conversation=root.conversation, by=vita(), now=timezone.now())
    page: Any = desk.get(f"/desk/stories/{long.slug}/?start=5").text
    assert ('<ol class="items items--long" id="items" start="6"' in page, "5 items before this" in page) == (True, True)
    assert page.count('data-sort="') == PART
