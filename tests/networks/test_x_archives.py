"""Archives of every era and in every shape, made up, and what is wrong with them told in sentences."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import pytest

from homespun.networks import NetworkError
from homespun.networks.values import Page
from homespun.networks.x import Archive, open_archive

FIRST = 1_200_000_000_000_000_000


def tweet(n: int, text: str = "", **more: Any) -> dict[str, Any]:
    return {"id_str": str(FIRST + (n << 32)), "full_text": text or f"Words {n}", **more}


def script(name: str, items: list[Any], indent: int | str | None = 2) -> str:
    return f"window.YTD.{name}.part0 = " + json.dumps(items, indent=indent, ensure_ascii=False)


def wrapped(*items: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"tweet": item} for item in items]


def folder(path: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(archive: Archive, cursor: dict[str, Any] | None = None) -> Page:
    """All its pages as one."""
    pages = list(archive.pages(cursor or {}))
    archive.close()
    posts = [post for page in pages for post in page.posts]
    unread = tuple(each for page in pages for each in page.unread)
    asides = [post for page in pages for post in page.asides]
    return Page(posts, pages[-1].cursor if pages else {}, asides, unread)


def texts(path: Path, **options: Any) -> list[str]:
    return [post.text for post in read(open_archive(path, **options)).posts]


@pytest.mark.parametrize("indent", [2, 4, "\t", None])
def test_archive_is_read_however_it_is_indented(tmp_path: Path, indent: int | str | None) -> None:
    assert texts(folder(tmp_path, {"data/tweets.js": script("tweets", wrapped(tweet(1), tweet(2), tweet(3)), indent)})) == [
        "Words 1",
        "Words 2",
        "Words 3",
    ]


def test_large_archive_on_one_line_is_read_whole(tmp_path: Path) -> None:
    many = wrapped(*(tweet(n, f'Braces {{}} and a quote " {"x" * 3000}') for n in range(2_000)))
    assert len(texts(folder(tmp_path, {"tweets.js": script("tweets", many, None)}))) == 2_000


def test_archive_of_2018_has_bare_tweets(tmp_path: Path) -> None:
    archive = open_archive(folder(tmp_path, {"tweet.js": script("tweet", [tweet(1)])}))
    assert (archive.found.era, [post.text for post in read(archive).posts]) == ("2018", ["Words 1"])


def test_months_of_2012_are_read_in_order(tmp_path: Path) -> None:
    files = {
        f"data/js/tweets/2013_0{month}.js": f"Grailbird.data.tweets_2013_0{month} = \n "
        + json.dumps([{"id_str": str(FIRST + month), "id": FIRST + month, "text": f"Month {month}"}], indent=2)
        for month in (2, 1)
    }
    files["data/js/tweet_index.js"] = "var tweet_index = " + json.dumps([{"year": 2012, "month": 12, "tweet_count": 5}])
    files["data/js/user_details.js"] = 'var user_details = {"screen_name": "Bryony", "id": "77", "full_name": "Bryony"}'
    archive = open_archive(folder(tmp_path, files))
    assert (archive.owner.uri, archive.owner.handle, archive.found.months) == ("https://x.com/i/user/77", "Bryony", {"2012-12": 5})
    assert [post.text for post in read(archive).posts] == ["Month 1", "Month 2"]


def test_zip_and_folder_are_the_same_archive(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"data/tweets.js": script("tweets", wrapped(tweet(1), tweet(2)))}
    one, other = open_archive(zipped(tmp_path / "a.zip", files)), open_archive(folder(tmp_path / "b", files))
    assert one.found.fingerprint == other.found.fingerprint
    assert read(one).posts == read(other).posts


def test_reading_goes_on_behind_any_cursor(tmp_path: Path) -> None:
    many = wrapped(*(tweet(n, "x" * 3000) for n in range(1_500)))
    path = zipped(
        tmp_path / "a.zip",
        {"data/tweets.js": script("tweets", many), "data/like.js": script("like", [{"like": {"tweetId": "5", "fullText": "Liked"}}])},
    )
    pages = list(open_archive(path).pages({}))
    assert len(pages) > 4
    for place, page in enumerate(pages):
        rest = list(open_archive(path).pages(page.cursor))
        after = pages[place + 1 :]
        assert sum(len(each.posts) + len(each.asides) for each in rest) == sum(len(each.posts) + len(each.asides) for each in after)


def test_private_files_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = [
        "direct-messages.js",
        "email-address-change.js",
        "phone-number.js",
        "contact.js",
        "ip-audit.js",
        "ad-engagements.js",
        "device-token.js",
    ]
    folder(
        tmp_path, {"data/tweets.js": script("tweets", wrapped(tweet(1)))} | {f"data/{name}": "window.YTD.x.part0 = []" for name in private}
    )
    opened: list[str] = []
    before = Path.open

    def opening(self: Path, mode: str = "r") -> IO[Any]:
        opened.append(self.name)
        return before(self, mode)

    monkeypatch.setattr(Path, "open", opening)
    assert texts(tmp_path) == ["Words 1"]
    assert set(opened) == {"tweets.js"}


def test_deleted_and_circle_are_shut_until_asked_for(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "tweets.js": script("tweets", wrapped(tweet(1))),
        "deleted-tweets.js": script("deleted_tweets", wrapped(tweet(2))),
        "twitter-circle-tweet.js": script("twitter_circle_tweet", wrapped(tweet(3))),
        "community-tweet.js": script("community_tweet", wrapped(tweet(4))),
    }
    folder(tmp_path, files)
    assert texts(tmp_path) == ["Words 1", "Words 4"]
    assert texts(tmp_path, deleted=True, circle=True) == ["Words 1", "Words 4", "Words 3", "Words 2"]


def test_broken_tweet_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    text = script("tweets", wrapped(tweet(1), tweet(2), tweet(3))).replace('"Words 2"', "Words 2")
    page = read(open_archive(folder(tmp_path, {"tweets.js": text})))
    assert [post.text for post in page.posts] == ["Words 1", "Words 3"]
    assert [each.why for each in page.unread] == ["It is not whole JSON, so it was left out."]


def test_bytes_that_are_not_utf8_are_kept_as_far_as_they_go(tmp_path: Path) -> None:
    raw = script("tweets", wrapped(tweet(1, "caf@"), tweet(2))).encode().replace(b"caf@", b"caf\xe9")
    page = read(open_archive(folder(tmp_path, {"tweets.js": raw})))
    assert [post.text for post in page.posts] == ["caf\ufffd", "Words 2"]
    assert len(page.unread) == 1


@pytest.mark.parametrize("wrong", ["-5", str(2**64), str(2**63 - 1), "abc", "", "1.5"])
def test_impossible_id_is_named(tmp_path: Path, wrong: str) -> None:
    page = read(open_archive(folder(tmp_path, {"tweets.js": script("tweets", wrapped(tweet(1), {"id_str": wrong, "full_text": "Odd"}))})))
    assert ([post.text for post in page.posts], len(page.unread)) == (["Words 1"], 1)


def test_file_that_ends_in_the_middle_is_told(tmp_path: Path) -> None:
    text = script("tweets", wrapped(tweet(1), tweet(2)))[:-40]
    page = read(open_archive(folder(tmp_path, {"tweets.js": text})))
    assert [post.text for post in page.posts] == ["Words 1"]
    assert page.unread[-1].why == "The file ends in the middle: it was cut off on its way."


def test_zip_with_a_path_that_leads_out_is_read_without_it(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", {"data/tweets.js": script("tweets", wrapped(tweet(1))), "../../data/tweets.js": "window.YTD.tweets.part0 = []"}
    )
    page = read(open_archive(path))
    assert ([post.text for post in page.posts], [each.where for each in page.unread]) == (["Words 1"], ["../../data/tweets.js"])


def bomb(path: Path) -> Path:
    return zipped(path, {"data/tweets.js": b"window.YTD.tweets.part0 = [" + b" " * (64 << 20)})


def truncated(path: Path) -> Path:
    zipped(path, {"data/tweets.js": script("tweets", wrapped(tweet(1)))})
    path.write_bytes(path.read_bytes()[:-30])
    return path


def encrypted(path: Path) -> Path:
    zipped(path, {"data/tweets.js": script("tweets", wrapped(tweet(1)))})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def foreign(path: Path) -> Path:
    return zipped(path, {"word/document.xml": "<w/>"})


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (bomb, "unpacks to 64 MB"),
        (truncated, "is not a whole zip"),
        (encrypted, "is locked with a password"),
        (foreign, "holds no tweets of an X archive"),
        (empty, "is empty"),
        (lambda path: path, "There is nothing at"),
    ],
)
def test_bad_archive_is_told_in_a_sentence(tmp_path: Path, make: Any, sentence: str) -> None:
    with pytest.raises(NetworkError, match=sentence):
        open_archive(make(tmp_path / "a.zip"))
