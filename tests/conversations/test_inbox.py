"""The inbox of the data folder: what lies there is listed, left alone, and only taken for whole once it is quiet."""

import os
import time
from pathlib import Path

import pytest
from django.http import Http404
from django.test import Client

from homespun.conversations.sample import archives
from homespun.conversations.uploads import inbox
from tests.conversations.archive_pages import client, data, hettie

__all__ = ["client", "data", "hettie"]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute has gone by."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 60)


def lay(data: Path, name: str = "stilewise.zip") -> Path:
    path = data / "inbox" / name
    path.write_bytes(archives()[0].packed())
    return path


def test_what_was_just_put_there_is_still_being_copied(data: Path) -> None:
    lay(data)
    assert [(put.name, put.quiet) for put in inbox.entries()] == [("stilewise.zip", False)]


def test_old_date_does_not_make_a_copy_whole(data: Path) -> None:
    os.utime(lay(data), (1_500_000_000, 1_500_000_000))
    assert [put.quiet for put in inbox.entries()] == [False]


def test_what_lies_still_is_whole(data: Path, later: None) -> None:
    path = lay(data)
    assert [(put.name, put.size, put.quiet) for put in inbox.entries()] == [("stilewise.zip", path.stat().st_size, True)]


def test_folder_is_one_entry(data: Path, later: None) -> None:
    folder = data / "inbox" / "twitter-2022" / "data"
    folder.mkdir(parents=True)
    (folder / "tweets.js").write_bytes(b"window.YTD.tweets.part0 = [ ]")
    assert [(put.name, put.quiet) for put in inbox.entries()] == [("twitter-2022", True)]


def test_links_and_hidden_files_are_left_out(data: Path, later: None) -> None:
    (data / "inbox" / ".part").write_bytes(b"x")
    (data / "inbox" / "elsewhere").symlink_to("/etc")
    assert inbox.entries() == []


@pytest.mark.parametrize("name", ["../secrets", "nothing", "", ".part"])
def test_name_that_is_not_listed_is_nowhere(data: Path, name: str) -> None:
    (data / "inbox" / ".part").write_bytes(b"x")
    with pytest.raises(Http404):
        inbox.entry(name)


def test_missing_inbox_is_an_empty_one(data: Path) -> None:
    (data / "inbox").rmdir()
    assert inbox.entries() == []


def test_page_says_whose_archive_lies_in_the_inbox(client: Client, data: Path, later: None) -> None:
    lay(data)
    page = client.get("/desk/archives/").content.decode()
    assert page.count("An X archive of @stilewise, made on 8 January 2024.") == 1


def test_page_says_why_something_in_the_inbox_is_no_archive(client: Client, data: Path, later: None) -> None:
    (data / "inbox" / "cut.zip").write_bytes(archives()[0].packed()[:3000])
    page = client.get("/desk/archives/").content.decode()
    assert (page.count("is damaged or incomplete"), page.count(">Import</button>")) == (1, 0)
