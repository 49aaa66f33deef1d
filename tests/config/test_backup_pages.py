"""Settings > Backups: made at once or every night, downloaded by owners only, and old ones deleted."""

import errno
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from homespun.config import backup_files, backup_runs, backups, data, doctor
from homespun.config.environ import environ
from homespun.config.models import BackupPlan, BackupRun
from homespun.config.tasks import nightly_backup, request_backup
from homespun.core.jobs.models import Row
from homespun.core.jobs.worker import run_waiting
from homespun.core.models import AuditEntry, Site
from homespun.users.models import Role, User
from tests.users.cast import sandor, vita

pytestmark = pytest.mark.django_db
HERE = "/desk/settings/backups/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """The backups of a data folder with a small database; that of the tests is in memory."""
    before = environ.data
    object.__setattr__(environ, "data", tmp_path)  # it is frozen
    (tmp_path / "backups").mkdir()
    with closing(sqlite3.connect(tmp_path / "homespun.sqlite3")) as database:
        database.execute("create table django_migrations (app, name)")
    yield tmp_path / "backups"
    object.__setattr__(environ, "data", before)


@pytest.fixture
def owner() -> User:
    return vita()


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def made(folder: Path, name: str, age: timedelta = timedelta()) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("README.txt", "A backup.")
    stamp = (timezone.now() - age).timestamp()
    os.utime(path, (stamp, stamp))
    return path


def test_backup_made_on_the_page_can_be_downloaded_and_restored(desk: Client, folder: Path) -> None:
    assert desk.post(f"{HERE}runs/").headers["Location"] == HERE
    assert "Making a backup" in desk.get(HERE).text or "Waiting for the background worker" in desk.get(HERE).text
    run_waiting()
    (name,) = [path.name for path in folder.iterdir()]
    assert name in desk.get(HERE).text
    answer = desk.get(f"{HERE}files/{name}/")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in answer.headers["Cache-Control"]
    with backups.opened(folder / name) as bundle:
        assert backups.contents_of(bundle).media == 0
    part = desk.get(f"{HERE}files/{name}/", headers={"Range": "bytes=100-199"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, (folder / name).read_bytes()[100:200])  # type: ignore[attr-defined]
    assert b"".join(answer.streaming_content) == (folder / name).read_bytes()  # type: ignore[attr-defined]
    verbs = ["backup.begin", "backup.make", "backup.download", "backup.download"]
    assert list(AuditEntry.objects.filter(verb__startswith="backup").order_by("pk").values_list("verb", flat=True)) == verbs


def test_second_request_while_a_backup_is_made_makes_none(desk: Client, folder: Path) -> None:
    desk.post(f"{HERE}runs/")
    assert "A backup is already being made." in desk.post(f"{HERE}runs/", follow=True).text
    run_waiting()
    assert len(list(folder.iterdir())) == 1


def test_page_shows_how_far_a_backup_is(desk: Client) -> None:
    request_backup(by=None)
    BackupRun.objects.update(done_bytes=300, total_bytes=1000)
    assert '<progress class="progress" value="30"' in desk.get(HERE).text


@pytest.mark.parametrize("name", ["../homespun.sqlite3", "..%2Fhomespun.sqlite3", "nothing.zip", ".hidden.zip", "before-restore.sqlite3"])
def test_only_backups_can_be_downloaded_or_deleted(desk: Client, folder: Path, name: str) -> None:
    for other in (".hidden.zip", "before-restore.sqlite3"):
        (folder / other).touch()
    assert desk.get(f"{HERE}files/{name}/").status_code == 404
    assert desk.post(f"{HERE}files/{name}/deletion/").status_code == 404


def test_link_in_the_folder_is_no_backup(desk: Client, folder: Path, tmp_path: Path) -> None:
    (folder / "link.zip").symlink_to(tmp_path / "homespun.sqlite3")
    assert backup_files.backup_files() == []
    assert desk.get(f"{HERE}files/link.zip/").status_code == 404


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CONTRIBUTOR])
def test_others_than_owners_find_no_backups(client: Client, owner: User, folder: Path, role: Role) -> None:
    made(folder, "homespun-1.zip")
    client.force_login(sandor(role=role))
    assert [client.get(path).status_code for path in (HERE, f"{HERE}files/homespun-1.zip/")] == [404, 404]
    assert client.post(f"{HERE}files/homespun-1.zip/deletion/").status_code == 404
    assert f'href="{HERE}"' not in client.get("/desk/settings/you/").text
    assert (folder / "homespun-1.zip").exists()


def test_backup_is_deleted(desk: Client, folder: Path) -> None:
    made(folder, "homespun-1.zip")
    assert "Deleted homespun-1.zip." in desk.post(f"{HERE}files/homespun-1.zip/deletion/", follow=True).text
    assert list(folder.iterdir()) == []


def test_full_disk_is_a_sentence_and_leaves_nothing(desk: Client, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backups, "pack", full)
    desk.post(f"{HERE}runs/")
    run_waiting()
    page = desk.get(HERE).text
    assert "The last backup failed" in page
    assert "The disk is full. Make room or delete old backups, then try again. No backup was made." in page
    assert list(folder.iterdir()) == []


def test_backup_that_cannot_fit_is_not_begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homespun.config.backups.shutil.disk_usage", lambda path: Free())
    request_backup(by=None)
    run_waiting()
    assert BackupRun.objects.get().error.endswith("0 MB are free. Make room or delete old backups.")


class Free:
    free = 0


def test_worker_that_was_killed_leaves_a_failure_and_not_a_backup_for_ever(desk: Client) -> None:
    request_backup(by=None)
    Row.objects.all().delete()
    assert "The server stopped while the backup was being made." in desk.get(HERE).text
    assert request_backup(by=None)


def test_nightly_backup_is_chosen_on_the_page(desk: Client) -> None:
    desk.post(f"{HERE}plan/", {"nightly": "on", "hour": "4", "keep": "3"})
    assert list(BackupPlan.objects.values_list("nightly", "hour", "keep")) == [(True, 4, 3)]
    refused = desk.post(f"{HERE}plan/", {"nightly": "on", "hour": "4", "keep": "0"})
    assert (refused.status_code, "Ensure this value is greater than or equal to 1." in refused.text) == (422, True)
    assert BackupPlan.objects.get().keep == 3


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_nightly_backup_is_due_once_a_night_at_its_hour_in_the_time_zone_of_the_site(owner: User) -> None:
    Site.objects.update(time_zone="Europe/Berlin")
    backup_runs.change_plan(nightly=True, hour=3, keep=7, by=owner, now=at("2026-03-10T12:00"))
    assert [backup_runs.is_due(now=at(f"2026-03-11T{time}")) for time in ("01:59", "02:01")] == [False, True]
    backup_runs.begin_backup(by=None, now=at("2026-03-11T02:01"), nightly=True)
    BackupRun.objects.update(ended_at=at("2026-03-11T02:03"))
    assert [backup_runs.is_due(now=at(time)) for time in ("2026-03-11T02:11", "2026-03-12T01:59", "2026-03-12T09:00")] == [
        False,
        False,
        True,
    ]


def test_nightly_backup_keeps_its_hour_when_the_clocks_change(owner: User) -> None:
    Site.objects.update(time_zone="Europe/Berlin")
    plan = BackupPlan(nightly=True, hour=3)
    berlin = ZoneInfo("Europe/Berlin")
    slots = [backup_runs.last_slot(plan, at(f"2026-03-{day}T12:00")).astimezone(berlin).hour for day in (28, 29, 30)]
    assert slots == [3, 3, 3]


def test_old_nightly_backups_are_deleted_and_others_stay(folder: Path, owner: User) -> None:
    for day in range(1, 6):
        made(folder, f"nightly-2026030{day}-020000.zip", age=timedelta(days=30 - day))
    made(folder, "homespun-20260101-120000.zip", age=timedelta(days=99))
    backup_runs.change_plan(nightly=True, hour=0, keep=2, by=owner, now=timezone.now() - timedelta(days=2))
    nightly_backup.call()
    run_waiting()
    names = sorted(path.name for path in folder.iterdir())
    assert [names[0], names[1]] == ["homespun-20260101-120000.zip", "nightly-20260305-020000.zip"]
    assert len(names) == 3


def finding() -> tuple[str, str]:
    (found,) = doctor.keeping()
    return found.state, found.text


def test_doctor_warns_where_the_nightly_backup_failed_or_is_late(folder: Path, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "version", lambda: data.Version.CURRENT)
    assert finding() == ("note", "there are none")
    backup_runs.change_plan(nightly=True, hour=3, keep=2, by=owner, now=timezone.now() - timedelta(days=3))
    assert finding()[0] == "warning"
    assert "though one is due every night" in finding()[1]
    made(folder, "nightly-20260305-020000.zip")
    assert finding()[0] == "well"
    BackupRun.objects.create(name="x.zip", nightly=True, created_at=timezone.now(), ended_at=timezone.now(), error="The disk is full.")
    assert finding() == ("warning", "the last nightly backup failed: The disk is full.")


def test_backup_of_a_stopping_worker_is_begun_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request_backup(by=None)
    monkeypatch.setattr(backup_runs, "stopping", lambda: True)
    run_waiting()
    assert BackupRun.objects.get().ended_at is None
    assert list(folder.iterdir()) == []
    monkeypatch.undo()
    Row.objects.update(run_after=timezone.now())  # its next try, which waits a second
    run_waiting()
    assert [path.name for path in folder.iterdir()] == [BackupRun.objects.get(error="").name]
