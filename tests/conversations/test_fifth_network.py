"""A fifth network is a file of its own and one line in `networks/known.py`: it is then found, completed, heard, connected and spoken on."""

import pytest
from django.test import Client
from django.utils import timezone

from homespun.conversations.actions.asking import client_for, speaker
from homespun.conversations.actions.completing import complete
from homespun.conversations.actions.finding import find
from homespun.conversations.actions.listening import listen
from homespun.conversations.actions.syncing import sync_due
from homespun.conversations.models import Connection, Post
from homespun.core.door import door
from homespun.networks import known, live
from homespun.networks.protocols import Words
from tests.conversations import fifth
from tests.conversations.connecting import PAGE, begun, come_back, house, owner, soup
from tests.conversations.fifth import BURROW, HOLE, Record

__all__ = ["house", "owner"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def gopher(monkeypatch: pytest.MonkeyPatch) -> None:
    fifth.put_up(monkeypatch, fifth)
    BURROW.update({n: Record(n, who, text, parent) for n, who, text, parent in SAID})


SAID = [(1, "ottoline", "Who has the ladder?", 0), (2, "emrys", "I have.", 1), (3, "ottoline", "Keep it.", 2)]


def held() -> list[str]:
    return list(Post.objects.filter(network=fifth.NETWORK).order_by("published").values_list("text", flat=True))


def test_what_stands_at_its_addresses_is_found_and_completed() -> None:
    came = find(by=None, now=timezone.now(), address=f"{HOLE}/1", door=door())
    complete(by=None, now=timezone.now(), door=door(), conversation=came.conversation)
    assert held() == ["Who has the ladder?", "I have.", "Keep it."]
    kept = Post.objects.get(uri=f"{HOLE}/3")
    assert kept.conversation == came.conversation


def test_what_is_new_there_is_heard() -> None:
    listen(by=None, now=timezone.now(), typed=f"{HOLE}/~ottoline", door=door())
    sync_due(now=timezone.now(), door=door())
    assert held() == ["Who has the ladder?", "Keep it."]


def test_account_there_is_connected_and_speaks(owner: Client) -> None:
    assert [each["id"] for each in soup(owner.get(PAGE).content).select(".section__head:has(+ form) h2")] == [
        "mastodon",
        "bluesky",
        "gopher",
    ]
    assert begun(owner, "gopher", "hettie") == "https://burrow.example/yes?to=The Quarter Loaf"
    come_back(owner, {"state": "a-state"})
    connection = Connection.objects.get(network="gopher", account__handle="hettie@burrow.example")
    assert speaker(connection, door()).post(Words("a-key", "So do I.", f"{HOLE}/1")).parent == f"{HOLE}/1"
    assert live.finds(client_for(connection, door()))


def test_each_of_the_networks_that_there_are_has_what_it_names() -> None:
    for network, package in known.NETWORKS.items():
        assert [name for name in getattr(package, "__all__", ()) if not hasattr(package, name)] == [], network
