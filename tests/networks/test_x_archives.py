"""Archives of every era and in every shape, made up, and what is wrong with them told in sentences."""

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import pytest

from homespun.networks import NetworkError, known
from homespun.networks.exports import Told
from homespun.networks.values import Page, Place
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
        (bomb, "unpacks from 63 KB to 64 MB"),
        (truncated, "is damaged or incomplete"),
        (encrypted, "is protected with a password"),
        (foreign, "isn’t an archive"),
        (empty, "is empty"),
        (lambda path: path, "doesn’t exist"),
    ],
)
def test_bad_archive_is_told_in_a_sentence(tmp_path: Path, make: Any, sentence: str) -> None:
    with pytest.raises(NetworkError, match=sentence):
        open_archive(make(tmp_path / "a.zip"))


@pytest.mark.parametrize(
    "manifest", [{"userInfo": "x", "archiveInfo": [1], "dataTypes": "no"}, {"dataTypes": {"tweets": {"files": 5}}}, [], "x"]
)
def test_archive_whose_manifest_is_not_made_as_it_should_be_is_read(tmp_path: Path, manifest: Any) -> None:
    files = {"data/tweets.js": script("tweets", wrapped(tweet(1))), "data/manifest.js": f"window.__THAR_CONFIG = {json.dumps(manifest)}"}
    assert texts(folder(tmp_path / "archive", files)) == ["Words 1"]


def test_owner_whose_name_was_cut_in_the_middle_of_a_character_is_known(tmp_path: Path) -> None:
    account = {"username": "ours", "accountId": "1", "accountDisplayName": "Ours \\ud83d"}
    told = f"window.YTD.account.part0 = {json.dumps([{'account': account}])}".replace("\\\\ud83d", "\\ud83d")
    files = {"data/tweets.js": script("tweets", wrapped(tweet(1))), "data/account.js": told}
    archive = open_archive(folder(tmp_path / "archive", files))
    assert (archive.owner.handle, archive.owner.name) == ("ours", "Ours \ufffd")


@pytest.mark.parametrize("year", ["99999", "1900", "2107", "0001"])
def test_tweet_of_an_absurd_date_is_reported_and_the_rest_read(tmp_path: Path, year: str) -> None:
    old = {"id_str": "5", "full_text": "Old", "created_at": f"Sat Jan 01 00:00:00 +0000 {year}"}
    page = read(open_archive(folder(tmp_path / "archive", {"data/tweets.js": script("tweets", wrapped(old, tweet(1)))})))
    assert [post.text for post in page.posts] == ["Words 1"]
    assert len(page.unread) == 1


def test_tweet_beside_what_is_none_is_read(tmp_path: Path) -> None:
    path = folder(tmp_path / "archive", {"data/tweets.js": script("tweets", [{"tweet": tweet(1)}, None, 5, [], {"tweet": tweet(2)}])})
    assert texts(path) == ["Words 1", "Words 2"]


@pytest.mark.parametrize(
    "odd",
    [
        {"lang": {"a": 1}},
        {"entities": []},
        {"entities": {"urls": "abc", "user_mentions": 5, "media": 5}},
        {"extended_entities": {"media": "x"}},
        {"extended_entities": {"media": [{"type": ["x"], "media_url_https": 5, "ext_alt_text": 5}]}},
        {"extended_entities": {"media": [{"type": "photo", "sizes": {"large": {"w": "9" * 20, "h": -5}}}]}},
        {"extended_entities": {"media": [{"type": "video", "video_info": {"variants": [{"content_type": "video/mp4", "bitrate": "x"}]}}]}},
        {"note_tweet": "x"},
        {"edit_info": "x"},
        {"in_reply_to_status_id": [1], "in_reply_to_screen_name": {"a": 1}},
        {"user": {"id_str": "2", "screen_name": 5, "name": {"x": 1}, "profile_image_url_https": []}},
    ],
)
def test_tweet_with_an_odd_part_is_read_with_values_that_can_be_kept(tmp_path: Path, odd: dict[str, Any]) -> None:
    (post,) = read(open_archive(folder(tmp_path / "archive", {"data/tweets.js": script("tweets", wrapped(tweet(1, **odd)))}))).posts
    author = post.author
    assert author is not None
    assert {value.__class__ for value in (post.text, post.lang, post.url, author.handle, author.name, author.avatar)} == {str}
    for each in post.media:
        assert {value.__class__ for value in (each.kind, each.url, each.file, each.alt)} == {str}
        assert 0 <= each.width < 2**31
        assert 0 <= each.height < 2**31


