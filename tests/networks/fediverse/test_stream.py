"""What a server tells a connected account while it happens."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import orjson
import pytest
from django.db import transaction

from homespun.conversations.actions.hearing import Hearing, gone, opened, wanted
from homespun.conversations.actions.listening import listen
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import Connection, Post, Sighting, State
from homespun.http import Door, addresses
from homespun.networks.errors import NetworkError, SignedOut
from homespun.networks.live import Asking
from homespun.networks.mastodon import Client, stream
from homespun.networks.protocols import Heard
from homespun.networks.said import Said
from homespun.networks.values import Place
from homespun.people.models import Account
from tests.http.servers import Asked
from tests.networks.fediverse.servers import Home, homes

NOW = datetime(2024, 3, 10, 12, 0, tzinfo=UTC)
PATH, TAGGED = "/api/v1/streaming/user", "/api/v1/streaming/hashtag"


@pytest.fixture
def two() -> Iterator[list[Home]]:
    with homes(2) as made:
        yield made


def client(home: Home, lost: Callable[[Said], None] | None = None) -> Client:
    door = Door(site="https://stilewise.example", allow=addresses("127.0.0.1"))
    return Client(Asking(door, server=home.url, me=f"{home.url}/users/stilewise", secret={"token": "s3cret"}, lost=lost))


def telling(*events: bytes) -> Callable[[Asked], None]:
    """These events, then the end."""

    def told(asked: Asked) -> None:
        asked.send_response(200)
        asked.send_header("content-type", "text/event-stream")
        asked.end_headers()
        asked.wfile.write(b":)\n")
        for each in events:
            asked.wfile.write(each)

    return told


def event(kind: str, data: object) -> bytes:
    written = data if isinstance(data, bytes) else orjson.dumps(data)
    return b"event: " + kind.encode() + b"\ndata: " + written + b"\n\n"


def hear(one: Client, *uris: str) -> tuple[list[Heard], str]:
    """What was told and what was said in the end."""
    heard: list[Heard] = []
    try:
        for each in one.stream(list(uris), {}, lambda: False):
            heard.append(each)
    except NetworkError as error:
        return heard, str(error.said)
    return heard, ""


def test_event_without_an_end_is_not_read_to_it(two: list[Home]) -> None:
    home = two[0]
    home.odd[PATH] = telling(b"event: update\n", *[b"data: " + b"x" * 60_000 + b"\n"] * 100)
    heard, said = hear(client(home))
    assert (sum(len(each.posts) for each in heard), said.endswith("It says more at once than is listened to here.")) == (0, True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_stream_that_breaks_within_us_is_over(two: list[Home], monkeypatch: pytest.MonkeyPatch) -> None:
    two[0].odd[PATH] = telling(event("update", {}))
    monkeypatch.setattr(stream, "events", lambda lines: 1 / 0)
    _heard, said = hear(client(two[0]))
    assert said.endswith("ended its stream.")


def test_posts_edits_deletions_and_mentions_are_told_as_they_happen(two: list[Home]) -> None:
    home, away = two
    hers = away.write("bryony", 0, "New stile.")
    his = away.write("colm", 1, "Not listened to.")
    mention = away.write("colm", 2, "@stilewise which?")
    home.learn(hers, his, mention)
    edited = home.status_of(hers) | {"content": "<p>Newer stile.</p>", "edited_at": "2024-03-10T10:00:00.000Z"}
    home.odd[PATH] = telling(
        event("update", home.status_of(hers)),
        b":thump\n",
        event("update", home.status_of(his)),
        event("status.update", edited),
        event("notification", {"id": "1", "type": "mention", "status": home.status_of(mention)}),
        event("status.update", home.status_of(mention) | {"content": "<p>@stilewise which one?</p>"}),
        event("notification", {"id": "2", "type": "favourite", "status": home.status_of(hers)}),
        event("delete", hers.number.encode()),
        event("filters_changed", b""),
        event("update", b"{broken"),
    )
    heard, said = hear(client(home), hers.author)
    assert [post.text for each in heard for post in each.posts] == [
        "New stile.",
        "Newer stile.",
        "@stilewise which?",
        "@stilewise which one?",
    ]
    assert {post.place for each in heard for post in each.posts} == {Place.COPY}
    assert [uri for each in heard for uri in each.gone] == [hers.uri, f"{home.url}/api/v1/statuses/{hers.number}"]
    assert "ended its stream" in said


def test_hashtags_of_its_server_are_heard_whoever_writes(two: list[Home]) -> None:
    home = two[0]
    tagged, other = home.write("colm", 0, "Cut the #hedges"), home.write("colm", 1, "And the grass")
    over: list[str] = []
    home.odd[TAGGED] = telling(event("update", home.status_of(tagged)))

    def slow(asked: Asked) -> None:
        telling(event("update", home.status_of(other)))(asked)
        while not over:
            time.sleep(0.05)

    home.odd[PATH] = slow
    heard = client(home).stream([f"#hedges@{home.url[7:]}", "#stiles@fell.example"], {}, lambda: bool(over))
    for each in heard:
        if each.posts:
            over.append(each.posts[0].text)
    assert over == ["Cut the #hedges"]
    assert [path for path, _headers in home.server.seen if "hashtag" in path] == [f"{TAGGED}?tag=hedges"]


def test_stream_goes_on_at_the_host_that_the_server_names_for_it(two: list[Home]) -> None:
    home, away = two
    post = home.write("bryony", 0, "New stile.")
    home.odd["/api/v2/instance"] = {"configuration": {"urls": {"streaming": away.url.replace("http", "ws")}}}
    away.odd[PATH] = telling(event("update", home.status_of(post)))
    heard, _said = hear(client(home), post.author)
    assert [each.text for one in heard for each in one.posts] == ["New stile."]


def test_token_that_was_taken_back_is_said(two: list[Home]) -> None:
    lost: list[Said] = []
    two[0].odd[PATH] = lambda asked: asked.say(401)
    with pytest.raises(SignedOut):
        list(client(two[0], lost.append).stream([], {}, lambda: False))
    assert len(lost) == 1


def test_stream_ends_when_it_is_told_to(two: list[Home]) -> None:
    def silent(asked: Asked) -> None:
        telling()(asked)
        time.sleep(5)

    two[0].odd[PATH] = silent
    began = time.monotonic()
    assert len(list(client(two[0]).stream([], {}, lambda: time.monotonic() - began > 0.5))) <= 1
    assert time.monotonic() - began < 3


def test_server_without_a_stream_says_so(two: list[Home]) -> None:
    with pytest.raises(NetworkError, match="has no stream") as caught:
        list(client(two[0]).stream([], {}, lambda: False))
    assert caught.value.permanent


def test_event_without_end_is_not_listened_to(two: list[Home]) -> None:
    two[0].odd[PATH] = telling(b"event: update\ndata: ", b"x" * 3_000_000)
    assert "more at once" in hear(client(two[0]))[1]


def test_nobody_is_told_anything() -> None:
    one = Client(Asking(Door(site="https://stilewise.example")))
    with pytest.raises(NetworkError, match="connected account"):
        one.stream([], {}, lambda: True)


@pytest.mark.django_db
def test_deletion_that_names_a_number_of_the_server_finds_the_post(two: list[Home]) -> None:
    home = two[0]
    post = home.write("bryony", 0, "New stile.")
    api = client(home).own
    assert api is not None
    Taking(None, NOW, ours=True).take("stile.example", api.statuses([orjson.dumps(home.status_of(post))]).posts)
    with transaction.atomic():
        gone(uris=[f"{home.url}/api/v1/statuses/{post.number}"], now=NOW)
    assert Post.objects.get(uri=post.uri).state == State.DELETED


@pytest.mark.django_db
def test_post_under_a_hashtag_is_kept_under_it(two: list[Home]) -> None:
    home = two[0]
    us = Account.objects.create(uri=f"{home.url}/users/stilewise", network="mastodon", handle="stilewise", name="Us", is_own=True)
    ours = Connection.objects.create(network="mastodon", server=home.url, account=us, secret="", connected=NOW)
    (row,) = listen(by=None, now=NOW, typed=f"#hedges@{home.url[7:]}", door=Door(site="https://stilewise.example"))
    told = opened(name="mastodon-1", told=("mastodon", ours.pk), now=NOW)
    api = client(home).own
    assert api is not None
    said = [home.write("colm", 0, "Cut the #Hedges"), home.write("colm", 1, "And #hedgerows")]
    posts = api.statuses([orjson.dumps(home.status_of(each)) for each in said]).posts
    Hearing(told).keep(Heard({"at": 1}, tuple(posts)), now=NOW)
    assert [*Sighting.objects.values_list("post__text", "source")] == [("Cut the #Hedges", row.source.pk)]
    assert wanted("mastodon") == [f"#hedges@{home.url[7:]}"]
