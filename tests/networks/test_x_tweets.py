"""Raw tweets in, values out: pairs of files in `cases/x`, made up. `name.raw.json` has the place and the record, `name.json` what it is."""

import json
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from homespun.networks.values import Place, Post
from homespun.networks.x import account, renewed, tweets

CASES = Path(__file__).parent / "cases" / "x"
OWNER = account("12", "stilewise", "Stile Wise")
PLAIN = {"mentions": [], "root": "", "is_cut": False}  # what no tweet says, or few


def cases() -> list[str]:
    return sorted(path.name.removesuffix(".raw.json") for path in CASES.glob("*.raw.json"))


@pytest.mark.parametrize("name", cases())
def test_tweet_is_what_its_case_says(name: str) -> None:
    given = json.loads((CASES / f"{name}.raw.json").read_text(encoding="utf-8"))
    assert value(given) == PLAIN | json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def value(given: dict[str, Any]) -> dict[str, Any]:
    record, place = orjson.dumps(given["raw"]), Place[given["place"]]
    tweet = tweets.read(record)
    post: Post | None
    if place == Place.LIKE:
        post = tweets.liked(record)
    elif place == Place.REPOST_TEXT:
        post = tweets.reposted_words(tweet, record)
    else:
        post = tweets.post(tweet, record, place, OWNER)
    assert post is not None
    assert renewed(post.raw, place, OWNER) == post
    told: dict[str, Any] = json.loads(msgspec.json.encode(post))
    del told["raw"]
    return told
