"""Bluesky in the product: conversations found and completed, followed where they are at home, and own repositories brought in."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.management import call_command

from bench.repository import repository
from homespun.conversations.actions.aging import recheck
from homespun.conversations.actions.completing import complete
from homespun.conversations.actions.finding import find
from homespun.conversations.actions.listening import listen
from homespun.conversations.actions.syncing import sync
from homespun.conversations.models import Connection, Listening, Post, State
from homespun.conversations.uploads import pieces, recognition
from homespun.core.security import sealing
from homespun.http import Door
from homespun.networks import NetworkError
from homespun.people.models import Account
from homespun.users.models import User
from tests.conversations.archive_pages import data, hettie
from tests.networks.bluesky_network import BEGUN, Network, did
from tests.networks.test_bluesky_export import PROFILE, key, record

__all__ = ["data", "hettie"]

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
HETTIE, EMRYS = did("hettie"), did("emrys")


@pytest.fixture
def network(settings: Any, tmp_path: Path) -> Network:
    settings.DATA = tmp_path
    settings.HOMESPUN_BLUESKY_APPVIEW, settings.HOMESPUN_BLUESKY_PLC = "https://appview.example", "https://plc.example"
    return Network()


def door(network: Network) -> Door:
    return cast(Door, network)


def found(uri: str, network: Network) -> dict[str, Any]:
    came = find(by=None, now=NOW, address=uri, door=door(network))
    done = complete(by=None, now=NOW, door=door(network), conversation=came.conversation)
    return {"new": came.new + done.new, "troubles": done.troubles}


def told(uri: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    call_command("conversation", uri, "--json")
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_what_stands_below_a_deleted_post_is_kept_in_its_conversation(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    root = network.post("hettie", "Which stile is yours?")
    network.post("bryony", "The one by the shelves", root)
    deleted = network.post("bryony", "Sorry, wrong field", root)
    below = network.post("hettie", "It happens", deleted)
    network.delete(deleted)
    assert found(root, network) == {"new": 3, "troubles": []}
    answer = told(root, capsys)
    assert {post["uri"] for post in answer["posts"] if post.get("text")} == {root, below, *network.posts} - {deleted}
    assert answer["missing"] == 1


def test_parents_in_a_circle_can_be_read(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    root = network.post("hettie", "Which stile is yours?")
    three = network.post("bryony", "Three", root)
    one = network.post("bryony", "One", root)
    two = network.post("bryony", "Two", one)
    network.posts[one]["reply"]["parent"]["uri"] = two
    network.hidden |= {one, two}
    found(root, network)
    assert {*Post.objects.values_list("uri", flat=True)} == {root, one, two, three}
    assert {post["uri"] for post in told(root, capsys)["posts"]} >= {root, three}


def test_whoever_has_blocked_us_is_not_collected_and_says_so(network: Network) -> None:
    Account.objects.create(uri=HETTIE, network="bluesky", handle="hettie.example", is_own=True)
    root = network.post("hettie", "Which stile is yours?")
    theirs = network.post("emrys", "None of them", root)
    network.post("hettie", "Why?", theirs)
    network.blocks.add((EMRYS, HETTIE))
    found(root, network)
    assert Post.objects.filter(uri=theirs).count() == 0
    with pytest.raises(NetworkError) as refusal:
        find(by=None, now=NOW, address=theirs, door=door(network))
    assert str(refusal.value.said) == "The author has blocked one of your accounts, so Homespun doesn’t collect it."


def test_edits_and_deletions_are_followed_where_their_author_is_at_home(network: Network) -> None:
    root = network.post("hettie", "Which stile is yours?")
    answer = network.post("bryony", "The one by the shelfs", root)
    found(root, network)
    network.posts[answer]["text"] = "The one by the shelves"
    network.delete(root)
    recheck(uris=[root, answer], now=NOW + timedelta(days=1), door=door(network))
    assert Post.objects.get(uri=answer).text == "The one by the shelves"
    assert Post.objects.get(uri=root).state == State.DELETED


def test_hashtag_is_looked_for_as_an_account_of_ours_where_strangers_may_not_search(network: Network) -> None:
    network.lets_strangers_search = False
    tagged = network.post("bryony", "Another #stile")
    with pytest.raises(NetworkError):
        find(by=None, now=NOW, address="#stile", door=door(network))
    network.person("hettie")
    ours = Account.objects.create(uri=HETTIE, network="bluesky", handle="hettie.example", is_own=True)
    secret = {"kind": "password", "did": HETTIE, "handle": "hettie.example", "token": "t", "refresh": "r", "password": "p"}
    home = {"network": "bluesky", "server": "https://hettie.home.example", "connected": NOW}
    Connection.objects.create(account=ours, secret=sealing.seal(secret), **home)
    assert find(by=None, now=NOW, address="#stile", door=door(network)).uri == tagged
    [listening] = listen(by=None, now=NOW, typed="#stile", door=door(network))
    sync(listening=listening.pk, now=NOW, door=door(network))
    assert Listening.objects.get(address="#stile").trouble == ""


def written(folder: Path) -> Path:
    reference = {"uri": f"at://{HETTIE}/{key(0)}", "cid": "bafyreicase"}
    records = {
        key(0): record("Which stile is yours?"),
        key(1): record("Mine is of slate", reply={"root": reference, "parent": reference}),
        "app.bsky.feed.like/3l2aaaaaaaa2a": {"$type": "app.bsky.feed.like", "subject": reference, "createdAt": "2024-09-03T10:20:30Z"},
        "app.bsky.actor.profile/self": PROFILE,
    }
    path = folder / "hettie.car"
    path.write_bytes(repository(HETTIE, records, BEGUN))
    return path


def test_repository_is_brought_in_once(settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DATA = tmp_path
    path = written(tmp_path)
    reports = []
    for _time in range(2):
        call_command("collect", str(path), "--json")
        reports.append(json.loads(capsys.readouterr().out))
    names = ("kind", "read", "new", "replies", "parents_missing", "gaps")
    assert [[report[name] for name in names] for report in reports] == [
        ["bluesky-repository", 2, 2, 1, 0, []],
        ["bluesky-repository", 2, 0, 1, 0, []],
    ]
    assert Post.objects.get(text="Mine is of slate").parent == Post.objects.get(text="Which stile is yours?")
    assert Account.objects.get(uri=HETTIE).is_own


def test_repository_is_recognised_when_it_is_dropped(hettie: User, data: Path, tmp_path: Path) -> None:
    path = written(tmp_path)
    with path.open("rb") as file:
        upload = pieces.take(by=hettie, now=NOW, name="hettie.car", size=path.stat().st_size, file=file)
    seen = recognition.look(pieces.path(upload))
    assert (seen.kind, seen.name, seen.refusal) == ("bluesky-repository", "Hettie Moule", "")
    assert seen.sentence == "A Bluesky repository of Hettie Moule, as it was on 3 September 2024."
    assert recognition.ALLOWED.search("export/hettie.car")
