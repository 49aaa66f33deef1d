"""What must be true of every file."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "homespun"
LONGEST = 400
WRITTEN = {".py", ".js", ".css", ".html"}

# Said in pieces, so that this file does not find itself.
PATHS = re.compile(
    "|".join([r"(?<![\w.}])/wo" + "rk/", "/ho" + r"me/\w+/", "/tm" + r"p/(?!\.|\s)", "pypi" + r"\.org/simple", "registry" + r"\.npmjs"])
)


NOT_OURS = {".git", ".venv", "node_modules", "parts", "dist", "build", "__pycache__", "homespun-data", "screenshots"}


def ours() -> list[Path]:
    """The files of the project: those that are tracked and those about to be. Where there is no git, all that nothing made."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0 and done.stdout:
        return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and NOT_OURS.isdisjoint(path.relative_to(ROOT).parts)]


def test_no_file_is_longer_than_400_lines() -> None:
    files = [path for path in ours() if path.suffix in WRITTEN and "cases" not in path.parts and "migrations" not in path.parts]
    long = {str(path.relative_to(ROOT)): lines for path in files if (lines := path.read_text().count("\n")) > LONGEST}
    assert long == {}


def test_no_element_is_longer_than_150_lines() -> None:
    long = {path.name: lines for path in PACKAGE.glob("*/static/elements/*.js") if (lines := path.read_text().count("\n")) > 150}
    assert long == {}


def test_no_file_names_a_machine_or_a_registry() -> None:
    suffixes = WRITTEN | {".md", ".toml", ".txt", ".json", ".in", ""}
    found = {}
    for path in ours():
        if path.suffix in suffixes and path.name != "LICENSE" and "cases" not in path.parts:
            hits = PATHS.findall(path.read_text(errors="replace"))
            if hits:
                found[str(path.relative_to(ROOT))] = hits
    assert found == {}


def test_lock_files_hold_pins_and_hashes_alone() -> None:
    """No option, so neither an address nor a folder of the machine on which they were made."""
    pin = re.compile(r"[\w.-]+(\[[\w,-]+\])?==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|#.*|")
    lines = {path.name: path.read_text().splitlines() for path in (ROOT / "requirements").glob("*.txt")}
    assert sorted(lines) == ["dev.txt", "peers.txt", "run.txt", "setup.txt"]
    assert {name: [line for line in each if not pin.fullmatch(line)] for name, each in lines.items()} == {name: [] for name in lines}


def test_no_module_is_a_drawer_for_anything() -> None:
    names = {"utils", "util", "helpers", "common", "manager", "managers", "misc"}
    assert [path for path in PACKAGE.rglob("*.py") if path.stem in names] == []


def test_every_module_says_what_it_is_for() -> None:
    quiet = {"__init__", "apps"}
    files = [path for path in PACKAGE.rglob("*.py") if path.stem not in quiet and "migrations" not in path.parts]
    assert [str(path.relative_to(PACKAGE)) for path in files if not path.read_text().startswith(('"""', 'r"""'))] == []


def test_no_template_holds_inline_script_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=[\"']|javascript:")
    found = {
        str(path.relative_to(PACKAGE)): hits for path in PACKAGE.rglob("templates/**/*.html") if (hits := inline.findall(path.read_text()))
    }
    # The import map of the editor comes through its own tag, allowed by its hash.
    assert found == {}


def test_every_template_is_rendered_or_included() -> None:
    sources = "".join(path.read_text() for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html")])
    names = [str(path).partition("/templates/")[2] for path in PACKAGE.rglob("templates/**/*.html")]
    theirs = ("account/", "allauth/", "django/", "400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html")
    assert [name for name in names if name not in sources and not name.startswith(theirs) and not by_pattern(name, sources)] == []


def by_pattern(name: str, sources: str) -> bool:
    """Templates that are chosen by a kind: `f"stories/items/{kind}.html"` or `"stories/items/"|add:kind`."""
    formatted = [
        f"{re.escape(head)}[^/]+{re.escape(tail)}" for head, tail in re.findall(r"\"([\w/]+/[\w-]*)\{[^}]+\}([\w-]*\.html)\"", sources)
    ]
    added = [f"{re.escape(head)}[^/]+\\.html" for head in re.findall(r"[\"']([\w/]+/[\w-]*)[\"']\|add:", sources)]
    return any(re.fullmatch(pattern, name) for pattern in [*formatted, *added])


def test_every_network_has_cases() -> None:
    networks = [path for path in (PACKAGE / "networks").iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    for network in networks:
        assert any((ROOT / "tests" / "networks" / "cases" / network.name).iterdir()), network.name


@pytest.mark.django_db
def test_models_that_changed_have_their_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
