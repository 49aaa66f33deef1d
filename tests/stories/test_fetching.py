"""The address of a post, pasted into a story: it comes with its conversation, and stands there as a post."""

import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from homespun.conversations.models import Post
from homespun.networks import known, live
from homespun.networks.values import Visibility
from homespun.stories import links
from homespun.stories.models import Item, Story
from tests.conversations.live import fake
from tests.stories.factories import post, story, vita
from tests.stories.test_links import Outside

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(vita())
    return client


@pytest.fixture
def network(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> fake.Network:
    settings.DATA = tmp_path
    made = fake.Network()
    monkeypatch.setattr(live, "CLIENTS", {"fake": made.client})
    monkeypatch.setattr(known, "NETWORKS", {**known.NETWORKS, "fake": sys.modules[fake.__name__]})
    return made


def pasted(desk: Client, tale: Story, address: str) -> Any:
    data = {"kind": "link", "url": address, "after": "end"}
    return desk.post(f"/desk/stories/{tale.slug}/items/", data, headers={"HX-Request": "true"})


def kinds(tale: Story) -> list[tuple[str, str]]:
    return list(tale.items.order_by("position").values_list("kind", "post_uri"))


def test_post_that_is_held_stands_in_the_story_as_a_post(desk: Client, network: fake.Network) -> None:
    tale, held = story(), post("Hold the lid down.")
    assert pasted(desk, tale, held.url).status_code == 200
    assert kinds(tale) == [(Item.Kind.POST, held.uri)]


def test_post_that_is_not_held_is_fetched_with_its_conversation(desk: Client, network: fake.Network) -> None:
    network.add(fake.post(1, "bryony", "The ladder."))
    tale = story()
    pasted(desk, tale, fake.uri(1))
    assert kinds(tale) == [(Item.Kind.POST, fake.uri(1))]
    assert Post.objects.get().text == "The ladder."


def test_post_that_the_story_has_is_not_put_in_twice(desk: Client, network: fake.Network) -> None:
    tale, held = story(), post("Hold the lid down.")
    pasted(desk, tale, held.url)
    assert "The story has that post already." in pasted(desk, tale, held.url).content.decode()
    assert len(kinds(tale)) == 1


def test_post_that_was_said_to_a_few_stays_on_the_desk(desk: Client, network: fake.Network) -> None:
    tale, held = story(), post("Between us", visibility=Visibility.FOLLOWERS)
    assert "That was said to a few only" in pasted(desk, tale, held.url).content.decode()
    assert kinds(tale) == []


def test_post_of_x_that_is_not_held_is_a_link_that_says_what_helps(
    desk: Client, network: fake.Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "door", Outside)
    tale, address = story(), "https://x.com/somebody/status/1829300000000000001"
    assert "X shows nothing to others." in pasted(desk, tale, address).content.decode()
    assert kinds(tale) == [(Item.Kind.LINK, "")]


def test_post_that_does_not_come_is_a_link_that_says_why(desk: Client, network: fake.Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "door", Outside)
    monkeypatch.setattr(fake.Client, "knows", lambda _self, address: address.startswith("https://bryony.example/"))
    tale = story()
    network.absent["https://bryony.example/9"] = "gone"
    assert "There is nothing at this address any more." in pasted(desk, tale, "https://bryony.example/9").content.decode()
    assert kinds(tale) == [(Item.Kind.LINK, "")]
