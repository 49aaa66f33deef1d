"""Raw posts in, values out: pairs of files in `cases/bluesky`, made up. `name.raw.json` holds place and record, `name.json` the value."""

import json
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from homespun.networks.bluesky import identity, posts, renewed, threads
from homespun.networks.errors import Unusable
from homespun.networks.protocols import Absent
from homespun.networks.values import Account, Place

CASES = Path(__file__).parent / "cases" / "bluesky"
DID, OTHER = "did:plc:" + "a" * 24, "did:plc:" + "b" * 24
URI = f"at://{DID}/app.bsky.feed.post/3l2aaaaaaaa2a"
RECORD = {"text": "A stile", "createdAt": "2024-09-03T10:20:30Z"}


def cases() -> list[str]:
    return sorted(path.name.removesuffix(".raw.json") for path in CASES.glob("*.raw.json"))


@pytest.mark.parametrize("name", cases())
def test_post_is_what_its_case_says(name: str) -> None:
    given = json.loads((CASES / f"{name}.raw.json").read_text(encoding="utf-8"))
    assert value(given) == json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def value(given: dict[str, Any]) -> dict[str, Any]:
    record, place = orjson.dumps(given["raw"]), Place[given["place"]]
    post = posts.post(posts.read(record), record, place)
    assert renewed(post.raw, place, None) == post
    told: dict[str, Any] = json.loads(msgspec.json.encode(post))
    del told["raw"], told["is_cut"]  # only X cuts posts
    return told


def view(uri: str = URI, **more: Any) -> bytes:
    return orjson.dumps({"uri": uri, "record": RECORD} | more)


def why_not(record: bytes) -> str:
    with pytest.raises(Unusable) as refusal:
        posts.post(posts.read(record), record, Place.COPY)
    return str(refusal.value.said)


@pytest.mark.parametrize(
    "uri",
    [
        f"at://{DID}/app.bsky.feed.like/3l2aaaaaaaa2a",
        "at://stilewise.example/app.bsky.feed.post/3l2aaaaaaaa2a",
        f"at://{DID}/app.bsky.feed.post/{'a' * 480}",
        f"at://{DID}/app.bsky.feed.post/a b",
        f"{URI}\n",
        "https://stile.example/1",
        "",
    ],
)
def test_what_has_no_permanent_address_is_left_out(uri: str) -> None:
    assert why_not(view(uri)) == "It was left out: its address is no permanent address of a post."


def test_record_without_text_or_time_is_left_out() -> None:
    assert why_not(view(record={"createdAt": "2024-09-03T10:20:30Z"})) == "It was left out: it has no text."
    key = f"at://{DID}/app.bsky.feed.post/own-key"
    assert why_not(view(key, record={"text": "When?", "createdAt": "soon"})) == "It was left out: it does not say when it was written."


def test_record_that_is_larger_than_servers_take_is_left_out() -> None:
    assert why_not(view(record=RECORD | {"more": "x" * (1 << 20)})) == "It was left out: it is larger than any post may be."


def test_record_as_deep_as_one_can_write_it_is_read_for_what_it_says() -> None:
    deep = b'{"record":' * 3_000 + b"1" + b"}" * 3_000
    record = view()[:-1] + b',"embed":{"record":' + deep + b"}}"
    read = posts.read(record)
    assert (read.uri, read.embed) in [(URI, None), (None, None)]
    assert posts.shown(record)[1] == []


def test_post_is_by_whom_its_address_says() -> None:
    record = view(author={"did": OTHER, "handle": "liar.example", "displayName": "Hettie Moule"})
    assert posts.post(posts.read(record), record, Place.COPY).author == Account(DID, network="bluesky")


def test_owner_lends_its_names_to_its_own_posts_alone() -> None:
    record, owner = view(), Account(DID, "stilewise.example", "Hettie Moule", network="bluesky")
    assert posts.post(posts.read(record), record, Place.OWN, owner).author == owner
    assert posts.post(posts.read(record), record, Place.OWN, Account(OTHER, "bryony.example", network="bluesky")).author == Account(
        DID, network="bluesky"
    )


def test_post_that_answers_itself_answers_nothing() -> None:
    record = view(record=RECORD | {"reply": {"parent": {"uri": URI}, "root": {"uri": URI}}})
    post = posts.post(posts.read(record), record, Place.COPY)
    assert (post.parent, post.root) == ("", "")


def test_quotes_come_after_the_post_that_quotes_them_and_end_somewhere() -> None:
    nested: dict[str, Any] = {"uri": f"{URI}9", "value": RECORD}
    for number in range(8, 0, -1):
        nested = {"uri": f"{URI}{number}", "value": RECORD, "embeds": [{"record": nested}]}
    found, absent = posts.shown(view(embed={"record": nested}))
    assert [(post.uri.removeprefix(URI), post.place) for post in found] == [
        ("", Place.COPY),
        *((str(number), Place.QUOTE) for number in range(1, 5)),
    ]
    assert absent == []


def test_quote_that_is_not_shown_says_why() -> None:
    other = URI.replace("a2a", "b2a")
    for told, why in (("notFound", "gone"), ("blocked", "hidden"), ("detached", "hidden")):
        found, absent = posts.shown(view(embed={"record": {"uri": other, told: True}}))
        assert ([post.uri for post in found], absent) == ([URI], [Absent(other, why)])


def test_thread_is_read_from_its_middle_up_and_down() -> None:
    def node(key: str, **more: Any) -> dict[str, Any]:
        return {"post": {"uri": f"{URI}{key}", "record": RECORD}} | more

    above = node("1", parent={"uri": f"{URI}0", "notFound": True})
    answer = {
        "thread": node("2", parent=above, replies=[node("3", replies=[node("5")]), {"uri": f"{URI}4", "blocked": True}, {"odd": 1}, 7])
    }
    found, absent = threads.read(orjson.dumps(answer))
    assert [post.uri.removeprefix(URI) for post in found] == ["2", "1", "3", "5"]
    assert absent == [Absent(f"{URI}0", "gone"), Absent(f"{URI}4", "hidden")]


@pytest.mark.parametrize("answer", [b"", b"[]", b"{", b'{"thread":7}', b'{"thread":{"replies":{}}}', b"[" * 100_000, b"\xff\x00"])
def test_answer_that_is_no_thread_holds_nothing(answer: bytes) -> None:
    assert threads.read(answer) == ([], [])


def test_record_keys_tell_when_they_were_made() -> None:
    moment = 1_725_358_830_123
    assert identity.key_ms(identity.key_at(moment)) == moment
    assert identity.key_at(moment) < identity.key_at(moment + 1)
    assert [identity.key_ms(key) for key in ("self", "0000000000000", "2222222222222", "zzzzzzzzzzzzz")] == [0, 0, 0, 0]
