"""A conversation over three servers, none of which holds all of it, gathered through the one door."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from homespun.conversations.actions.completing import complete
from homespun.conversations.models import Absence, Post, Sighting
from homespun.conversations.queries import shape
from homespun.conversations.queries.tree import forget
from homespun.http import Door, addresses
from tests.networks.fediverse.servers import Home, Written, homes

NOW = datetime(2024, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def door() -> Door:
    return Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))


@pytest.fixture
def three() -> Iterator[list[Home]]:
    with homes(3) as made:
        yield made


def talk(stile: Home, fell: Home, moor: Home) -> list[Written]:
    """Seven posts by three people at home on three servers."""
    said = [stile.write("hettie", 0, "Which stile held you up?")]
    said.append(fell.write("bryony", 1, "The ladder.", said[0].uri))
    said.append(stile.write("hettie", 2, "Why that one?", said[1].uri))
    said.append(fell.write("bryony", 3, "It is wet.", said[2].uri))
    said.append(moor.write("colm", 4, "And steep.", said[3].uri))
    said.append(moor.write("colm", 5, "But short.", said[4].uri))
    said.append(moor.write("colm", 6, "Ours is worse.", said[0].uri))
    return said


def reach(home: Home, said: list[Written], *without: int) -> int:
    """All but some reach it; how many it then shows."""
    home.learn(*(post for n, post in enumerate(said) if n not in without))
    return len([post for post in said if post.uri in home.all])


@pytest.mark.django_db
@pytest.mark.parametrize("start", range(7))
@pytest.mark.parametrize("shows", [True, False])
def test_union_of_three_servers_is_whole_wherever_one_begins(three: list[Home], door: Door, start: int, shows: bool) -> None:
    said = talk(*three)
    assert [reach(three[0], said, 6), reach(three[1], said, 5, 6), reach(three[2], said, 1)] == [6, 5, 6]
    for home in three:
        home.shows = shows
    forget()
    done = complete(by=None, now=NOW, uri=said[start].uri, door=door)
    assert sorted(Post.objects.values_list("uri", flat=True)) == sorted(post.uri for post in said)
    assert sorted(done.places) == sorted(home.url.partition("://")[2] for home in three)
    tree = shape(done.conversation)
    assert (len(tree.leaves), tree.ghosts, done.troubles) == (7, {}, [])
    assert sum(len(home.server.seen) for home in three) < (60 if shows else 90)
    names = set(Post.objects.values_list("author__name", flat=True))
    assert names == {"Hettie", "Bryony", "Colm"}


@pytest.mark.django_db
def test_second_asking_brings_nothing_new_and_a_later_answer_one(three: list[Home], door: Door) -> None:
    said = talk(*three)
    for home in three:
        reach(home, said)
    complete(by=None, now=NOW, uri=said[0].uri, door=door)
    again = complete(by=None, now=NOW, uri=said[0].uri, door=door)
    assert (again.new, again.troubles) == (0, [])
    late = three[2].write("colm", 50, "Go and see.", said[6].uri)
    assert complete(by=None, now=NOW, uri=said[0].uri, door=door).new == 1
    assert Post.objects.filter(uri=late.uri).exists()


@pytest.mark.django_db
def test_posts_are_seen_where_they_are_at_home_and_nowhere_else(three: list[Home], door: Door) -> None:
    said = talk(*three)
    for home in three:
        reach(home, said)
    complete(by=None, now=NOW, uri=said[0].uri, door=door)
    for post in Post.objects.all():
        places = Sighting.objects.filter(post=post).values_list("source__title", flat=True)
        assert [*places] == [post.uri.split("/")[2]]


@pytest.mark.django_db
def test_deleted_hidden_and_forbidden_posts_stay_ghosts_that_say_why(three: list[Home], door: Door) -> None:
    stile, fell, moor = three
    root = stile.write("hettie", 0, "Which?")
    gone = fell.write("bryony", 1, "This.", root.uri, deleted=True)
    below = stile.write("hettie", 2, "Oh?", gone.uri)
    secret = moor.write("colm", 3, "That.", root.uri)
    moor.odd[f"/users/colm/statuses/{secret.number}"] = lambda asked: asked.say(401)
    stile.write("hettie", 4, "Really.", secret.uri)
    for home in three:
        home.learn(root, gone, below, secret)
    complete(by=None, now=NOW, uri=root.uri, door=door)
    complete(by=None, now=NOW, uri=below.uri, door=door)
    assert dict(Absence.objects.values_list("uri", "why")) == {gone.uri: "gone", secret.uri: "hidden"}


@pytest.mark.django_db
@pytest.mark.parametrize("robots", [b"User-agent: *\nDisallow: /\n", b"User-agent: Homespun\nDisallow: /users/\n"])
def test_robots_of_a_foreign_server_are_obeyed(three: list[Home], door: Door, robots: bytes) -> None:
    said = talk(*three)
    three[1].robots = robots
    for home in three:
        reach(home, said)
    complete(by=None, now=NOW, uri=said[0].uri, door=door)
    assert {Absence.objects.get(uri=said[1].uri).why, Absence.objects.get(uri=said[3].uri).why} == {"left out"}
    assert not [path for path, _headers in three[1].server.seen if path.startswith("/users/")]
    held = Post.objects.get(uri=said[5].uri)
    assert held.conversation == Post.objects.get(uri=said[0].uri).conversation  # although what joins them is not shown
    assert len(shape(held.conversation).leaves) == 5


@pytest.mark.django_db
def test_what_servers_tell_each_other_is_no_crawling(three: list[Home], door: Door) -> None:
    said = talk(*three)
    three[1].robots = b"User-agent: *\nCrawl-delay: 500\nDisallow: /api/\nDisallow: /.well-known/\nDisallow: /users/\n"
    for home in three:
        reach(home, said)
    complete(by=None, now=NOW, uri=said[0].uri, door=door)
    assert set(Post.objects.values_list("uri", flat=True)) == {each.uri for each in said}
    assert not [path for path, _headers in three[1].server.seen if path.startswith("/api/")]


@pytest.mark.django_db
def test_followers_only_and_direct_posts_are_marked_and_not_asked_about(three: list[Home], door: Door) -> None:
    stile, fell, _moor = three
    root = stile.write("hettie", 0, "Which?")
    quiet = fell.write("bryony", 1, "This.", root.uri, to=(f"{fell.url}/users/bryony/followers",))
    complete(by=None, now=NOW, uri=quiet.uri, door=door)
    assert Post.objects.get(uri=quiet.uri).visibility == 3
    assert not list(Post.objects.filter(uri=quiet.uri).quotable())


@pytest.mark.django_db
def test_edit_at_its_server_is_followed(three: list[Home], door: Door) -> None:
    said = talk(*three)
    complete(by=None, now=NOW, uri=said[0].uri, door=door)
    said[0].text, said[0].more = "Which gate held you up?", {"updated": "2024-03-10T11:00:00Z"}
    complete(by=None, now=NOW, uri=said[0].uri, door=door)
    post = Post.objects.get(uri=said[0].uri)
    assert (post.text, post.state) == ("Which gate held you up?", 2)
