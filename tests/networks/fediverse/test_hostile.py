"""Servers that are slow, endless, lying or going in circles: each ends in a bounded number of questions and a sentence."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from homespun.http import Door, addresses
from homespun.networks.errors import NetworkError
from homespun.networks.live import Asking
from homespun.networks.mastodon import Client, asking
from homespun.networks.values import Post
from tests.http import servers
from tests.http.servers import Asked
from tests.networks.fediverse.servers import Home, Written, homes


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(asking, "DEADLINE", 0.8)
    return Client(Asking(Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))))


@pytest.fixture
def two() -> Iterator[list[Home]]:
    with homes(2) as made:
        yield made


def talk(good: Home, bad: Home) -> tuple[Written, Written]:
    """A question at a good server, and its answer at a bad one."""
    root = good.write("hettie", 0, "Which stile?")
    answer = bad.write("mallory", 1, "Mine.", root.uri)
    good.learn(answer)
    return root, answer


def gathered(client: Client, *uris: str) -> tuple[dict[str, Post], dict[str, str], str]:
    """Posts by uri, why others are absent, and what was said in the end."""
    posts: dict[str, Post] = {}
    absent: dict[str, str] = {}
    for answer in client.fetch(uris):
        posts |= {post.uri: post for post in answer.posts}
    try:
        for answer in client.around(list(posts.values())):
            posts |= {post.uri: post for post in answer.posts}
            absent |= {each.uri: each.why for each in answer.absent}
    except NetworkError as error:
        return posts, absent, str(error.said)
    return posts, absent, ""


def json(body: Any) -> Callable[[Asked], None]:
    return lambda asked: asked.say(200, body, content_type="application/activity+json")


def endless(asked: Asked) -> None:
    asked.send_response(200)
    asked.send_header("content-type", "application/activity+json")
    asked.end_headers()
    while True:
        asked.wfile.write(b" " * 65536)


BAD = {
    "slow": (servers.dripping_headers, "took too long"),
    "endless": (endless, "larger than"),
    "large": (json(b'{"id": "' + b"x" * 10_000_000 + b'"}'), "larger than"),
    "redirecting inside": (servers.sent_on("http://127.0.0.2:8000/users/x"), "not one of the open web"),
    "redirecting in circles": (lambda asked: asked.say(302, location=asked.path), "never arrives"),
    "failing": (servers.failing(500), "answered 500"),
    "html": (servers.page, "something else"),
    "no json": (json(b"<html>"), "no object"),
    "a list": (json(b"[]"), "no object"),
    "deep": (json(b'{"a":' * 100_000), "no object"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_server_is_said_and_the_others_are_read(client: Client, two: list[Home], name: str) -> None:
    good, bad = two
    root, answer = talk(good, bad)
    how, sentence = BAD[name]
    bad.odd |= {path: how for path in (f"/users/mallory/statuses/{answer.number}", "/users/mallory", "/users/mallory/outbox")}
    posts, _absent, said = gathered(client, root.uri)
    assert [*posts] == [root.uri]
    assert sentence in said
    assert bad.url.partition("://")[2] in said
    assert len(bad.server.seen) < 25


def test_answer_that_is_out_of_reach_is_named_as_a_ghost_where_others_answer_it(client: Client, two: list[Home]) -> None:
    good, bad = two
    _root, answer = talk(good, bad)
    below = good.write("hettie", 2, "Is it?", answer.uri)
    bad.status = 500
    _posts, absent, _said = gathered(client, below.uri)
    assert absent == {answer.uri: "unreachable"}


def test_host_that_does_not_answer_is_left_alone_after_two_tries(client: Client, two: list[Home]) -> None:
    good, bad = two
    root, _answer = talk(good, bad)
    for minute in range(2, 12):
        good.learn(bad.write("mallory", minute, "More.", root.uri))
    for path in [f"/users/mallory/statuses/{each.number}" for each in bad.own.values()]:
        bad.odd[path] = servers.dripping_headers
    began = time.monotonic()
    gathered(client, root.uri)
    assert time.monotonic() - began < 6
    assert len([path for path, _headers in bad.server.seen if "/statuses/" in path]) == 2


@pytest.mark.parametrize("whose", ["id", "attributedTo"])
def test_object_that_says_it_is_of_another_server_is_nobodys_word(client: Client, two: list[Home], whose: str) -> None:
    good, bad = two
    _root, answer = talk(good, bad)
    answer.more = {whose: f"{good.url}/users/hettie" + ("/statuses/1" if whose == "id" else "")}
    below, good.shows = good.write("hettie", 2, "Is it?", answer.uri), False
    posts, absent, said = gathered(client, below.uri)
    assert ([*posts], [*absent]) == ([below.uri], [answer.uri])
    assert absent[answer.uri] == {"id": "unreachable", "attributedTo": "hidden"}[whose]
    assert {"id": "is another server's", "attributedTo": "somebody of another server wrote it"}[whose] in said


def test_server_cannot_put_words_into_the_mouth_of_another(client: Client, two: list[Home]) -> None:
    good, bad = two
    root, answer = talk(good, bad)
    said = good.write("hettie", 3, "Thank you.", answer.uri)
    forged = said.status() | {"content": "<p>Never again.</p>", "in_reply_to_id": answer.number}
    bad.odd[f"/api/v1/statuses/{answer.number}/context"] = {"ancestors": [], "descendants": [forged]}
    posts, _absent, _said = gathered(client, answer.uri)
    assert posts[said.uri].text == "Thank you."
    assert posts[root.uri].text == "Which stile?"


def test_circles_of_answers_and_of_pages_end(client: Client, two: list[Home]) -> None:
    good, bad = two
    root, answer = talk(good, bad)
    root.parent = answer.uri
    at = f"{bad.url}/users/mallory/statuses/{answer.number}/replies"
    bad.shows = good.shows = False
    page = {"id": at, "type": "CollectionPage", "items": [root.uri, answer.uri], "next": f"{at}?page=true", "first": at}
    bad.odd[f"/users/mallory/statuses/{answer.number}/replies"] = page
    bad.odd["/users/mallory/outbox"] = page | {"orderedItems": [None, 7, {"type": "Create"}, {"type": "Create", "object": []}]}
    posts, _absent, said = gathered(client, root.uri)
    assert (sorted(posts), said) == (sorted([root.uri, answer.uri]), "")
    assert len(bad.server.seen) + len(good.server.seen) < 30


def test_endless_new_pages_and_answers_end_with_the_budget_of_the_host(two: list[Home]) -> None:
    client = Client(Asking(Door(site="https://stilewise.example", allow=addresses("127.0.0.1"), budget=100)))
    good, bad = two
    root, answer = talk(good, bad)
    bad.shows = False

    def made(asked: Asked) -> None:
        """Every answer has another one."""
        number = int(asked.path.rpartition("/")[2])
        bad.odd[f"/users/mallory/statuses/{number + 1}"] = made
        uri = f"{bad.url}{asked.path}"
        on = {"type": "Collection", "items": [f"{bad.url}/users/mallory/statuses/{number + 1}"]}
        post = Written(uri, answer.author, str(number), 2, "More.", root.uri, more={"replies": on})
        servers_say(asked, post.note())

    bad.odd["/users/mallory/statuses/1"] = made
    answer.more = {"replies": {"type": "Collection", "items": [f"{bad.url}/users/mallory/statuses/1"]}}
    posts, _absent, said = gathered(client, root.uri)
    assert len(bad.server.seen) <= 101
    assert len(posts) > 50
    assert "often enough" in said


def servers_say(asked: Asked, found: dict[str, Any]) -> None:
    asked.say(200, orjson.dumps(found), content_type="application/activity+json")


def test_named_posts_that_have_nothing_to_do_with_it_are_not_taken(client: Client, two: list[Home]) -> None:
    good, bad = two
    root, answer = talk(good, bad)
    other = good.write("hettie", 3, "About gates.")
    under = good.write("hettie", 4, "More about gates.", other.uri)
    bad.shows = False
    answer.more = {"replies": {"type": "Collection", "items": [under.uri, other.uri, "mailto:x", 7, None]}}
    posts, _absent, _said = gathered(client, root.uri)
    assert sorted(posts) == sorted([root.uri, answer.uri])


@pytest.mark.parametrize("turned", [False, True])
def test_foreign_conversation_that_a_server_shows_around_its_own_post_is_not_joined(client: Client, two: list[Home], turned: bool) -> None:
    good, bad = two
    root, answer = talk(good, bad)
    other = good.write("hettie", 3, "About gates.")
    under = good.write("colm", 4, "More about gates.", other.uri)
    named = [under.status(), other.status()] if turned else [other.status(), under.status()]
    bad.odd[f"/api/v1/statuses/{answer.number}/context"] = {"ancestors": [], "descendants": named}
    posts, _absent, _said = gathered(client, root.uri)
    assert sorted(posts) == sorted([root.uri, answer.uri])


def test_asking_can_be_ended_while_a_server_names_what_has_nothing_to_do_with_it(client: Client, two: list[Home]) -> None:
    good, bad = two
    root, answer = talk(good, bad)
    bad.shows = False
    others = [bad.write("mallory", minute, "About gates.") for minute in range(3, 13)]
    answer.more = {"replies": {"type": "Collection", "items": [each.uri for each in others]}}
    held = [post for each in client.fetch([root.uri, answer.uri]) for post in each.posts]
    told = [each.asked for each in client.around(held)]
    assert (sum(told) >= len(others), max(told) < len(others)) == (True, True)


def test_bomb_of_html_is_read_as_words_and_keeps_no_html(client: Client, two: list[Home]) -> None:
    good, bad = two
    root, answer = talk(good, bad)
    answer.text = "<div>" * 20_000 + "end"
    posts, _absent, said = gathered(client, root.uri)
    assert (posts[answer.uri].text, posts[answer.uri].html, said) == ("end", "", "")
