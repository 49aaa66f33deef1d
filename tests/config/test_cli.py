"""One clear line when something fails, one object when asked for JSON."""

import io
import json
import sqlite3
import subprocess
import sys

import pytest
from django.core.management import call_command

from homespun import __version__
from homespun.config import cli
from homespun.config.doctor import Finding
from tests.config.conftest import HOMESPUN, Homespun


def test_help_lists_the_products_commands_and_no_others(homespun: Homespun) -> None:
    told = homespun("--help").stdout
    names = {line.split()[0] for line in told.splitlines() if line.startswith("  ")}
    assert {"serve", "backup", "restore", "upgrade", "doctor", "user"} <= names
    assert names.isdisjoint({"migrate", "runserver", "work", "web", "db_worker"})


def test_help_makes_no_data_folder(homespun: Homespun) -> None:
    homespun("--help")
    homespun("doctor", "--help")
    homespun("--version")
    assert not homespun.data.exists()


def test_version_is_the_packages(homespun: Homespun) -> None:
    assert homespun("--version").stdout == f"homespun {__version__}\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nonsense"], "There is no command “nonsense”. See: homespun --help"),
        (["upgrade", "--wat"], "Unrecognized arguments: --wat. See: homespun upgrade --help"),
        (["restore", "nowhere.zip"], "There is no file"),
    ],
)
def test_a_failure_is_one_sentence_and_leaves_standard_output_empty(homespun: Homespun, words: list[str], sentence: str) -> None:
    done = homespun(*words, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith(sentence)
    assert "Traceback" not in done.stderr


def test_a_slip_of_the_pen_makes_no_data_folder(homespun: Homespun) -> None:
    homespun("doctor", "--wat")
    assert not homespun.data.exists()


def test_an_unexpected_error_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(argv: list[str]) -> None:
        raise RuntimeError("the wheel\ncame off")

    monkeypatch.setattr(cli, "dispatch", broken)
    assert cli.answered(["homespun", "doctor"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "This went wrong unexpectedly: RuntimeError: the wheel came off. Run it again with --traceback to see where.\n"


def test_a_full_disk_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(argv: list[str]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli, "dispatch", full)
    assert cli.answered(["homespun", "doctor"]) == 1
    assert capsys.readouterr().err.startswith("The disk is full.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            PermissionError(13, "Permission denied", "/srv/homespun/key"),
            "“/srv/homespun/key” may not be read or written by whoever runs this.",
        ),
        (OSError(30, "Read-only file system", "/srv/homespun"), "The data folder may be read only, so nothing was changed."),
        (sqlite3.OperationalError("attempt to write a readonly database"), "The data folder may be read only, so nothing was changed."),
    ],
)
def test_a_folder_that_may_not_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, sentence: str
) -> None:
    def refused(argv: list[str]) -> None:
        raise error

    monkeypatch.setattr(cli, "dispatch", refused)
    assert cli.answered(["homespun", "doctor"]) == 1
    assert capsys.readouterr().err == f"{sentence} Change whose it is, or its permissions.\n"


def test_json_is_one_object(settled: Homespun) -> None:
    done = settled("doctor", "--json")
    assert done.returncode == 0
    assert set(json.loads(done.stdout)) == {"version", "well", "broken", "warnings", "findings"}


def last_line(*states: str) -> tuple[int, str]:
    """The exit status of `doctor` that finds these things, and its last line."""
    findings = [Finding(state, state, "as it is") for state in states]
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homespun.config.doctor.examine", lambda **_options: findings)
        try:
            call_command("doctor", stdout=out)
        except SystemExit as left:
            return int(str(left.code)), out.getvalue().splitlines()[-1]
    return 0, out.getvalue().splitlines()[-1]


def test_doctor_counts_what_fails_and_its_exit_status_says_whether_something_is_broken() -> None:
    assert last_line("well", "note") == (0, "All is well.")
    assert last_line("well", "warning") == (0, "1 warning. What to do is below each.")
    assert last_line("broken", "warning", "warning") == (1, "1 broken, 2 warnings. What to do is below each.")


@pytest.mark.parametrize("words", [[""], ["  "], ["https://loaf.example/", ""]])
def test_collect_refuses_an_empty_word(homespun: Homespun, words: list[str]) -> None:
    done = homespun("collect", *words, "--json")
    sentence = "Name a file, a folder or an address: one of the words you gave is empty.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)


def test_a_reader_that_has_gone_is_no_traceback(settled: Homespun) -> None:
    script = f"{subprocess.list2cmdline([*HOMESPUN, 'doctor', '--json'])} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], env=settled.environment, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr


def test_the_command_is_the_same_as_its_module() -> None:
    assert [sys.executable, "-m", "homespun.config"] == HOMESPUN
