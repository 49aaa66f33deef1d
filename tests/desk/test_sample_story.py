"""The sample's story: told from the posts that the sample brings, once, and taken out with it."""

from pathlib import Path

import pytest
from django.test import Client

from homespun.conversations.models import Post, Run, Source
from homespun.conversations.uploads import bringing
from homespun.core.jobs.worker import run_waiting
from homespun.desk import sample
from homespun.stories.models import Item, Story
from homespun.users.models import User
from tests.conversations.archive_pages import NOW, client, data, hettie

__all__ = ["client", "data", "hettie"]


@pytest.fixture
def brought(hettie: User, data: Path) -> None:
    bringing.bring_sample(by=hettie, now=NOW)
    run_waiting()


def test_story_is_told_from_both_sides_with_narration(hettie: User, brought: None) -> None:
    story = sample.tell(by=hettie, now=NOW)
    items = Item.objects.filter(story=story, deleted=None).order_by("position")
    kinds = [item.kind for item in items]
    assert [kinds.count(kind) for kind in ("post", "narration", "video")] == [13, 5, 1]
    authors = Post.objects.filter(uri__in=[item.post_uri for item in items if item.post_uri]).values_list("author__handle", flat=True)
    assert set(authors) == {"stilewise", "bryonyshelves", "idrisatdesk", "moraglintel"}
    assert Post.objects.quotable().filter(uri__in=[item.post_uri for item in items if item.post_uri]).count() == 13


def test_story_is_told_once(hettie: User, brought: None) -> None:
    assert sample.tell(by=hettie, now=NOW).pk == sample.tell(by=hettie, now=NOW).pk


def test_button_of_the_report_opens_the_story(client: Client, brought: None) -> None:
    run = Run.objects.first()
    assert run is not None
    assert client.get(f"/desk/archives/{run.pk}/").content.decode().count("Open the sample story") == 1
    assert client.post("/desk/sample/story/").headers["Location"] == "/desk/stories/the-note-in-the-returns-box/"


def test_today_offers_the_story_until_it_is_told(client: Client, hettie: User, brought: None) -> None:
    assert client.get("/desk/").content.decode().count("Open the sample story") == 1
    sample.tell(by=hettie, now=NOW)
    assert client.get("/desk/").content.decode().count("Open the sample story") == 0


def test_sample_is_taken_out_with_its_story(client: Client, hettie: User, brought: None) -> None:
    story = sample.tell(by=hettie, now=NOW)
    assert client.get("/desk/sample/removal/").content.decode().count("The note in the returns box") == 1
    client.post("/desk/sample/removal/")
    run_waiting()
    assert (Source.objects.count(), Run.objects.count(), Post.objects.count()) == (0, 0, 0)
    assert Story.objects.get(pk=story.pk).deleted is not None
