"""The pages of archives: what is listed, how far a run is, what came of it, and what taking it out would do."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from homespun.conversations.actions import reporting
from homespun.conversations.forms import BringForm
from homespun.conversations.models import Run, Source, Upload
from homespun.conversations.views import reported, reports
from homespun.people.models import Account
from homespun.users.models import Role, User
from tests.conversations.archive_pages import NOW, client, data, hettie

__all__ = ["client", "data", "hettie"]

COUNTS = {
    "read": 14206,
    "new": 13961,
    "replies": 1904,
    "notes": 31,
    "edits": 4,
    "media": 120,
    "parents_found": 1545,
    "parents_missing": 1127,
}


def reading(state: str = Run.State.RUNNING, **fields: object) -> Run:
    handle = f"bryony{Run.objects.count()}"
    account = Account.objects.create(uri=f"https://x.com/i/user/{handle}", network="x", handle=handle, name="Bryony Tarrowell")
    source = Source.objects.create(
        kind="x-archive", fingerprint=handle, title=handle, account=account, is_ours=False, added=NOW, declared={"tweets": 21388}
    )
    given = {"source": source, "path": "/nowhere/bryony.zip", "name": "bryony.zip", "state": state, "started": NOW, "counts": COUNTS}
    return Run.objects.create(**given | fields)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_empty_page_offers_the_sample(client: Client, data: Path) -> None:
    shown = page(client, "/desk/archives/")
    assert (shown.count('action="/desk/archives/sample/"'), shown.count('enctype="multipart/form-data"')) == (1, 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_the_database_as_often_for_three_as_for_one(
    client: Client, data: Path, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        reading(started=NOW + timedelta(hours=number))
    page(client, "/desk/archives/")
    with django_assert_num_queries(7):
        page(client, "/desk/archives/")


def test_run_shows_how_far_it_is_and_asks_again(client: Client, data: Path) -> None:
    shown = page(client, f"/desk/archives/{reading(progress=0.66, cursor={'file': 1}).pk}/")
    assert [
        shown.count(words)
        for words in ("14,206", "of about 21,388 posts read.", 'value="66"', 'hx-trigger="every', "match replies: in progress")
    ] == [1] * 5


@pytest.mark.parametrize("state", [Run.State.CANCELLED, Run.State.FAILED])
def test_run_that_stands_still_offers_to_go_on_and_does_not_ask_again(client: Client, data: Path, state: str) -> None:
    shown = page(client, f"/desk/archives/{reading(state, error='The disk is full.').pk}/")
    assert [
        shown.count(words) for words in ("Continue import", "The disk is full.", 'hx-trigger="every', "continuation/", ": stopped here")
    ] == [*(1, 1, 0, 1, 1)]


def test_report_names_gaps_first_and_counts_beside(client: Client, data: Path) -> None:
    run = reading(
        Run.State.DONE,
        gaps=[NOT_THERE],
        unreadable=[{"where": ["%(file)s, item %(id)s", {"file": "data/tweets.js", "id": "12"}], "why": "It is empty."}] * 2,
    )
    shown = page(client, f"/desk/archives/{run.pk}/")
    wanted = ["June 2016", "1,127 replies answer missing posts", "2 unreadable items", "Totals", "13,961"]
    places = [shown.find(words) for words in wanted]
    assert (-1 in places, places[:3]) == (False, sorted(places[:3]))


def test_names_and_reasons_of_an_archive_stay_words(client: Client, data: Path) -> None:
    evil = "<script>alert(1)</script>"
    run = reading(Run.State.DONE, name=evil, unreadable=[{"where": evil, "why": ["It was left out: %(why)s.", {"why": evil}]}])
    Account.objects.update(handle="", name=evil)
    for address in ("/desk/archives/", f"/desk/archives/{run.pk}/", f"/desk/archives/{run.pk}/removal/"):
        assert page(client, address).count("<script>alert") == 0


def test_removal_says_what_goes_before_it_is_asked(client: Client, data: Path) -> None:
    run = reading(Run.State.DONE)
    shown = page(client, f"/desk/archives/{run.pk}/removal/")
    assert (shown.count("0 posts will be removed"), shown.count("You can’t undo this"), Run.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("address", ["", "99/", "99/cancellation/", "99/removal/", "sample/", "uploads/"])
def test_contributor_finds_nothing_here(client: Client, hettie: User, data: Path, address: str) -> None:
    User.objects.filter(pk=hettie.pk).update(role=Role.CONTRIBUTOR)
    assert client.post(f"/desk/archives/{address}").status_code == 404


def test_archive_is_taken_for_ours_first_and_for_a_customers_once_we_are_known(db: None) -> None:
    assert BringForm(found={"handle": "stilewise"}).fields["whose_is_it"].initial == "ours"
    Account.objects.create(uri="https://x.com/i/user/1", network="x", handle="stilewise", is_own=True)
    assert [BringForm(found={"handle": handle}).fields["whose_is_it"].initial for handle in ("Stilewise", "bryonyshelves")] == [
        "ours",
        "theirs",
    ]


def test_accounts_of_the_sample_are_not_taken_for_us(db: None) -> None:
    reading(Run.State.DONE, options={"sample": True})
    Account.objects.update(is_own=True)
    assert BringForm(found={"handle": "alma"}).fields["whose_is_it"].initial == "ours"


def test_next_word_is_asked_for_where_the_last_one_was(client: Client, data: Path) -> None:
    for name in ("one.js", "two.js"):
        client.post("/desk/archives/", {"archive": SimpleUploadedFile(name, f'window.YTD.tweet.part0 = [ {{"name": "{name}"}} ]'.encode())})
    [one, two] = Upload.objects.order_by("pk")
    led = [client.post(f"/desk/archives/uploads/{each.token}/run/", word(each)).headers["Location"] for each in (one, two)]
    assert led == ["/desk/archives/", f"/desk/archives/{Run.objects.latest('pk').pk}/"]


def word(upload: Upload) -> dict[str, str]:
    return {f"{upload.token[:8]}-whose_is_it": "ours", f"{upload.token[:8]}-account": ""}


def test_name_that_no_account_can_have_is_refused_in_words(db: None) -> None:
    form = BringForm({"whose_is_it": "theirs", "account": "not a name"}, found={})
    assert (form.is_valid(), form.sentence()[:44]) == (False, "“not a name” isn’t an account name. Use lett")


def test_nobody_is_asked_whose_saved_pages_are(db: None) -> None:
    form = BringForm({}, found={"kind": "x-pages"})
    assert (form.is_valid(), form.asks_whose, form.asks_for_account, form.whose().ours) == (True, False, False, False)


def test_name_is_taken_with_and_without_its_sign(db: None) -> None:
    form = BringForm({"whose_is_it": "theirs", "account": " @bryonyshelves "}, found={})
    assert (form.is_valid(), form.whose().account, form.whose().ours) == (True, "bryonyshelves", False)


def counted(by: str, said: int, read: int) -> dict[str, Any]:
    return {"kind": "counted", "by": by, "said": said, "read": read}


NOT_THERE = {"kind": "month", "month": "2016-06", "said": 212, "read": 0}
HALF_THERE = {"kind": "month", "month": "2016-07", "said": 9, "read": 4}


@pytest.mark.parametrize(
    ("gap", "title", "hint"),
    [
        (NOT_THERE, "June 2016", "The archive’s index lists 212 posts for this month. The file is missing."),
        (HALF_THERE, "July 2016", "The archive’s index lists 9 posts for this month. It contains 4."),
        (counted("listed", 39, 36), "3 posts are listed but not included", "The archive’s index lists 39 posts. It contains 36."),
        (counted("likes", 6528, 0), "6,528 likes are listed but not included", "The archive’s own total is 6,528. It contains 0."),
        ({"kind": "shut", "what": "deleted", "count": 5}, "Left out", "5 deleted posts. To include them, import the archive again."),
        ({"kind": "owner"}, "Unknown account", "The archive doesn’t say whose it is."),
        ({"kind": "notes", "count": 1}, "1 long post without its short version", ""),
        ({"kind": "opted-out", "count": 3}, "3 posts not imported", "Their accounts are opted out, or have an open opt-out request."),
        ({"kind": "media", "count": 1200}, "1,200 pictures and videos aren’t in the archive", ""),
    ],
)
def test_gap_is_said_for_a_page(gap: dict[str, Any], title: str, hint: str) -> None:
    line = reported.gap(gap)
    assert (line.title, line.hint[: len(hint)]) == (title, hint)


@pytest.mark.parametrize(
    ("gap", "sentence"),
    [
        (NOT_THERE, "2016-06: the index lists 212 tweets, and the month is not in the archive."),
        (HALF_THERE, "2016-07: the index lists 9 tweets, and 4 are in the archive."),
        (counted("tweets", 50, 48), "The archive says that it holds 50 tweets, and 48 are in it."),
        (counted("headers", 50, 48), "Its list of headers names 50 tweets, and 48 are in it."),
        (counted("likes", 6528, 0), "The archive says that it holds 6528 likes, and 0 are in it."),
        ({"kind": "shut", "what": "deleted", "count": 5}, "5 deleted posts were left shut; --deleted takes them in."),
        ({"kind": "notes", "count": 2}, "2 long posts belong to no tweet of the archive."),
        (
            {"kind": "opted-out", "count": 3},
            "3 posts were not imported, because their accounts are opted out or have an open opt-out request.",
        ),
        ({"kind": "media", "count": 3}, "3 pictures and films are not in the archive."),
    ],
)
def test_gap_is_said_for_the_command_line(gap: dict[str, Any], sentence: str) -> None:
    assert reporting.sentence(gap) == sentence


def test_many_lost_months_are_told_by_the_year(db: None) -> None:
    lost = [{"kind": "month", "month": f"{2010 + n // 12}-{n % 12 + 1:02}", "said": 100, "read": 40 if n else 0} for n in range(2, 25)]
    lines = reported.gaps(reading(gaps=[*lost, counted("listed", 39, 36)]))
    assert [line.title for line in lines[:4]] == ["2010", "2011", "2012", "3 posts are listed but not included"]
    assert lines[0].hint == "The archive’s index lists 600 posts from March to December that it doesn’t contain."
    assert lines[2].hint[:70] == "The archive’s index lists 60 posts from January that it doesn’t contai"
    assert [line.hint.count("older download") for line in lines[:3]] == [0, 0, 1]


def test_gap_that_the_archive_tells_twice_is_said_once(db: None) -> None:
    run = reading(gaps=[counted("tweets", 50, 48), counted("headers", 50, 48)])
    assert [line.title for line in reported.gaps(run)] == ["2 posts are listed but not included", "1,127 replies answer missing posts"]


@pytest.mark.parametrize(
    ("place", "private", "said"),
    [
        ("uploads", 0, "Homespun deleted “bryony.zip” after reading it."),
        ("uploads", 2, "Homespun deleted “bryony.zip” after reading it. It never opened the 2 private files in it."),
        ("inbox", 0, "“bryony.zip” is still where it was. Homespun didn’t change it."),
        ("inbox", 1, "“bryony.zip” is still where it was. It holds 1 private file that Homespun never opened. Keep"),
    ],
)
def test_report_speaks_of_private_files_only_where_there_are_some(db: None, data: Path, place: str, private: int, said: str) -> None:
    run = reading(Run.State.DONE, path=str(data / place / "somewhere" / "bryony.zip"), counts=COUNTS | {"private": private})
    assert reported.file_said(run)[: len(said)] == said


def test_progress_names_the_file_once(db: None) -> None:
    run = reading(source=None)
    told = reports.progress(run)
    assert (told.title, told.lead) == ("Importing bryony.zip", "You can close this page: the import continues.")
    assert reports.progress(reading()).lead == "bryony.zip. You can close this page: the import continues."
