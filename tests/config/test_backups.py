"""A backup brings everything back, and a bad one changes nothing."""

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from homespun.config import locks
from tests.config.conftest import Homespun

PICTURE = b"a picture, more or less"
SHA256 = hashlib.sha256(PICTURE).hexdigest()
DECIDED = """
from datetime import timedelta
from django.utils import timezone
from homespun.conversations.models import Connection, Outgoing
from homespun.people.models import Account
us, now = Account.objects.create(uri="us", network="x", is_own=True), timezone.now()
connection = Connection.objects.create(network="x", server="", account=us, secret="", connected=now)
for key, state, days in (("a", "waiting", 0), ("b", "waiting", 9), ("c", "sent", 0)):
    Outgoing.objects.create(key=key, connection=connection, state=state, due=now + timedelta(days=days), made=now)
"""


@pytest.fixture
def lived_in(settled: Homespun) -> Homespun:
    """With a site, a session and a picture."""
    with closing(sqlite3.connect(settled.data / "homespun.sqlite3")) as database:
        database.execute("insert into core_site (id, name, about, language, time_zone, contact) values (1, 'Loom', '', 'en', 'UTC', '')")
        database.execute("insert into django_session values ('key', 'data', '2030-01-01')")
        database.commit()
    file = settled.data / "media" / SHA256[:2] / SHA256
    file.parent.mkdir()
    file.write_bytes(PICTURE)
    return settled


def rows(data: Path) -> list[str]:
    with closing(sqlite3.connect(data / "homespun.sqlite3")) as database:
        return [line for line in database.iterdump() if "django_session" not in line]


def test_a_restored_folder_has_the_same_rows_and_media(lived_in: Homespun, tmp_path: Path) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    other = lived_in.at(tmp_path / "other")
    other.json("restore", str(tmp_path / "all.zip"))
    assert rows(other.data) == rows(lived_in.data)
    assert (other.data / "media" / SHA256[:2] / SHA256).read_bytes() == PICTURE
    assert other.json("doctor")["findings"][0]["state"] == "well"


def test_a_backup_can_be_opened_by_a_person_and_holds_no_sessions_or_secrets(lived_in: Homespun, tmp_path: Path) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    with zipfile.ZipFile(tmp_path / "all.zip") as bundle:
        assert sorted(bundle.namelist()) == [
            "README.txt",
            "homespun.sqlite3",
            "manifest.json",
            f"media/{SHA256[:2]}/{SHA256}",
            "secrets/salt",
        ]
        bundle.extract("homespun.sqlite3", tmp_path)
    with closing(sqlite3.connect(tmp_path / "homespun.sqlite3")) as database:
        assert database.execute("select count(*) from django_session").fetchone() == (0,)


def test_secrets_come_along_when_asked_for(lived_in: Homespun, tmp_path: Path) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"), "--with-secrets")
    other = lived_in.at(tmp_path / "other")
    other.json("restore", str(tmp_path / "all.zip"))
    key = Path("secrets") / "django-key"
    assert (other.data / key).read_text() == (lived_in.data / key).read_text()


