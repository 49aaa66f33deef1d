"""What stands at an address of the fediverse."""

from collections.abc import Iterator

import pytest

from homespun.http import Door, addresses
from homespun.networks.errors import NetworkError
from homespun.networks.live import Asking
from homespun.networks.mastodon import Client
from homespun.networks.mastodon import client as client_module
from tests.networks.fediverse.servers import Home, homes


@pytest.fixture
def client() -> Client:
    return Client(Asking(Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))))


@pytest.fixture
def two() -> Iterator[list[Home]]:
    with homes(2) as made:
        yield made


def test_post_comes_with_what_its_servers_show_around_it(client: Client, two: list[Home]) -> None:
    root = two[0].write("hettie", 0, "Which?")
    answer = two[1].write("bryony", 1, "The ladder.", root.uri)
    two[0].learn(answer)
    found = client.find(answer.uri)
    assert (found.kind, found.server, [post.uri for post in found.posts]) == ("thread", two[1].url[7:], [answer.uri])
    assert {post.uri: each.server for each in found.around for post in each.posts} == {answer.uri: two[1].url[7:], root.uri: two[0].url[7:]}


def test_page_for_people_leads_to_the_post(client: Client, two: list[Home]) -> None:
    root = two[0].write("hettie", 0, "Which?")
    two[0].odd[f"/@hettie/{root.number}"] = root.note()
    found = client.find(f"{two[0].url}/@hettie/{root.number}")
    assert found.posts[0].uri == root.uri


def test_page_of_another_server_about_it_leads_home(client: Client, two: list[Home]) -> None:
    root = two[0].write("hettie", 0, "Which?")
    two[1].odd["/@hettie@stile.example/123456"] = lambda asked: asked.say(302, location=root.uri)
    assert client.find(f"{two[1].url}/@hettie@stile.example/123456").posts[0].uri == root.uri


def test_handle_is_resolved_to_what_its_own_server_shows(client: Client, two: list[Home]) -> None:
    bryony = two[0].person("bryony", summary="<p>Walks. #nobot</p>", indexable=False)
    found = client.find(f"@bryony@{two[0].url[7:]}")
    assert found.account is not None
    assert (found.kind, found.account.uri, found.account.name, found.account.bio) == ("account", bryony, "Bryony", "Walks. #nobot")
    assert found.account.handle == f"bryony@{two[0].url[7:]}"


def test_house_of_its_own_may_have_servers_without_tls(two: list[Home], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "address_of", lambda server: f"https://{server}")
    bryony, named = two[0].person("bryony"), f"@bryony@{two[0].url[7:]}"
    found = Client(Asking(Door(site="https://stilewise.example", allow=addresses("127.0.0.1")))).find(named)
    assert found.account is not None
    assert found.account.uri == bryony


def test_handle_that_leads_to_somebody_who_is_not_there_is_no_account(client: Client, two: list[Home]) -> None:
    with pytest.raises(NetworkError, match="There is no account @nobody@"):
        client.find(f"@nobody@{two[0].url[7:]}")
    link = {"rel": "self", "type": "application/activity+json", "href": f"{two[1].url}/users/nobody"}
    two[0].odd["/.well-known/webfinger"] = {"subject": "acct:x", "links": [link]}
    with pytest.raises(NetworkError, match="shows no account"):
        client.find(f"@nobody@{two[0].url[7:]}")


def test_posts_under_a_hashtag_are_taken_from_their_own_servers(client: Client, two: list[Home]) -> None:
    here, there = two[0].write("hettie", 0, "#stiles here"), two[1].write("bryony", 1, "#stiles there")
    two[0].odd["/api/v1/timelines/tag/stiles"] = [there.status() | {"content": "<p>forged</p>"}, here.status()]
    found = client.find(f"#stiles@{two[0].url[7:]}")
    assert (found.kind, sorted(post.text for post in found.posts)) == ("feed", ["#stiles here", "#stiles there"])


def test_deleted_post_is_said_to_be(client: Client, two: list[Home]) -> None:
    with pytest.raises(NetworkError, match="Nothing is there any more"):
        client.find(two[0].write("hettie", 0, "Which?", deleted=True).uri)


def test_name_that_only_an_api_knows_is_fetched_from_the_home_of_the_post(client: Client, two: list[Home]) -> None:
    root = two[0].write("hettie", 0, "Which?")
    name = f"{two[1].url}/api/v1/statuses/77"
    two[1].odd["/api/v1/statuses/77"] = root.status() | {"id": "77"}
    (answer,) = client.fetch([name])
    assert (answer.server, answer.posts[0].uri, name in answer.posts[0].names) == (two[0].url[7:], root.uri, True)


def test_own_server_is_asked_whatever_its_robots_say(two: list[Home]) -> None:
    root = two[0].write("hettie", 0, "Which?")
    two[0].robots = b"User-agent: *\nDisallow: /\n"
    door = Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))
    with pytest.raises(NetworkError, match="asks not to be read"):
        Client(Asking(door)).find(root.uri)
    assert Client(Asking(door, server=two[0].url)).find(root.uri).posts[0].uri == root.uri
