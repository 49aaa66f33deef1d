"""What is promised in words is so."""

import re
from pathlib import Path

from homespun import __version__

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "homespun"


def test_every_setting_is_documented_and_no_other_is() -> None:
    read = set(re.findall(r'"(HOMESPUN_[A-Z_]+)"', (PACKAGE / "config" / "environ.py").read_text()))
    table = (ROOT / "docs" / "operating.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(HOMESPUN_[A-Z_]+)`", table, re.MULTILINE)) == read


def test_only_the_environ_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if "os.environ" in path.read_text() or "getenv" in path.read_text()
    }
    # These hand it on to Django or to child processes, or look at it before settings can be read.
    assert readers <= {"config/environ.py", "config/cli.py", "config/serving.py", "config/wsgi.py"}


def test_every_command_is_documented() -> None:
    told = "".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    commands = {path.stem.replace("_", "-") for path in PACKAGE.glob("*/management/commands/*.py") if not path.stem.startswith("_")}
    assert {command for command in commands if f"homespun {command}" not in told} == set()


def test_the_newest_entry_of_the_changelog_is_the_packages_version() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_commands_of_the_readme_are_targets() -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z0-9]+)", (ROOT / "README.md").read_text(), re.MULTILINE)) <= targets


def test_no_lock_file_names_a_registry() -> None:
    for lock in [*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"]:
        lines = [line for line in lock.read_text().splitlines() if '"url"' not in line]  # npm's funding links
        assert [line for line in lines if re.search(r"https?://|index-url|\"resolved\"", line)] == []


def test_every_pinned_package_has_hashes() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"^(?=[a-z0-9])", lock.read_text(), flags=re.MULTILINE | re.IGNORECASE)[1:]
        assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