def test_a_backup_overwrites_no_file(lived_in: Homespun, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_text("precious")
    assert lived_in("backup", str(tmp_path / "all.zip")).returncode == 1
    assert (tmp_path / "all.zip").read_text() == "precious"


def test_a_restore_replaces_nothing_unasked(lived_in: Homespun, tmp_path: Path) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    done = lived_in("restore", str(tmp_path / "all.zip"))
    assert (done.returncode, "is not empty" in done.stderr) == (1, True)
    answer = lived_in.json("restore", str(tmp_path / "all.zip"), "--replace")
    assert Path(answer["before"]).exists()


def test_a_restore_waits_for_no_one_who_serves(lived_in: Homespun, tmp_path: Path) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    with locks.alone(lived_in.data, "serve"):
        done = lived_in("restore", str(tmp_path / "all.zip"), "--replace")
    assert done.returncode == 1
    assert "is already at work" in done.stderr


def test_opt_outs_in_the_file_of_older_versions_outlive_a_restore(lived_in: Homespun, tmp_path: Path) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    (lived_in.data / "tombstones.txt").write_text("ab12 2026-02-01 10:00:00\n")
    lived_in.json("restore", str(tmp_path / "all.zip"), "--replace")
    with closing(sqlite3.connect(lived_in.data / "homespun.sqlite3")) as database:
        assert database.execute("select digest from conversations_optout").fetchall() == [("ab12",)]
        assert database.execute("select state from conversations_optoutrequest").fetchall() == [("earlier",)]
    assert "ab12" in (lived_in.data / "opt-outs.txt").read_text()
    assert not (lived_in.data / "tombstones.txt").exists()


def test_opt_outs_are_read_by_the_next_command_where_a_restore_was_killed_before(lived_in: Homespun) -> None:
    (lived_in.data / "opt-outs.restored").write_text("ab12 2026-02-01 10:00:00\n")
    lived_in.json("upgrade")
    with closing(sqlite3.connect(lived_in.data / "homespun.sqlite3")) as database:
        assert database.execute("select digest from conversations_optout").fetchall() == [("ab12",)]


def test_what_may_have_been_sent_since_the_backup_is_not_sent_by_a_restore(lived_in: Homespun, tmp_path: Path) -> None:
    done = lived_in("shell", "--no-imports", "-c", DECIDED)
    assert done.returncode == 0, done.stderr
    lived_in.json("backup", str(tmp_path / "all.zip"))
    lived_in.json("restore", str(tmp_path / "all.zip"), "--replace")
    with closing(sqlite3.connect(lived_in.data / "homespun.sqlite3")) as database:
        states = database.execute("select key, state from conversations_outgoing order by key").fetchall()
    assert states == [("a", "failed"), ("b", "waiting"), ("c", "sent")]


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def tampered(source: Path, target: Path, **changes: bytes) -> Path:
    """The same zip with some entries other than they were."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name, old.read(name)))
        for name, content in changes.items():
            new.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"../outside.txt": b"slipped"}, "is not a backup of Homespun: it holds '../outside.txt'"),
        ({"homespun.sqlite3": b"other bytes"}, "is damaged: homespun.sqlite3 is not what it was"),
        ({f"media/{SHA256[:2]}/{SHA256}": b"another picture"}, "is damaged: media/"),
        ({"manifest.json": b"{"}, "its manifest cannot be read"),
        (
            {"manifest.json": json.dumps({"kind": "homespun-backup", "format": 99, "version": "9"}).encode()},
            "was made by a newer Homespun (9)",
        ),
    ],
)
def test_a_bad_backup_changes_nothing(lived_in: Homespun, tmp_path: Path, changes: dict[str, bytes], sentence: str) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    (lived_in.data / "media" / SHA256[:2] / SHA256).unlink()
    bad = tampered(tmp_path / "all.zip", tmp_path / "bad.zip", **changes)
    before = rows(lived_in.data)
    done = lived_in("restore", str(bad), "--replace")
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr.splitlines()[-1]
    assert rows(lived_in.data) == before
    assert not (tmp_path / "outside.txt").exists()


def test_a_truncated_backup_is_a_sentence(lived_in: Homespun, tmp_path: Path) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    whole = (tmp_path / "all.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    done = lived_in.at(tmp_path / "other")("restore", str(tmp_path / "half.zip"))
    assert done.returncode == 1
    assert "is damaged: " in done.stderr
    assert files_in(tmp_path / "other") <= {".lock"}


def damaged(source: Path, target: Path, part: float) -> Path:
    """The same bytes with 64 of them turned over, so far into the file."""
    content = bytearray(source.read_bytes())
    start = int(len(content) * part)
    content[start : start + 64] = bytes(byte ^ 255 for byte in content[start : start + 64])
    target.write_bytes(content)
    return target


@pytest.mark.parametrize("part", [0.02, 0.3, 0.5, 0.9])
def test_damaged_backup_is_refused_in_words_and_changes_nothing(lived_in: Homespun, tmp_path: Path, part: float) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    other = lived_in.at(tmp_path / "other")
    done = other("restore", str(damaged(tmp_path / "all.zip", tmp_path / "bad.zip", part)))
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, done.stdout, "unexpected" in last) == (1, "", False)
    assert "is damaged: " in last or "is not a backup of Homespun" in last
    assert files_in(other.data) <= {".lock"}


def test_backup_that_lacks_a_picture_is_refused(lived_in: Homespun, tmp_path: Path) -> None:
    lived_in.json("backup", str(tmp_path / "all.zip"))
    with zipfile.ZipFile(tmp_path / "all.zip") as old, zipfile.ZipFile(tmp_path / "less.zip", "w") as new:
        for name in [name for name in old.namelist() if not name.startswith("media/")]:
            new.writestr(name, old.read(name))
    done = lived_in.at(tmp_path / "other")("restore", str(tmp_path / "less.zip"))
    assert (done.returncode, "1 of 1 pictures and films are missing" in done.stderr) == (1, True)


def test_file_that_is_no_zip_is_refused_in_words(homespun: Homespun, tmp_path: Path) -> None:
    (tmp_path / "notes.zip").write_text("Not a zip at all.")
    done = homespun.at(tmp_path / "other")("restore", str(tmp_path / "notes.zip"))
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1,
        f"{tmp_path}/notes.zip is damaged: File is not a zip file. Nothing was changed. Use another copy of this backup, or an older one.",
    )


def test_backup_of_a_newer_database_says_so_and_is_refused_here(lived_in: Homespun, tmp_path: Path) -> None:
    with closing(sqlite3.connect(lived_in.data / "homespun.sqlite3")) as database:
        database.execute("insert into django_migrations (app, name, applied) values ('core', '9999_from_the_future', '2030-01-01')")
        database.commit()
    lived_in.json("backup", str(tmp_path / "all.zip"))
    done = lived_in.at(tmp_path / "other")("restore", str(tmp_path / "all.zip"))
    assert (done.returncode, "holds the database of a newer Homespun (newer than " in done.stderr) == (1, True)


def test_request_made_after_the_backup_survives_its_restore(settled: Homespun, tmp_path: Path) -> None:
    settled.json("backup", str(tmp_path / "before.zip"))
    made = "from homespun.conversations.actions.opt_out_requests import request_opt_out; from django.utils import timezone as t; "
    done = settled("shell", "-c", f"{made}request_opt_out(by=None, now=t.now(), typed='@bryony@hill.example')")
    assert done.returncode == 0, done.stderr
    settled.json("restore", str(tmp_path / "before.zip"), "--replace")
    (request,) = settled.json("opt-out", "list")["requests"]
    assert (request["address"], request["state"], request["stops_collection"]) == ("@bryony@hill.example", "open", True)
