"""Who we listen to, as visitors see it."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from homespun.conversations.actions.listening import Recognised, begun, listen_to_own, pause
from homespun.conversations.models import Connection, Listening
from homespun.core.models import Site
from homespun.people.models import Account
from tests.conversations.reading import read

pytestmark = pytest.mark.django_db
PAGE = "/listening/"


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Any) -> Site:
    settings.DATA = tmp_path
    cache.clear()
    return Site.objects.create(pk=1, name="Stilewise", contact="hettie@stilewise.example")


def listened(address: str, kind: str = "account", network: str = "mastodon") -> Listening:
    return begun(by=None, now=timezone.now(), recognised=Recognised(network, kind, address))


def words(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert answer.cookies == {}
    return read(answer.content).words


def test_page_lists_what_is_listened_to_and_no_more(client: Client) -> None:
    own = Account.objects.create(uri="https://hill.example/users/hettie", network="mastodon", handle="hettie@hill.example", is_own=True)
    connection = Connection.objects.create(
        network="mastodon", server="https://hill.example", account=own, secret="", connected=timezone.now()
    )
    listen_to_own(connection=connection, by=None, now=timezone.now())
    listened("@bryony@hill.example")
    listened("#stiles", "hashtag", "bluesky")
    listened("https://colm.example/feed", "feed", "web")
    pause(by=None, now=timezone.now(), listening=listened("@quiet@hill.example"))
    page = words(client)
    for shown in ("@hettie@hill.example", "@bryony@hill.example", "#stiles", "https://colm.example/feed"):
        assert shown in page
    assert "quiet" not in page
    assert "hettie@stilewise.example" in page


def test_page_of_nobody_says_so_and_how_to_opt_out(client: Client) -> None:
    page = words(client)
    assert "We don’t listen to anyone at the moment." in page
    assert "Request opt-out" in page


def test_page_says_what_happens_to_published_posts_and_whom_to_contact(client: Client, house: Site) -> None:
    assert "disappear from everything we’ve published here" in words(client)
    Site.objects.update(contact="")
    assert "Our team hasn’t published a contact address yet." in words(client)


def test_every_public_page_leads_there(client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_page_asks_as_much_for_three_as_for_one(client: Client, number: int, django_assert_num_queries: Any) -> None:
    for n in range(number):
        listened(f"@{'abc'[n]}@hill.example")
    client.get(PAGE)
    with django_assert_num_queries(2):
        client.get(PAGE)
