"""What is new at an address: cursors go on behind what was read, and nothing is taken from whom it is not of."""

from collections.abc import Iterator
from typing import Any

import pytest

from homespun.http import Door, addresses
from homespun.networks.errors import NetworkError
from homespun.networks.live import Asking
from homespun.networks.mastodon import Client
from homespun.networks.protocols import MENTIONS
from homespun.networks.values import Page, Place
from tests.networks.fediverse.servers import Home, homes


@pytest.fixture
def door() -> Door:
    return Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))


@pytest.fixture
def two() -> Iterator[list[Home]]:
    with homes(2) as made:
        yield made


def read(client: Client, address: str, cursor: dict[str, Any]) -> tuple[list[Page], dict[str, Any]]:
    """All pages, and the cursor of the last."""
    pages = list(client.pages(address, cursor))
    return pages, pages[-1].cursor if pages else cursor


def texts(pages: list[Page]) -> list[str]:
    return [post.text for page in pages for post in page.posts]


@pytest.mark.parametrize("shows", [True, False])
def test_account_is_read_from_its_newest_and_then_behind_the_cursor(door: Door, two: list[Home], shows: bool) -> None:
    home = two[0]
    home.shows = shows
    for minute in range(3):
        home.write("bryony", minute, f"Stile {minute}")
    home.write("colm", 3, "Not hers")
    client, address = Client(Asking(door)), f"@bryony@{home.url[7:]}"
    pages, cursor = read(client, address, {})
    assert texts(pages) == ["Stile 0", "Stile 1", "Stile 2"]
    for minute in range(4, 4 + 90 if shows else 10):
        home.write("bryony", minute, f"Stile {minute}")
    later, cursor = read(client, address, cursor)
    assert texts(later)[-3:] == [f"Stile {minute}" for minute in ((91, 92, 93) if shows else (7, 8, 9))]
    assert len({*texts(later)} - {"Stile 2"}) == (90 if shows else 6)
    assert not {*texts(read(client, address, cursor)[0])} - {texts(later)[-1]}


def test_outbox_that_only_names_posts_is_read_one_by_one(door: Door, two: list[Home]) -> None:
    home = two[0]
    home.shows, home.names = False, True
    for minute in range(3):
        home.write("bryony", minute, f"Stile {minute}")
    (page,), _cursor = read(Client(Asking(door)), f"@bryony@{home.url[7:]}", {})
    assert texts([page]) == ["Stile 0", "Stile 1", "Stile 2"]


def test_answer_of_an_account_names_what_it_answers_elsewhere(door: Door, two: list[Home]) -> None:
    root = two[1].write("hettie", 0, "Which?")
    answer = two[0].write("bryony", 1, "The ladder.", root.uri)
    two[0].learn(root)
    (page,), _cursor = read(Client(Asking(door)), f"@bryony@{two[0].url[7:]}", {})
    assert [(post.uri, post.parent, post.place) for post in page.posts] == [(answer.uri, root.uri, Place.SERVER)]


def test_hashtag_brings_each_post_from_its_own_server(door: Door, two: list[Home]) -> None:
    there = two[1].write("hettie", 0, "#stiles over there")
    two[0].write("bryony", 1, "#stiles here")
    two[0].learn(there)
    client, address = Client(Asking(door)), f"#stiles@{two[0].url[7:]}"
    pages, cursor = read(client, address, {})
    assert texts(pages) == ["#stiles over there", "#stiles here"]
    assert any(path.endswith(there.number) for path, _headers in two[1].server.seen)
    assert read(client, address, cursor)[0] == []


def test_hashtag_of_a_server_that_shows_it_to_nobody_is_said(door: Door, two: list[Home]) -> None:
    two[0].odd["/api/v1/timelines/tag/stiles"] = lambda asked: asked.say(401)
    with pytest.raises(NetworkError, match="signed in"):
        list(Client(Asking(door)).pages(f"#stiles@{two[0].url[7:]}", {}))


def test_mentions_are_read_with_the_token_and_copies_are_marked(door: Door, two: list[Home]) -> None:
    home, away = two
    client = Client(Asking(door, server=home.url, me=home.person("stilewise"), secret={"token": "s3cret"}))
    asks = home.write("bryony", 0, "@stilewise which?")
    foreign = away.write("colm", 1, "@stilewise mine.")
    home.learn(foreign)
    home.notices = [
        {"id": "1", "type": "mention", "status": home.status_of(asks)},
        {"id": "2", "type": "favourite", "status": home.status_of(asks)},
        {"id": "3", "type": "mention", "status": home.status_of(foreign) | {"visibility": "direct"}},
        {"id": "4", "type": "mention", "status": None},
    ]
    pages, cursor = read(client, MENTIONS, {})
    found = [(post.text, post.place, post.visibility) for page in pages for post in page.posts]
    assert found == [("@stilewise which?", Place.SERVER, 1), ("@stilewise mine.", Place.COPY, 4)]
    assert cursor == {"min": "4"}
    _path, headers = next(each for each in home.server.seen if each[0].startswith("/api/v1/notifications"))
    assert headers["authorization"] == "Bearer s3cret"
    assert not [1 for _path, headers in away.server.seen if "authorization" in headers]
    assert read(client, MENTIONS, cursor)[0] == []


def test_mentions_of_nobody_cannot_be_read(door: Door) -> None:
    with pytest.raises(NetworkError, match="Connect it first"):
        list(Client(Asking(door)).pages(MENTIONS, {}))