def test_sign_that_no_page_can_show_is_left_out_of_names_and_words(tmp_path: Path) -> None:
    odd = tweet(1, "a\0b", user={"id_str": "2", "screen_name": "s\0o", "name": "S\0o"})
    (post,) = read(open_archive(folder(tmp_path / "archive", {"data/tweets.js": script("tweets", wrapped(odd))}))).posts
    assert post.author is not None
    assert (post.text, post.author.handle, post.author.name) == ("ab", "so", "So")


def test_archives_of_two_people_in_one_folder_are_refused_by_name(tmp_path: Path) -> None:
    files = {}
    for number, name in (("1", "ours"), ("2", "theirs")):
        files[f"{name}/data/tweets.js"] = script("tweets", wrapped(tweet(int(number))))
        files[f"{name}/data/account.js"] = script("account", [{"account": {"username": name, "accountId": number}}])
    with pytest.raises(NetworkError, match=r"several people \(@ours, @theirs\)"):
        open_archive(folder(tmp_path / "both", files))


def test_two_exports_of_one_person_in_one_folder_are_one_archive(tmp_path: Path) -> None:
    files = {}
    for year in ("2020", "2024"):
        files[f"{year}/data/tweets.js"] = script("tweets", wrapped(tweet(int(year))))
        files[f"{year}/data/account.js"] = script("account", [{"account": {"username": f"ours{year}", "accountId": "1"}}])
    assert texts(folder(tmp_path / "both", files)) == ["Words 2020", "Words 2024"]


def test_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NetworkError, match="“pipe” isn’t a file or a folder"):
        open_archive(tmp_path / "pipe")


def test_private_files_are_counted_and_those_of_the_page_are_not(tmp_path: Path) -> None:
    files = {
        "data/tweets.js": script("tweets", wrapped(tweet(1))),
        "data/direct-messages.js": "never opened",
        "data/phone-number.js": "never opened",
        "assets/js/runtime.js": "",
        "Your archive.html": "",
    }
    for path in (zipped(tmp_path / "a.zip", files), folder(tmp_path / "a", files)):
        archive = open_archive(path)
        assert archive.found.private == 2
        archive.close()


EDITED = ["", "module.exports = ", "export default ", "const tweets = ", "// cut for a tool\nexport const tweets = ", "\ufeff\n"]


@pytest.mark.parametrize("opening", EDITED)
@pytest.mark.parametrize("name", ["tweets.js", "tweets.json", "tweet-part1.json", "my tweets.txt"])
def test_file_whose_first_words_were_changed_is_read(tmp_path: Path, opening: str, name: str) -> None:
    path = folder(tmp_path, {name: opening + json.dumps(wrapped(tweet(1), tweet(2)), indent=2)}) / name
    archive = known.opened(path, Told(account="@ours"))
    assert [post.text for page in archive.pages({}) for post in page.posts] == ["Words 1", "Words 2"]
    assert archive.owner.handle == "ours"


@pytest.mark.parametrize("opening", EDITED)
def test_folder_of_changed_files_knows_its_owner_and_what_was_deleted(tmp_path: Path, opening: str) -> None:
    files = {
        "data/tweets.js": wrapped(tweet(1)),
        "data/deleted-tweets.js": wrapped(tweet(2, deleted_at="2024-01-01")),
        "data/account.js": [{"account": {"username": "ours", "accountId": "1"}}],
        "data/direct-messages.js": [{"dmConversation": {"text": "Secret", "created_at": "now", "id": 1}}],
    }
    archive = open_archive(folder(tmp_path, {name: opening + json.dumps(items, indent=2) for name, items in files.items()}))
    assert (archive.owner.handle, archive.private) == ("ours", 1)
    assert [post.text for post in read(archive).posts] == ["Words 1"]


def test_months_without_their_first_words_are_read_as_months(tmp_path: Path) -> None:
    user = {"id_str": "1", "screen_name": "ours"}
    archive = open_archive(folder(tmp_path, {"data/js/tweets/2013_02.js": json.dumps([tweet(1, user=user)], indent=1)}))
    assert [(file.kind, file.month) for file in archive.found.files] == [("tweets", "2013-02")]
    assert [post.place for post in read(archive).posts] == [Place.OWN]


def test_long_run_of_spaces_is_looked_through_once(tmp_path: Path) -> None:
    path = folder(tmp_path, {"data/tweets.js": " " * (1 << 16) + "x"})
    with pytest.raises(NetworkError, match="has no archive in it"):
        open_archive(path)
