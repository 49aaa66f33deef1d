"""The data folder is made whole or not at all, and its database is refused when it is of another version."""

import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from tests.config.conftest import HOMESPUN, Homespun


def test_any_command_makes_a_missing_data_folder(homespun: Homespun) -> None:
    assert homespun("doctor").returncode == 0
    made = {path.name for path in homespun.data.iterdir() if not path.name.startswith(".")}
    assert {"homespun.sqlite3", "secrets", "media", "inbox", "backups", "logs", "uploads"} <= made


def test_secrets_are_for_the_owner_alone(settled: Homespun) -> None:
    assert (settled.data / "secrets" / "django-key").stat().st_mode & 0o777 == 0o600
    assert settled.data.stat().st_mode & 0o777 == 0o700


def test_two_first_commands_do_not_collide(homespun: Homespun) -> None:
    both = [homespun.start("doctor"), homespun.start("doctor")]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    for process in both:
        process.communicate()
    assert not list(homespun.data.glob("*.fresh*"))


def test_a_first_command_that_is_killed_leaves_nothing_half_made(homespun: Homespun) -> None:
    for seconds in (0.6, 1.0, 1.4):
        process = subprocess.Popen([*HOMESPUN, "doctor"], env=homespun.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not (homespun.data / "homespun.sqlite3").exists() or homespun("doctor").returncode == 0
    assert homespun("doctor").returncode == 0


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = Homespun(tmp_path / "file" / "data")("doctor")
    assert done.returncode == 1
    assert done.stderr.startswith("The data folder ")


def test_an_older_database_is_left_to_upgrade(settled: Homespun) -> None:
    forget_sessions(settled.data)
    done = settled("work", "--once")
    assert (done.returncode, done.stderr) == (1, "The database is from an older version of Homespun. Run: homespun upgrade\n")


def test_upgrade_backs_up_before_it_migrates(settled: Homespun) -> None:
    forget_sessions(settled.data)
    answer = settled.json("upgrade")
    assert Path(answer["backup"]).exists()
    assert settled.json("upgrade")["backup"] is None


def test_a_newer_database_is_refused(settled: Homespun) -> None:
    with closing(sqlite3.connect(settled.data / "homespun.sqlite3")) as database:
        database.execute("insert into django_migrations (app, name, applied) values ('core', '0999_from_the_future', '2030-01-01')")
        database.commit()
    for words in (["work", "--once"], ["upgrade"]):
        done = settled(*words)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("The database is from a newer version of Homespun than this program.")


def test_a_broken_database_is_a_sentence(settled: Homespun) -> None:
    (settled.data / "homespun.sqlite3").write_bytes(b"no database" * 1000)
    done = settled("work", "--once")
    assert done.returncode == 1
    assert "cannot be read" in done.stderr.splitlines()[-1]


def forget_sessions(data: Path) -> None:
    """As it was before the table of sessions came: the one migration that can be made again alone."""
    with closing(sqlite3.connect(data / "homespun.sqlite3")) as database:
        database.execute("delete from django_migrations where app = 'sessions'")
        database.execute("drop table django_session")
        database.commit()
