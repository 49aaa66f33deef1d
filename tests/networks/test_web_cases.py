"""Pages and feeds in, posts out: pairs of files in `cases/web`, made up."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from homespun.networks.values import Place, Post
from homespun.networks.web import feeds, following, pages, renewed

CASES = Path(__file__).parent / "cases" / "web"
DAY = 1_709_856_000_000  # 8 March 2024
ADDRESSES = {
    "atom": "https://ward.example/notes/feed.xml",
    "podcast": "https://cast.example/feed",
    "channel": "https://www.youtube.com/feeds/videos.xml?channel_id=UCstile",
    "jsonfeed": "https://ferncombe.example/feed.json",
    "h-entry": "https://bryony.example/answers/4",
    "article": "https://paper.example/news/box?utm_medium=x",
    "plain": "https://ferncombe.example/2024/02/09/minutes",
}


def cases() -> list[Path]:
    return sorted(CASES.glob("*.raw.*"))


def shown(path: Path) -> list[Post]:
    url, body = ADDRESSES[path.name.partition(".")[0]], path.read_bytes()
    if feeds.looks_like_one(body, ""):
        feed = feeds.read(body, url, "")
        assert feed is not None
        return following.posts_of(feed)
    page = pages.read(body.decode(), url)
    assert page is not None
    return [following.post_of({"published": DAY} | {name: value for name, value in page.record.items() if value}, 0)]


def told(post: Post) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(msgspec.json.encode(post))
    del value["raw"]
    return {name: each for name, each in value.items() if each}


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.name)
def test_page_or_feed_is_what_its_case_says(path: Path) -> None:
    posts = shown(path)
    expected = path.with_name(f"{path.name.partition('.')[0]}.expected.json")
    assert [told(post) for post in posts] == json.loads(expected.read_text(encoding="utf-8"))
    assert [renewed(post.raw, Place.SERVER, None) for post in posts] == posts


def test_entry_that_is_at_home_elsewhere_is_a_copy_under_a_name_of_the_feed() -> None:
    post = shown(CASES / "atom.raw.xml")[-1]
    assert (post.place, post.url) == (Place.COPY, "https://elsewhere.example/post")
    assert post.uri.startswith("https://ward.example/notes/feed.xml?entry=")


def test_answer_to_a_post_of_x_goes_by_the_one_name_of_that_post() -> None:
    told = {"url": "https://a.example/1", "text": "No.", "published": DAY, "parent": "https://twitter.com/stilewise/status/0012?s=20"}
    assert following.post_of(told, 0).parent == "https://x.com/i/status/12"


def test_page_offers_its_own_feed_before_that_of_its_comments() -> None:
    page = pages.read((CASES / "article.raw.html").read_text(encoding="utf-8"), ADDRESSES["article"])
    assert page is not None
    assert page.feeds == ["https://paper.example/feed", "https://paper.example/comments/feed"]
