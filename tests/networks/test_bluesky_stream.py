"""What is heard of Bluesky's stream, from a server on the loopback."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from websockets.sync.server import ServerConnection, serve

from homespun.http import Door, addresses
from homespun.networks.bluesky import Client, stream
from homespun.networks.bluesky.identity import key_at
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import Heard
from homespun.networks.values import Account, Place
from tests.networks.bluesky_network import Network, did

HETTIE, BRYONY, EMRYS = did("hettie"), did("bryony"), did("emrys")
NOW = time.time_ns() // 1000
KEY = key_at(NOW // 1000 - 60_000)
Raw = dict[str, Any]


def uri(who: str, key: str = KEY) -> str:
    return f"at://{who}/app.bsky.feed.post/{key}"


def commit(who: str, number: int, text: str = "A stile", operation: str = "create", **more: Any) -> Raw:
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2024-09-03T10:20:30Z", **more}
    told: Raw = {"operation": operation, "collection": "app.bsky.feed.post", "rkey": KEY}
    return {"did": who, "time_us": NOW + number, "kind": "commit", "commit": told | ({} if operation == "delete" else {"record": record})}


def mention(who: str) -> Raw:
    return {"facets": [{"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"did": who}]}]}


class Jetstream:
    """Gives to each that connects the next of its lists of events, then closes."""

    def __init__(self, *rounds: list[Raw | bytes]) -> None:
        self.rounds = list(rounds)
        self.asked: list[dict[str, list[str]]] = []
        self.over = threading.Event()

    def __call__(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.asked.append(parse_qs(urlsplit(socket.request.path).query))
        for event in self.rounds.pop(0) if self.rounds else []:
            socket.send(event if isinstance(event, bytes) else orjson.dumps(event).decode())
        if not self.rounds:
            self.over.wait(5)


@contextmanager
def serving(jetstream: Jetstream) -> Iterator[str]:
    with serve(jetstream, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        jetstream.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"FIRST": 0.01, "LATER": 0.05, "SOON": 0.02, "TICK": 0.05}.items():
        monkeypatch.setattr(stream, name, seconds)
    monkeypatch.setattr(stream, "now_us", lambda: NOW + 1000)


class Halfway(Network):
    """Questions are answered from memory, the stream comes over the loopback."""

    websocket = Door("https://stilewise.example", allow=addresses("127.0.0.1")).websocket


def client(url: str, *own: str, network: Network | None = None) -> Client:
    made = (network or Halfway()).client(*own)
    made.jetstream = url
    return made


def heard(
    jetstream: Jetstream, wanted: list[str], *own: str, cursor: Raw | None = None, until: int = 1, network: Network | None = None
) -> list[Heard]:
    """What is told until so many things were."""
    told: list[Heard] = []
    end = time.monotonic() + 5

    def stopped() -> bool:
        return time.monotonic() > end or sum(len(each.posts) + len(each.gone) + len(each.renamed) for each in told) >= until

    with serving(jetstream) as url:
        for each in client(url, *own, network=network).stream(wanted, cursor or {}, stopped):
            told.append(each)
    return told


def test_post_of_an_account_that_is_listened_to_is_heard() -> None:
    jetstream = Jetstream([commit(BRYONY, 1, "Mine is of slate")])
    told = heard(jetstream, [BRYONY], cursor={"us": NOW})
    assert jetstream.asked == [{"wantedCollections": ["app.bsky.feed.post"], "wantedDids": [BRYONY], "cursor": [str(NOW)]}]
    [post] = told[-1].posts
    assert (post.uri, post.text, post.author, post.place) == (
        uri(BRYONY),
        "Mine is of slate",
        Account(BRYONY, network="bluesky"),
        Place.COPY,
    )
    assert told[-1].cursor == {"us": NOW + 1}


def test_without_a_cursor_it_begins_now_and_says_so_at_once() -> None:
    jetstream = Jetstream([commit(BRYONY, 1)])
    told = heard(jetstream, [BRYONY])
    assert jetstream.asked == [{"wantedCollections": ["app.bsky.feed.post"], "wantedDids": [BRYONY]}]
    assert told[0].posts == ()
    assert NOW - 10_000_000 < told[0].cursor["us"] <= time.time_ns() // 1000


def test_where_we_have_accounts_all_is_read_and_what_speaks_to_them_is_heard() -> None:
    others = [commit(EMRYS, 1, "Nothing to us"), commit(EMRYS, 2, "@us", **mention(HETTIE))]
    jetstream = Jetstream([*others, commit(BRYONY, 3)])
    told = heard(jetstream, [BRYONY], HETTIE, "https://x.com/i/user/12", cursor={"us": NOW}, until=2)
    assert "wantedDids" not in jetstream.asked[0]
    assert [(post.author, post.mentions) for each in told for post in each.posts] == [
        (Account(EMRYS, network="bluesky"), (HETTIE,)),
        (Account(BRYONY, network="bluesky"), ()),
    ]


def test_who_said_it_is_named_and_who_has_blocked_us_is_not_heard() -> None:
    network = Halfway()
    network.person("bryony", description="Shelves")
    network.blocks.add((EMRYS, HETTIE))
    told = heard(
        Jetstream([commit(EMRYS, 1, "@us", **mention(HETTIE)), commit(BRYONY, 2)]), [BRYONY], HETTIE, cursor={"us": NOW}, network=network
    )
    assert [post.author for each in told for post in each.posts] == [
        Account(BRYONY, "bryony.example", "Bryony", bio="Shelves", network="bluesky")
    ]


def test_where_nobody_is_listened_to_nothing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "ALIVE", 0.01)
    told: list[Heard] = []
    for each in client("ws://127.0.0.2:9").stream([], {}, lambda: len(told) >= 2):
        told.append(each)
    assert [(each.posts, each.gone) for each in told] == [((), ())] * 2


def test_deletions_and_closed_accounts_are_heard_and_who_comes_back() -> None:
    closed = {"did": EMRYS, "time_us": NOW + 2, "kind": "account", "account": {"did": EMRYS, "active": False, "status": "deactivated"}}
    back = {"did": BRYONY, "time_us": NOW + 3, "kind": "account", "account": {"did": BRYONY, "active": True}}
    told = heard(Jetstream([commit(BRYONY, 1, operation="delete"), closed, back]), [EMRYS], cursor={"us": NOW}, until=3)
    assert [each for heard in told for each in heard.gone] == [uri(BRYONY), EMRYS]
    assert [each for heard in told for each in heard.renamed] == [Account(BRYONY, network="bluesky")]


def test_new_name_is_heard_where_it_is_one() -> None:
    def named(number: int, handle: str) -> Raw:
        return {"did": BRYONY, "time_us": NOW + number, "kind": "identity", "identity": {"did": BRYONY, "handle": handle}}

    told = heard(Jetstream([named(1, "Bryony.example"), named(2, "no name")]), [BRYONY], cursor={"us": NOW})
    assert [each for heard in told for each in heard.renamed] == [Account(BRYONY, "bryony.example", network="bluesky")]


def test_edit_is_the_post_as_it_is_now() -> None:
    [post] = heard(Jetstream([commit(BRYONY, 1, "Slate, not stone", "update")]), [BRYONY], cursor={"us": NOW})[-1].posts
    assert (post.text, post.edited, post.place) == ("Slate, not stone", (NOW + 1) // 1000, Place.SERVER)


def test_broken_stream_goes_on_behind_what_was_heard() -> None:
    jetstream = Jetstream([commit(BRYONY, 1)], [], [commit(BRYONY, 1), commit(BRYONY, 2, "Two")])
    told = heard(jetstream, [BRYONY], cursor={"us": NOW}, until=2)
    assert [asked["cursor"] for asked in jetstream.asked] == [[str(NOW)], [str(NOW + 1)], [str(NOW + 1)]]
    assert told[-1].posts[0].text == "Two"


def test_what_is_no_event_of_ours_changes_nothing() -> None:
    odd: list[Raw | bytes] = [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        {"kind": "commit", "did": 7},
        {"kind": "identity"},
        {"time_us": "now"},
    ]
    lie = commit(BRYONY, 1) | {"time_us": NOW * 1000}
    lie["commit"] = lie["commit"] | {"rkey": "../../else where"}
    told = heard(Jetstream([*odd, lie, commit(BRYONY, 2)]), [BRYONY], cursor={"us": NOW})
    assert [post.uri for each in told for post in each.posts] == [uri(BRYONY)]
    assert told[-1].cursor["us"] <= time.time_ns() // 1000


def test_what_is_older_than_servers_keep_has_to_be_asked_for() -> None:
    with pytest.raises(NetworkError) as refusal:
        heard(Jetstream(), [BRYONY], cursor={"us": NOW - 30 * 3600 * 1_000_000})
    assert refusal.value.permanent is False


def test_stream_inside_our_own_walls_is_not_opened() -> None:
    with pytest.raises(NetworkError) as refusal:
        list(client("ws://127.0.0.2:9").stream([BRYONY], {}, lambda: False))
    assert refusal.value.permanent is True
