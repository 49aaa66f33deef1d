"""An account's own repository, brought as a file."""

import random
from contextlib import closing
from pathlib import Path
from typing import Any

import libipld
import pytest

from bench.repository import post, repository, varint
from homespun.networks import known
from homespun.networks.bluesky import cars, export, renewed
from homespun.networks.bluesky.identity import key_at
from homespun.networks.errors import NetworkError
from homespun.networks.exports import Told
from homespun.networks.values import Account, Media, Place, Post
from tests.networks.bluesky_network import BEGUN, did

HETTIE = did("hettie")
OWNER = Account(HETTIE, "", "Hettie Moule", bio="Makes stiles", network="bluesky")
OWNER_WITHOUT_NAME = Account(HETTIE, network="bluesky")
PROFILE = {"$type": "app.bsky.actor.profile", "displayName": "Hettie Moule", "description": "Makes stiles"}
PICTURE = b"\x01\x55\x12\x20" + b"p" * 32
Records = dict[str, Any]


def key(number: int) -> str:
    return f"app.bsky.feed.post/{key_at(BEGUN + number * 1000)}"


def uri(number: int) -> str:
    return f"at://{HETTIE}/{key(number)}"


def record(text: str, **more: Any) -> Records:
    return {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2024-09-03T10:20:30Z"} | more


def records() -> Records:
    reference = {"uri": uri(0), "cid": "bafyreicase"}
    image = {"alt": "A wall", "image": {"$type": "blob", "ref": PICTURE, "mimeType": "image/jpeg", "size": 7}}
    return {
        key(0): record("Which stile is yours?"),
        key(1): record("To be clear: any", reply={"root": reference, "parent": reference}),
        key(2): record("A wall", embed={"$type": "app.bsky.embed.images", "images": [image]}),
        "app.bsky.feed.like/3l2aaaaaaaa2a": {"$type": "app.bsky.feed.like", "subject": reference, "createdAt": "2024-09-03T10:20:30Z"},
        "app.bsky.feed.repost/3l2aaaaaaaa2a": {"$type": "app.bsky.feed.repost", "subject": reference, "createdAt": "2024-09-03T10:20:30Z"},
        "app.bsky.actor.profile/self": PROFILE,
    }


def written(folder: Path, content: bytes) -> Path:
    path = folder / "repo.car"
    path.write_bytes(content)
    return path


def read(path: Path, told: Told | None = None) -> list[Post]:
    with closing(export.opened(path, told or Told())) as opened:
        return [post for page in opened.pages({}) for post in page.posts]


def test_posts_of_a_repository_are_read_and_nothing_else_is(tmp_path: Path) -> None:
    path = written(tmp_path, repository(HETTIE, records(), BEGUN))
    opened = export.opened(path, Told())
    [page] = opened.pages({})
    opened.close()
    posts = sorted(page.posts, key=lambda post: post.uri)
    assert (opened.kind, opened.owner, opened.made, opened.declared, page.counts) == (
        "bluesky-repository",
        OWNER,
        BEGUN,
        {"listed": 3},
        {"read": 3},
    )
    assert [(post.uri, post.text, post.parent, post.root, post.author, post.place) for post in posts] == [
        (uri(0), "Which stile is yours?", "", "", OWNER, Place.OWN),
        (uri(1), "To be clear: any", uri(0), uri(0), OWNER, Place.OWN),
        (uri(2), "A wall", "", "", OWNER, Place.OWN),
    ]
    name = libipld.encode_cid(PICTURE)
    assert posts[2].media == (Media("image", f"https://cdn.bsky.app/img/feed_fullsize/plain/{HETTIE}/{name}", name, "A wall"),)
    assert [renewed(post.raw, post.place, OWNER) for post in posts] == posts


def test_posts_are_the_same_when_their_kept_records_are_read(tmp_path: Path) -> None:
    chance = random.Random(3)
    odd: Records = {
        "langs": "en",
        "facets": [{"index": {"byteStart": "0"}, "features": 7}],
        "reply": {"root": 1},
        "labels": {"values": [{"val": "porn"}, 5]},
    }
    labelled: Records = {"labels": {"values": [{"val": "nudity"}]}, "reply": None, "langs": []}
    made = {key(number): post(number, chance) for number in range(200)} | {
        key(200): record("Odd", **odd),
        key(201): record("Bare", **labelled),
    }
    found = read(written(tmp_path, repository(HETTIE, made)))
    assert len(found) == 202
    assert [renewed(each.raw, each.place, OWNER_WITHOUT_NAME) for each in found] == found


def test_reading_goes_on_behind_a_cursor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    opened = export.opened(written(tmp_path, repository(HETTIE, {key(number): record(f"Stile {number}") for number in range(5)})), Told())
    pages = list(opened.pages({}))
    assert [len(page.posts) for page in pages] == [2, 2, 1]
    assert [list(opened.pages(page.cursor)) for page in pages] == [pages[1:], pages[2:], []]
    assert pages[-1].progress == pytest.approx(1, abs=0.7)
    opened.close()


def test_same_words_at_the_same_moment_are_two_posts(tmp_path: Path) -> None:
    path = written(tmp_path, repository(HETTIE, {key(1): record("Twice"), key(2): record("Twice")}))
    assert sorted(post.uri for post in read(path)) == [uri(1), uri(2)]


def test_file_is_known_by_how_it_begins(tmp_path: Path) -> None:
    path = written(tmp_path, repository(HETTIE, records()))
    assert export.holds(path)
    assert known.may_begin(path.read_bytes()[:100])
    with closing(known.opened(path, Told(account="@hettie.example"))) as opened:
        assert opened.owner.handle == "hettie.example"
    (tmp_path / "other").write_bytes(b"PK\x03\x04 roots")
    assert [export.holds(tmp_path / name) for name in ("other", "none", "")] == [False, False, False]


def test_same_repository_has_the_same_fingerprint_and_a_later_one_another(tmp_path: Path) -> None:
    def fingerprint(revision: int) -> str:
        with closing(export.opened(written(tmp_path, repository(HETTIE, records(), revision)), Told())) as opened:
            return opened.fingerprint

    assert (fingerprint(1) == fingerprint(1), fingerprint(1) == fingerprint(2)) == (True, False)


def test_what_is_no_post_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    odd: Records = {
        key(1): {"$type": "app.bsky.feed.post", "createdAt": "2024-09-03T10:20:30Z"},
        key(2): record("Bytes", more=b"raw"),
        "app.bsky.feed.post/a b": record("Key"),
        key(3): record("Whole"),
        "com.example.thing/1": {"e": 1, "l": 2},
    }
    opened = export.opened(written(tmp_path, repository(HETTIE, odd)), Told())
    [page] = opened.pages({})
    assert [post.text for post in page.posts] == ["Whole"]
    assert {(str(each.where), str(each.why)) for each in page.unread} == {
        (key(1), "It was left out: it has no text."),
        (key(2), "It was left out: it cannot be written as JSON."),
        ("app.bsky.feed.post/a b", "It was left out: its address is no permanent address of a post."),
    }
    opened.close()


def refusal(path: Path) -> str:
    with pytest.raises(NetworkError) as refused:
        read(path)
    return str(refused.value.said)


def test_file_that_ends_in_the_middle_says_so(tmp_path: Path) -> None:
    whole = repository(HETTIE, records())
    for length in (len(whole) - 1, len(whole) - 200, 120):
        assert refusal(written(tmp_path, whole[:length])) == str(cars.ENDS)


@pytest.mark.parametrize(
    "content",
    [
        b"\x3a\xa2eroots" + b"\xff" * 60,
        varint(3) + b"\xa1aa",
        repository(HETTIE, records()).replace(b"did:plc", b"did:plx", 1),
        repository(HETTIE, records())[:59] + b"\xff\xff\xff\xff\xff" + b"x" * 60,
        repository("did:nobody", records()),
        repository(HETTIE, records()).replace(b"To be clear", b"To be queer"),
    ],
)
def test_damaged_and_forged_files_give_nothing_that_is_not_theirs(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content)
    try:
        assert {post.text for post in read(path)} <= {"Which stile is yours?", "A wall"}
    except NetworkError as error:
        assert str(error.said)
