"""Where servers that are no Mastodon list what answers a post."""

from collections.abc import Iterator

import orjson
import pytest

from homespun.http import Door, addresses
from homespun.networks.live import Asking
from homespun.networks.mastodon import Client
from tests.http.servers import Asked
from tests.networks.fediverse.servers import Home, homes


@pytest.fixture
def client() -> Client:
    return Client(Asking(Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))))


@pytest.fixture
def two() -> Iterator[list[Home]]:
    with homes(2) as made:
        for home in made:
            home.shows = False
        yield made


def gathered(client: Client, uri: str) -> set[str]:
    posts = [post for answer in client.fetch([uri]) for post in answer.posts]
    return {post.text for answer in client.around(posts) for post in answer.posts}


@pytest.mark.parametrize("name", ["comments", "context"])
def test_comments_of_a_film_and_collections_of_a_conversation_are_read(client: Client, two: list[Home], name: str) -> None:
    film = two[0].write("hettie", 0, "Over a ladder")
    comment = two[1].write("bryony", 1, "Well done.", film.uri)
    two[1].people["bryony"]["outbox"] = None
    listed = f"{two[0].url}/listed"
    film.more = {"replies": None, name: listed}
    two[0].odd["/listed"] = {
        "id": listed,
        "type": "OrderedCollection",
        "first": {"type": "OrderedCollectionPage", "orderedItems": [comment.uri]},
    }
    assert gathered(client, film.uri) == {"Over a ladder", "Well done."}
    assert [path for path, _headers in two[0].server.seen].count("/listed") == 1


def test_misskey_is_asked_in_its_own_way(client: Client, two: list[Home]) -> None:
    home = two[0]
    root = home.write("hettie", 0, "Which?")
    root.more = {"id": f"{home.url}/notes/9aaaaaaaaa", "replies": None}
    here = home.write("hettie", 1, "Mine.", f"{home.url}/notes/9aaaaaaaaa")
    here.more = {"id": f"{home.url}/notes/9bbbbbbbbb", "replies": None}
    there = two[1].write("bryony", 2, "The ladder.", f"{home.url}/notes/9aaaaaaaaa")
    for home_of_one in two:
        for person in home_of_one.people.values():
            person["outbox"] = None
    home.odd |= {"/notes/9aaaaaaaaa": root.note(), "/notes/9bbbbbbbbb": here.note()}

    def children(asked: Asked) -> None:
        told = orjson.loads(asked.sent)
        found = [{"id": "9bbbbbbbbb"}, {"id": "9cccccccccc", "uri": there.uri}] if told["noteId"] == "9aaaaaaaaa" else []
        asked.say(200, orjson.dumps(found), content_type="application/json")

    home.odd["/api/notes/children"] = children
    assert gathered(client, f"{home.url}/notes/9aaaaaaaaa") == {"Which?", "Mine.", "The ladder."}


@pytest.mark.parametrize("names", [True, False])
def test_answer_that_reached_nobody_is_found_in_the_outbox_of_whoever_is_named(client: Client, two: list[Home], names: bool) -> None:
    two[1].names = names
    two[1].person("bryony")
    tag = [{"type": "Mention", "href": f"{two[1].url}/users/bryony", "name": "@bryony"}]
    root = two[0].write("hettie", 0, "Bryony, which?", more={"tag": tag})
    two[1].write("bryony", 1, "The ladder.", root.uri)
    assert gathered(client, root.uri) == {"Bryony, which?", "The ladder."}


def test_all_pages_of_a_long_list_of_replies_are_read(client: Client, two: list[Home]) -> None:
    home = two[0]
    root = home.write("hettie", 0, "Which?")
    replies = [two[1].write("bryony", minute, f"Stile {minute}.", root.uri) for minute in range(1, 41)]
    two[1].people["bryony"]["outbox"] = None
    root.more = {"replies": f"{home.url}/page/0"}
    for number in range(21):
        items = [each.uri for each in replies[number * 2 : number * 2 + 2]]
        page = {"id": f"{home.url}/page/{number}", "type": "CollectionPage", "items": items, "next": f"{home.url}/page/{number + 1}"}
        home.odd[f"/page/{number}"] = page
    assert len(gathered(client, root.uri)) == 41


def test_check_that_is_over_names_what_it_left(client: Client, two: list[Home]) -> None:
    root = two[0].write("hettie", 0, "Which?")
    replies = [two[1].write("bryony", minute, f"Stile {minute}.", root.uri).uri for minute in range(1, 9)]
    two[0].odd["/replies"] = {"id": f"{two[0].url}/replies", "type": "Collection", "items": replies}
    root.more = {"replies": f"{two[0].url}/replies"}
    held = [post for answer in client.fetch([root.uri]) for post in answer.posts]
    seen: set[str] = set()

    def is_over() -> bool:
        return len(seen) >= 3

    answers = []
    for answer in client.around(held, is_over=is_over):
        seen.update(post.uri for post in answer.posts if post.uri != root.uri)
        answers.append(answer)
    assert (len(seen), {*answers[-1].hints}) == (3, {*replies} - seen)
    again = [post.uri for answer in client.around(held, named=answers[-1].hints) for post in answer.posts]
    assert again[1:6] == list(answers[-1].hints)
