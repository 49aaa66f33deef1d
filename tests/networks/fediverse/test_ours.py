"""What the server of a connected account shows that account: copies are marked as such, and it is given time to fetch more."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import orjson
import pytest

from homespun.conversations.actions.completing import complete
from homespun.conversations.models import Absence, Connection, Post
from homespun.core.security import sealing
from homespun.http import Door, addresses
from homespun.networks.errors import NetworkError
from homespun.networks.live import Asking
from homespun.networks.mastodon import Client
from homespun.networks.protocols import Absent
from homespun.networks.values import Place
from homespun.people.models import Account
from tests.http.servers import Asked
from tests.networks.fediverse.servers import Home, Written, guarded, homes

NOW = datetime(2024, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def door() -> Door:
    return Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))


@pytest.fixture
def two() -> Iterator[list[Home]]:
    with homes(2) as made:
        yield made


def talk(ours: Home, secret: Home) -> list[Written]:
    """We ask; somebody answers whose server shows nothing to strangers; one answer is for us alone."""
    said = [ours.write("stilewise", 0, "Which stile?")]
    said.append(secret.write("bryony", 1, "The ladder.", said[0].uri))
    said.append(secret.write("bryony", 2, "Between us: the gate.", said[0].uri, to=("x",)))
    ours.learn(*said)
    for post in said[1:]:
        secret.odd[post.uri.removeprefix(secret.url)] = lambda asked: asked.say(401)
    return said


def asking(door: Door, ours: Home) -> Asking:
    return Asking(door, server=ours.url, me=f"{ours.url}/users/stilewise", secret={"token": "s3cret"})


@pytest.mark.django_db
def test_copies_of_what_strangers_are_not_shown_are_kept_and_marked(door: Door, two: list[Home], settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    ours, secret = two
    said = talk(ours, secret)
    us = Account.objects.create(uri=f"{ours.url}/users/stilewise", network="mastodon", handle="stilewise", name="Us", is_own=True)
    made = {"network": "mastodon", "server": ours.url, "account": us, "secret": sealing.seal({"token": "s3cret"}), "connected": NOW}
    Connection.objects.create(**made)
    done = complete(by=None, now=NOW, uri=said[0].uri, door=door)
    assert dict(Post.objects.values_list("text", "place")) == {
        "Which stile?": Place.SERVER,
        "The ladder.": Place.COPY,
        "Between us: the gate.": Place.COPY,
    }
    assert [post.text for post in Post.objects.all().quotable().order_by("pk")] == ["Which stile?", "The ladder."]
    assert not Absence.objects.filter(uri=said[1].uri, why="gone").exists()
    assert done.troubles == []


@pytest.mark.parametrize(("status", "kept"), [(410, False), (404, False), (401, True), (503, True)])
def test_copy_of_a_post_is_kept_unless_its_own_host_says_that_it_is_gone(door: Door, two: list[Home], status: int, kept: bool) -> None:
    ours, away = two
    root = ours.write("stilewise", 0, "Which stile?")
    answer = away.write("bryony", 1, "The ladder.", root.uri)
    ours.learn(root, answer)
    away.odd[answer.uri.removeprefix(away.url)] = lambda asked: asked.say(status)
    away.people["bryony"]["outbox"] = None
    client = Client(asking(door, ours))
    (post,) = (post for found in client.fetch([root.uri]) for post in found.posts)
    answers = []
    with suppress(NetworkError):  # a host that doesn't answer is said in the end
        for found in client.around([post]):
            answers.append(found)
    assert (answer.uri in {each.uri for found in answers for each in found.posts}) == kept
    assert (Absent(answer.uri, "gone") in [each for found in answers for each in found.absent]) != kept


def test_server_is_given_time_to_fetch_what_it_lacks(door: Door, two: list[Home]) -> None:
    ours, away = two
    root = away.write("hettie", 0, "Which?")
    late = away.write("bryony", 1, "The ladder.", root.uri)
    away.shows = False
    root.more = late.more = {"replies": None}
    ours.learn(root)
    looks: list[str] = []

    def context(asked: Asked) -> None:
        more = {} if looks else {"mastodon_async_refresh": 'id="abc", retry=0, result_count=0'}
        asked.say(200, orjson.dumps(ours.context(root.number)), content_type="application/json", **more)

    def refresh(asked: Asked) -> None:
        looks.append(asked.path)
        ours.learn(late)
        state = {"async_refresh": {"id": "abc", "status": "running" if len(looks) < 2 else "finished"}}
        asked.say(200, orjson.dumps(state), content_type="application/json")

    ours.odd = {f"/api/v1/statuses/{root.number}/context": context, "/api/v1_alpha/async_refreshes/abc": refresh}
    away.odd["/users/bryony/outbox"] = away.odd["/users/hettie/outbox"] = lambda asked: asked.say(401)
    client = Client(asking(door, ours))
    (post,) = (post for answer in client.fetch([root.uri]) for post in answer.posts)
    found = {each.uri: each.place for answer in client.around([post]) for each in answer.posts}
    assert (len(looks), found[late.uri]) == (2, Place.SERVER)


def test_several_accounts_of_ours_show_what_each_of_their_servers_shows(door: Door) -> None:
    """Servers that are closed to strangers, each with an account of ours: together they show all."""
    with homes(3) as three:
        root = three[0].write("hettie", 0, "Which?")
        said = [root, *(home.write(f"colm{n}", n + 1, f"Mine {n}.", root.uri) for n, home in enumerate(three))]
        three[0].learn(said[2])
        three[1].learn(root, said[1])
        three[2].learn(root)
        for home in three:
            guarded(home, lambda asked: asked.headers.get("authorization") == "Bearer s3cret")
        first, *others = (Asking(door, server=home.url, secret={"token": "s3cret"}) for home in three)
        client = Client(msgspec.structs.replace(first, others=tuple(others)))
        (post,) = (post for answer in client.fetch([root.uri]) for post in answer.posts)
        assert {each.text for answer in client.around([post]) for each in answer.posts} == {"Which?", "Mine 0.", "Mine 1.", "Mine 2."}


def test_nobody_is_asked_about_what_was_said_between_us(door: Door, two: list[Home]) -> None:
    ours, away = two
    said = away.write("bryony", 0, "Between us: which?", to=(f"{ours.url}/users/stilewise",))
    ours.learn(said)
    api = Client(asking(door, ours)).own
    assert api is not None
    (held,) = api.statuses([orjson.dumps(ours.status_of(said))]).posts
    assert [answer.posts for answer in Client(Asking(door)).around([held])] == []
    assert away.server.seen == []


def test_token_is_sent_to_its_own_server_alone(door: Door, two: list[Home]) -> None:
    ours, secret = two
    said = talk(ours, secret)
    client = Client(asking(door, ours))
    (post,) = (post for answer in client.fetch([said[0].uri]) for post in answer.posts)
    list(client.around([post]))
    assert not [path for path, headers in secret.server.seen if "authorization" in headers]
    assert [path for path, headers in ours.server.seen if headers.get("authorization") == "Bearer s3cret"]
