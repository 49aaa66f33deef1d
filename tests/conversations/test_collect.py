"""`collect` from a path to its report: counts, gaps, media, a run that goes on where it stopped, and one that fails."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from homespun.conversations import actions
from homespun.conversations.actions import reading
from homespun.conversations.actions.removing import remove_source
from homespun.conversations.actions.reporting import noun_for, sentence
from homespun.conversations.models import Post, PostMedia, Run, Source
from homespun.networks import NetworkError
from homespun.people.models import Account, AccountName, Rank
from tests.conversations.written import everything, tweet, uri, user

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    (folder / "data" / "tweets_media").mkdir(parents=True)
    picture = {"url": "https://t.co/aaaaaaaaaa", "type": "photo", "media_url_https": "https://pbs.twimg.com/media/A.png"}
    first = tweet(1, "Look https://t.co/aaaaaaaaaa", extended_entities={"media": [picture]})
    items = [{"tweet": each} for each in (first, tweet(2, "An answer", answers=1), tweet(3, "To nobody here", answers=99, of=3))]
    (folder / "data" / "tweets.js").write_text("window.YTD.tweets.part0 = " + json.dumps(items, indent=2))
    account = [{"account": {"username": "ours", "accountId": "1", "accountDisplayName": "Ours", "email": "x@example.org"}}]
    (folder / "data" / "account.js").write_text("window.YTD.account.part0 = " + json.dumps(account, indent=2))
    out = BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    (folder / "data" / "tweets_media" / f"{first['id_str']}-A.png").write_bytes(out.getvalue())
    return folder


def collected(path: Path, **options: Any) -> dict[str, Any]:
    return actions.report(actions.collect(by=None, now=NOW, path=path, options=actions.Options(**options)))


def test_report_counts_what_was_made_of_an_archive(archive: Path) -> None:
    report = collected(archive)
    names = ["read", "posts", "new", "updated", "unchanged", "replies", "parents_found", "parents_missing", "media"]
    counted = {key: report[key] for key in names}
    assert counted == {
        "read": 3,
        "posts": 3,
        "new": 3,
        "updated": 0,
        "unchanged": 0,
        "replies": 2,
        "parents_found": 1,
        "parents_missing": 1,
        "media": 1,
    }
    assert PostMedia.objects.get().file is not None
    assert Account.objects.get(handle="ours").is_own


def test_names_are_known_by_the_source_that_told_them(archive: Path) -> None:
    collected(archive)
    source = Source.objects.get().pk
    assert list(AccountName.objects.order_by("handle", "rank").values_list("handle", "source", "rank")) == [
        ("ours", source, Rank.SELF),
        ("ours", source, Rank.OTHERS),
        ("stranger", source, Rank.OTHERS),
    ]


def test_second_collect_adds_nothing(archive: Path) -> None:
    collected(archive)
    before = everything()
    report = collected(archive)
    assert (report["new"], report["updated"], report["unchanged"]) == (0, 0, 3)
    assert everything() == before


def test_same_posts_in_another_export_are_unchanged(archive: Path) -> None:
    collected(archive)
    report = collected(archive / "data" / "tweets.js")
    assert (report["new"], report["updated"], report["unchanged"]) == (0, 0, 3)


def test_archive_of_a_customer_is_not_ours(archive: Path) -> None:
    collected(archive, theirs=True)
    assert not Account.objects.filter(is_own=True).exists()


def test_archive_that_names_nobody_says_so(archive: Path) -> None:
    (archive / "data" / "account.js").unlink()
    assert "does not say whose it is" in collected(archive)["gaps"][0]


def test_account_names_the_owner_where_the_archive_does_not(archive: Path) -> None:
    (archive / "data" / "account.js").unlink()
    collected(archive, account="@stilewise")
    assert {post.author.handle for post in Post.objects.select_related("author") if post.author} == {"stilewise"}


def test_slices_end_in_the_same_rows(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 1)
    run = actions.start_run(by=None, now=NOW, path=archive)
    turns = 1
    while actions.read_some(run=run, now=NOW, seconds=0):
        turns += 1
    assert (run.state, turns > 2, Post.objects.count()) == (Run.State.DONE, True, 3)


def test_cancelled_run_stands_still_and_goes_on(archive: Path) -> None:
    run = actions.start_run(by=None, now=NOW, path=archive)
    actions.cancel_run(by=None, now=NOW, run=run)
    assert (actions.read_some(run=run, now=NOW), Post.objects.count()) == (False, 0)
    actions.go_on(by=None, now=NOW, run=run)
    assert (actions.read_some(run=run, now=NOW), Post.objects.count()) == (False, 3)


def test_failed_run_keeps_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="doesn’t exist"):
        actions.collect(by=None, now=NOW, path=tmp_path / "nowhere.zip")
    assert Run.objects.get().state == Run.State.FAILED


@pytest.mark.parametrize(
    ("items", "sentence"),
    [([], "contains no posts"), ([{"tweet": {"full_text": "No id"}}], "No post in “archive” could be read. The first problem: ")],
)
def test_import_that_reads_nothing_fails_and_leaves_no_source(archive: Path, items: list[Any], sentence: str) -> None:
    tweets = archive / "data" / "tweets.js"
    whole = tweets.read_text()
    tweets.write_text("window.YTD.tweets.part0 = " + json.dumps(items))
    with pytest.raises(NetworkError, match=sentence):
        collected(archive)
    run = Run.objects.get()
    assert (run.state, run.source, run.cursor) == (Run.State.FAILED, None, {})
    assert Source.objects.count() == 0
    tweets.write_text(whole)
    assert collected(archive)["new"] == 3


def test_import_that_reads_nothing_new_leaves_the_source_that_was_there(archive: Path) -> None:
    collected(archive)
    (archive / "data" / "manifest.js").write_text("window.__THAR_CONFIG = {}")
    assert collected(archive)["unchanged"] == 3
    assert Source.objects.count() == 1


def test_gaps_of_other_networks_speak_of_posts() -> None:
    gap = {"kind": "counted", "by": "posts", "said": 9, "read": 7}
    assert [sentence(gap, noun_for(kind)) for kind in ("mastodon-export", "x-archive")] == [
        "The archive says that it holds 9 posts, and 7 are in it.",
        "The archive says that it holds 9 tweets, and 7 are in it.",
    ]


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("own_first", [True, False])
def test_owner_goes_by_their_own_archive_whatever_comes_first(tmp_path: Path, own_first: bool, dated: bool) -> None:
    ours = archive_of(tmp_path / "ours", 1, "maplehall", [tweet(1, "Under the new name")])
    reply = tweet(9, "@oldmaple hello there", answers=1) | {"in_reply_to_screen_name": "oldmaple"}
    repost = tweet(8, "RT @oldmaple: Words", retweeted_status=tweet(0, "Words", user=user(1, handle="oldmaple", avatar="old.jpg")))
    theirs = archive_of(tmp_path / "theirs", 2, "birchdesk", [reply, repost])
    if dated:
        manifest = {"archiveInfo": {"generationDate": "2019-12-31T00:00:00.000Z"}}
        (ours / "data" / "manifest.js").write_text(f"window.__THAR_CONFIG = {json.dumps(manifest)}")
    for path in (ours, theirs) if own_first else (theirs, ours):
        collected(path, theirs=path == theirs)
    account = Account.objects.get(uri="https://x.com/i/user/1")
    assert (account.handle, account.name, account.avatar, account.is_own) == ("maplehall", "maplehall", "old.jpg", True)
    own = account.former_names.get(rank=Rank.SELF)
    assert own.first_seen == own.last_seen == (datetime(2019, 12, 31, tzinfo=UTC) if dated else Post.objects.get(uri=uri(1)).published)
    remove_source(by=None, now=NOW, source=Source.objects.get(account=account))
    account.refresh_from_db()
    assert account.handle == "oldmaple"


def archive_of(folder: Path, who: int, handle: str, tweets: list[dict[str, Any]]) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "tweets.js").write_text("window.YTD.tweets.part0 = " + json.dumps([{"tweet": each} for each in tweets], indent=2))
    account = [{"account": {"username": handle, "accountId": str(who), "accountDisplayName": handle}}]
    (folder / "data" / "account.js").write_text("window.YTD.account.part0 = " + json.dumps(account))
    return folder
