"""Settings > Listening: what is listened to, how each is and how to mend it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from homespun.conversations.actions.listening import Recognised, begun, listen_to_own
from homespun.conversations.actions.syncing import sync
from homespun.conversations.models import Listening, Stream
from homespun.core.models import Site
from homespun.http import Door
from homespun.users.models import Role, User
from tests.conversations.live.fake import post
from tests.conversations.live.listened import Network, connection
from tests.conversations.reading import read

pytestmark = pytest.mark.django_db
PAGE = "/desk/settings/listening/"
BRYONY = "@bryony@bryony.example"


@pytest.fixture
def network(to_hear: Network) -> Network:
    return to_hear


def signed_in(role: str = Role.OWNER) -> Client:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    client = Client()
    client.force_login(User.objects.create(email=f"{role}@stilewise.example", name="Hettie", role=role, last_seen=timezone.now()))
    return client


def listened(address: str = BRYONY) -> Listening:
    return begun(by=None, now=timezone.now(), recognised=Recognised("fake", "account", address))


def asked(row: Listening) -> None:
    sync(listening=row.pk, now=timezone.now(), door=Door(site="https://stilewise.example"))


def words(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return read(response.content).words


def test_empty_page_says_what_to_do(network: Network) -> None:
    assert "Nobody is listened to yet. Type a customer’s account" in words(signed_in())


def test_what_is_typed_is_listened_to_and_stands_there(network: Network) -> None:
    client = signed_in(Role.EDITOR)
    answer = client.post(PAGE, {"address": "bryony@bryony.example"}, follow=True)
    page = read(answer.content).words
    assert f"From now on we listen to {BRYONY}. It is asked at once." in page
    assert "Not asked yet." in page
    assert 'hx-trigger="every 3s"' in answer.content.decode()
    assert Listening.objects.get().source.added_by == User.objects.get()


def test_what_cannot_be_listened_to_is_said_beside_what_was_typed(network: Network) -> None:
    answer = signed_in().post(PAGE, {"address": "just words"})
    assert "“just words” is nothing that can be listened to from here." in read(answer.content).words
    assert 'value="just words"' in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (BRYONY, "An account, on Fake: everything that it posts in public."),
        ("#stiles", "A hashtag: everything that carries it, on Fake. For Mastodon, name a server: #tag@server."),
        ("fake://post/1", "An address of Fake. What stands there is found out when it is asked."),
        ("just words", "“just words” is nothing that can be listened to from here."),
        ("", ""),
    ],
)
def test_what_is_typed_is_recognised_in_words(network: Network, typed: str, said: str) -> None:
    answer = signed_in().get(f"{PAGE}recognised/", {"address": typed})
    assert answer.content.decode().strip() == said


def test_source_that_works_says_when_and_how_many(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."), post(2, "bryony", "The gate."))
    asked(listened())
    client = signed_in()
    page = words(client)
    assert "Bryony" in page and "Well. Asked" in page
    assert "every 3s" not in client.get(PAGE).content.decode()
    assert "2newest" in page


def test_source_that_fails_says_why_and_when_it_is_tried_again(network: Network) -> None:
    network.broken = True
    row = listened()
    asked(row)
    assert "The other side could not be reached. It is tried again:" in words(signed_in())
    Listening.objects.update(failures=12)
    assert "See whether the address still holds; else stop listening to it." in words(signed_in(Role.EDITOR))


def test_own_account_that_is_broken_leads_to_where_it_is_mended(network: Network) -> None:
    ours = connection()
    listen_to_own(connection=ours, by=None, now=timezone.now())
    type(ours).objects.update(state="broken")
    Listening.objects.update(trouble="It has to be connected again.", failures=1)
    client = signed_in()
    assert "Connect it again" in words(client)
    type(ours).objects.update(state="ended")
    assert "Nobody is listened to yet." in words(client)


def test_paused_source_goes_on_and_a_stopped_one_is_gone(network: Network) -> None:
    row, client = listened(), signed_in()
    client.post(f"{PAGE}{row.pk}/pause/")
    assert "Paused." in words(client)
    client.post(f"{PAGE}{row.pk}/continuation/")
    row.refresh_from_db()
    assert row.due is not None
    answer = client.post(f"{PAGE}{row.pk}/end/", follow=True)
    assert f"We no longer listen to {BRYONY}. What it brought stays." in read(answer.content).words
    assert Listening.objects.count() == 0


def test_own_account_cannot_be_stopped(network: Network) -> None:
    rows = listen_to_own(connection=connection(), by=None, now=timezone.now())
    signed_in().post(f"{PAGE}{rows[0].pk}/end/")
    assert Listening.objects.count() == 2


def test_streams_say_how_they_are(network: Network) -> None:
    now = timezone.now()
    Stream.objects.create(name="bluesky", network="bluesky", begun=now, heard=now)
    Stream.objects.create(name="fake", network="fake", begun=now - timedelta(hours=1))
    page = words(signed_in())
    assert "Bluesky Heard" in page
    assert "Silent. What it leaves out is asked for." in page


def test_contributors_see_nothing_of_it(network: Network) -> None:
    client = signed_in(Role.CONTRIBUTOR)
    assert client.get(PAGE).status_code == 404
    assert "Listening" not in words(client, "/desk/settings/team/")


@pytest.mark.parametrize("number", [1, 3])
def test_page_asks_as_much_for_three_as_for_one(network: Network, number: int, django_assert_num_queries: Any) -> None:
    for n in range(number):
        name = "abc"[n]
        network.says(f"@{name}@{name}.example", post(n + 1, name, "A stile."))
        asked(listened(f"@{name}@{name}.example"))
    client = signed_in()
    client.get(PAGE)
    with django_assert_num_queries(7):
        assert client.get(PAGE).status_code == 200
