"""`opt-outs.txt`: written with every request and decision, and read again after a restore."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from homespun.conversations.actions.opt_out_file import RESTORED, parse_lines, read_restored, write_opt_out_file
from homespun.conversations.actions.opt_out_requests import dismiss, record_opt_out, request_opt_out, undo
from homespun.conversations.actions.opt_outs import digest, is_opted_out, is_paused
from homespun.conversations.models import OptOut, OptOutRequest, Post, State
from homespun.http import Door
from tests.stories.factories import NOW, account, post, vita

pytestmark = pytest.mark.django_db(transaction=True)
BRYONY = "@bryony@hill.example"
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def file(data: Path) -> Path:
    return data / "opt-outs.txt"


def restored(data: Path, *, of: str) -> None:
    """As after a restore of a backup that knew nothing of it."""
    OptOutRequest.objects.all().delete()
    (data / RESTORED).write_text(of)
    read_restored()


def test_file_holds_hashes_only_and_is_for_nobody_else(data: Path) -> None:
    request_opt_out(by=None, now=NOW, typed=BRYONY)
    record_opt_out(by=vita(), now=NOW, typed="@colm@hill.example")
    written = file(data).read_text()
    assert "bryony" not in written and "colm" not in written and digest(BRYONY) in written
    assert file(data).stat().st_mode & 0o777 == 0o600
    assert {line.split()[0] for line in written.splitlines()} == {"open", "confirmed"}


def test_writing_it_again_changes_nothing(data: Path) -> None:
    request_opt_out(by=None, now=NOW, typed=BRYONY)
    before = file(data).read_text(), file(data).stat().st_mtime_ns
    write_opt_out_file()
    assert (file(data).read_text(), file(data).stat().st_mtime_ns) == before


def test_restore_takes_over_requests_with_their_addresses_and_decisions(data: Path) -> None:
    by = vita()
    request_opt_out(by=None, now=NOW, typed=BRYONY)
    record_opt_out(by=by, now=NOW, typed="@colm@hill.example")
    restored(data, of=file(data).read_text())
    assert is_paused(BRYONY) and is_opted_out("@colm@hill.example")
    assert OptOutRequest.objects.get(state="open").address == BRYONY
    assert not (data / RESTORED).exists()


def test_restore_without_the_key_keeps_the_request_without_its_address(data: Path) -> None:
    request_opt_out(by=None, now=NOW, typed=BRYONY)
    (data / "secrets" / "sealing-key").unlink()
    restored(data, of=file(data).read_text())
    assert is_paused(BRYONY)
    assert OptOutRequest.objects.get().address == ""


def test_restored_posts_of_an_account_that_opted_out_since_cannot_be_quoted(data: Path) -> None:
    said = post("The ladder.", account("bryony"))
    assert said.author is not None
    record_opt_out(by=vita(), now=NOW, typed=said.author.uri)
    Post.objects.update(state=State.LIVE)
    restored(data, of=file(data).read_text())
    assert Post.objects.get().state == State.WITHDRAWN


def test_later_decision_counts_whichever_is_read(data: Path) -> None:
    by = vita()
    made = request_opt_out(by=None, now=NOW, typed=BRYONY)
    older = file(data).read_text()
    dismiss(by=by, now=LATER, request=made.request)
    (data / RESTORED).write_text(older)
    read_restored()
    assert OptOutRequest.objects.get().state == "dismissed"


def test_undone_opt_out_does_not_come_back_by_an_older_file(data: Path) -> None:
    by = vita()
    record_opt_out(by=by, now=NOW, typed=BRYONY)
    older = file(data).read_text()
    undo(by=by, now=LATER, typed=BRYONY, door=Door(site="https://loaf.example"))
    (data / RESTORED).write_text(older)
    read_restored()
    assert not is_opted_out(BRYONY)


def test_tombstones_of_older_versions_are_read_as_made_before_verification(data: Path) -> None:
    line = f"{digest(BRYONY)} 2026-02-01 10:00:00\n"
    (data / "tombstones.txt").write_text(line)
    (data / RESTORED).write_text(line)
    assert read_restored() == 1
    assert is_opted_out(BRYONY)
    assert OptOutRequest.objects.get().state == "earlier"
    assert not (data / "tombstones.txt").exists()
    (data / RESTORED).write_text(line)
    assert read_restored() == 0
    assert OptOut.objects.count() == 1


def test_lines_that_are_none_are_skipped() -> None:
    assert parse_lines(["", "nonsense", "open opt-out key - not-a-date - - digest -", "a b c d e f g h i", "x" * 10_000]) == []
