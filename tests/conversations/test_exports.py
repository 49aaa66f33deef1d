"""Several exports of several people: whatever the order they come in, and which of them is taken out again, the same rows."""

import json
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from homespun.conversations import actions
from homespun.conversations.models import Post, Run, Source
from homespun.people.models import Account
from tests.conversations.written import everything, number, tweet

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"


def export(path: Path, who: int, handle: str, made: int, tweets: list[dict[str, Any]], likes: list[dict[str, Any]] | None = None) -> Path:
    (path / "data").mkdir(parents=True)
    about = {"userInfo": {"accountId": str(who), "userName": handle}, "archiveInfo": {"generationDate": f"{made}-01-01T00:00:00.000Z"}}
    (path / "data" / "manifest.js").write_text(f"window.__THAR_CONFIG = {json.dumps(about)}")
    (path / "data" / "tweets.js").write_text("window.YTD.tweets.part0 = " + json.dumps([{"tweet": each} for each in tweets], indent=2))
    if likes:
        (path / "data" / "like.js").write_text("window.YTD.like.part0 = " + json.dumps([{"like": each} for each in likes], indent=2))
    return path


def told(path: Path) -> None:
    actions.collect(by=None, now=NOW, path=path, options=actions.Options(theirs="ours" not in path.name))


def taken_out(path: Path) -> None:
    source = Run.objects.get(path=str(path.resolve())).source
    assert source is not None
    actions.remove_source(by=None, now=NOW, source=source)


def afresh() -> None:
    for source in Source.objects.all():
        actions.remove_source(by=None, now=NOW, source=source)
    Account.objects.all().delete()


def test_address_of_a_post_is_by_the_handle_of_the_newest_export_in_any_order(tmp_path: Path) -> None:
    older = export(tmp_path / "ours-2020", 1, "ours", 2020, [tweet(1, "Words", favorite_count="1")])
    newer = export(tmp_path / "ours-2024", 1, "renamed", 2024, [tweet(1, "Words", favorite_count="9")])
    for order in permutations([older, newer]):
        for path in [*order, *order]:
            told(path)
        assert Post.objects.get().url == f"https://x.com/renamed/status/{number(1)}"
        afresh()


def test_owner_known_before_by_handle_alone_is_one_account_in_any_order(tmp_path: Path) -> None:
    answer = tweet(2, "An answer", in_reply_to_status_id_str=str(number(1)), in_reply_to_screen_name="ours")
    stranger = export(tmp_path / "stranger", 3, "stranger", 2023, [answer])
    older = export(tmp_path / "ours-2020", 1, "ours", 2020, [tweet(1, "Words")])
    newer = export(tmp_path / "ours-2024", 1, "renamed", 2024, [tweet(1, "Words")])
    ends = []
    for order in permutations([stranger, older, newer]):
        for path in order:
            told(path)
        ends.append(everything())
        afresh()
    assert [end["accounts"] for end in ends] == [
        {("https://x.com/i/user/1", "renamed", "", "", True), ("https://x.com/i/user/3", "stranger", "", "", False)}
    ] * 6
    assert all(end["posts"] == ends[0]["posts"] for end in ends)


def test_author_of_liked_words_that_only_a_removed_archive_told_is_unknown_again(tmp_path: Path) -> None:
    telling = tweet(2, "To the customer", answers=1, of=2)
    silent = tweet(3, "To somebody", in_reply_to_status_id_str=str(number(1)))
    ours = export(tmp_path / "ours", 1, "ours", 2023, [telling])
    stranger = export(tmp_path / "stranger", 3, "stranger", 2023, [silent], [{"tweetId": str(number(1)), "fullText": "Liked words"}])
    told(stranger)
    before = everything()
    told(ours)
    assert str(Post.objects.get(text="Liked words").author) == "@customer"
    taken_out(ours)
    after = everything()
    assert after["posts"] == before["posts"]
    assert after["words"] == before["words"]


def nameless(path: Path) -> Path:
    path.mkdir()
    (path / "tweets.js").write_text("window.YTD.tweets.part0 = " + json.dumps([{"tweet": tweet(1, "Words")}], indent=2))
    return path


def test_archive_brought_again_with_the_name_of_its_owner_is_theirs_altogether(tmp_path: Path) -> None:
    path = nameless(tmp_path / "nameless")
    actions.collect(by=None, now=NOW, path=path)
    actions.collect(by=None, now=NOW, path=path, options=actions.Options(account="@ours"))
    assert Post.objects.get().author == Account.objects.get()
    assert Post.objects.get().url == f"https://x.com/ours/status/{number(1)}"
    assert (Account.objects.get().uri, Account.objects.get().is_own) == ("https://x.com/ours", True)


@pytest.mark.parametrize("theirs", [True, False])
def test_archive_brought_again_as_somebody_elses_or_ours_is_what_was_said_last(tmp_path: Path, theirs: bool) -> None:
    path = export(tmp_path / "one", 1, "one", 2023, [tweet(1, "Words")])
    actions.collect(by=None, now=NOW, path=path, options=actions.Options(theirs=not theirs))
    actions.collect(by=None, now=NOW, path=path, options=actions.Options(theirs=theirs))
    assert (Source.objects.get().is_ours, Account.objects.get().is_own) == (not theirs, not theirs)
