"""Saved pages of X, made up in each of its layouts: what they show, and what they cannot do to us."""

import gzip
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from homespun.networks import NetworkError, known
from homespun.networks.exports import Told
from homespun.networks.values import Place, Post
from homespun.networks.x import renewed, saved

CASES = Path(__file__).parent / "cases" / "x" / "pages"
STATUS = "https://x.com/i/status/"


def cases() -> list[Path]:
    return sorted(path for path in CASES.iterdir() if not path.name.endswith(".expected.json"))


def shown(path: Path) -> list[Post]:
    return saved.posts_in(path.read_bytes()).posts


def told(post: Post) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(msgspec.json.encode(post))
    del value["raw"]
    return {name: each for name, each in value.items() if each}


def parents(posts: list[Post]) -> dict[str, str]:
    return {post.uri.rpartition("/")[2][-1]: post.parent.rpartition("/")[2][-1:] for post in posts if post.place == Place.PAGE}


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.name)
def test_saved_page_is_what_its_case_says(path: Path) -> None:
    posts = shown(path)
    assert [told(post) for post in posts] == json.loads(path.with_suffix(f"{path.suffix}.expected.json").read_text(encoding="utf-8"))
    assert [renewed(post.raw, post.place, None) for post in posts] == posts


def test_parents_of_the_older_layout_are_told_by_place_and_not_across_a_gap() -> None:
    posts = shown(CASES / "older.html")
    assert parents(posts) == {"1": "", "2": "1", "3": "2", "4": "3", "5": "4", "8": "", "6": "3", "7": ""}


def test_answers_of_the_latest_layout_are_joined_by_lines_and_end_at_a_heading() -> None:
    assert parents(shown(CASES / "articles.html")) == {"1": "", "2": "1", "3": "2", "4": "3", "5": "2", "9": ""}


def test_page_says_what_it_offers_and_does_not_hold() -> None:
    read = saved.posts_in((CASES / "older.html").read_bytes())
    assert read.unread == ["The page offers “2 more replies”, which it does not hold."]


def test_account_of_an_embedded_post_is_known_by_its_handle() -> None:
    first = shown(CASES / "embedded.html")[0]
    assert first.author is not None
    assert (first.author.uri, first.author.name) == ("https://x.com/bryonyshelves", "Bryony Tarrowell 🌾")


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.name)
def test_page_is_known_packed_or_not_and_by_any_name(path: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(path.read_bytes())
    (tmp_path / "packed.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert [saved.holds(tmp_path / name) for name in ("plain", "packed.gz")] == [True, True]
    opened = known.opened(tmp_path / "packed.gz")
    assert [post for page in opened.pages({}) for post in page.posts] == shown(path)


def test_page_that_a_browser_saved_into_one_file_is_read(tmp_path: Path) -> None:
    page = (CASES / "newer.html").read_text(encoding="utf-8")
    head = 'From: <Saved by Blink>\r\nSubject: A page\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="cut"\r\n\r\n'
    part = "--cut\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    whole = f"{head}{part}{page}\r\n--cut--\r\n"
    (tmp_path / "page.mhtml").write_bytes(whole.encode())
    assert saved.holds(tmp_path / "page.mhtml")
    assert [post.uri for post in shown(tmp_path / "page.mhtml")] == [post.uri for post in shown(CASES / "newer.html")]


def test_folder_and_zip_of_pages_are_one_export_that_goes_on_where_it_was(tmp_path: Path) -> None:
    folder, packed = tmp_path / "pages", tmp_path / "pages.zip"
    folder.mkdir()
    for path in cases():
        if not path.name.startswith("embedded"):
            (folder / path.name.replace("capture.json", "890659000000000001.json")).write_bytes(path.read_bytes())
    (folder / "notes.txt").write_text("nothing")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for path in sorted(folder.iterdir()):
            into.write(path, path.name)
    assert (known.opened(folder).kind, known.opened(packed).kind) == ("x-pages", "x-pages")
    every = list(known.opened(folder).pages({}))
    assert list(known.opened(packed).pages(every[1].cursor)) == every[2:]
    assert known.opened(folder).fingerprint == known.opened(packed).fingerprint


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x1f\x8b\x08 is no gzip",
        b"<html><body><p>Somebody's blog</p></body></html>",
        b'{"id_str": "1", "text": "no user"}',
        b'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "full_text": "an archive"}}]',
        b'{"orderedItems": [{"id": "https://a.example/1"}]}',
    ],
)
def test_anything_else_shows_no_posts(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(content)
    opened = saved.Pages(*inside(tmp_path)) if saved.holds(tmp_path / "page.html") else None
    assert [post for page in (opened.pages({}) if opened else ()) for post in page.posts] == []


def inside(path: Path) -> Any:
    found = saved.opened(path, Told())
    return found.inside, found.members


def test_folder_with_an_archive_of_x_is_that_archive(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tweets.js").write_text("window.YTD.tweets.part0 = []")
    (tmp_path / "Your archive.html").write_bytes((CASES / "older.html").read_bytes())
    assert not saved.holds(tmp_path)
    with zipfile.ZipFile(tmp_path / "twitter.zip", "w") as into:
        into.write(tmp_path / "data" / "tweets.js", "data/tweets.js")
        into.write(tmp_path / "Your archive.html", "Your archive.html")
    assert not saved.holds(tmp_path / "twitter.zip")


def hostile() -> dict[str, bytes]:
    tweet = b'<div class="tweet" data-tweet-id="%d" data-screen-name="a" data-user-id="5"><p class="tweet-text">'
    return {
        "nested deeply": tweet % 1170500000000000001 + b"<b><div>" * 200_000 + b"deep",
        "never closed": (tweet % 1170500000000000001) * 3_000,
        "many links": tweet % 1170500000000000001 + b'<a href="https://t.co/aaaaaaaaaa">x</a>' * 50_000,
        "many classes": b'<div data-tweet-id="5" class="%s">' % (b"permalink-tweet " * 100_000),
        "entities": b'<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><p data-tweet-id="6">&b;&b;</p>',
        "json of a thousand lists": b'{"id_str": "1", "user": {}, "text": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "quotes without end": b'<blockquote class="twitter-tweet"><p>a</p>' * 5_000,
        "outside reference": b'<html><blockquote class="twitter-tweet"><p>a</p><img src="file:///etc/passwd"></blockquote>',
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_page_is_read_quickly_and_breaks_nothing(name: str) -> None:
    before = time.process_time()
    saved.posts_in(hostile()[name])
    assert time.process_time() - before < 8


def test_page_that_unpacks_to_very_much_is_left_shut(tmp_path: Path) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"<" + b" " * (64 << 20)))
    assert not saved.holds(tmp_path / "bomb.gz")
    with pytest.raises(NetworkError, match="It unpacks to more than the 32 MB that a saved page may have"):
        saved.posts_in((tmp_path / "bomb.gz").read_bytes())
