"""An import that is killed, or for which the disk becomes too small: nothing lost, nothing doubled, whatever the moment.

Each reading is a process of its own, in small steps, so that a few thousand posts have many moments between two transactions.
"""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench import tweets
from tests.config.conftest import Homespun

COUNT = 3_000
KILLS = 4
SMALL_STEPS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "homespun.config.settings"
from django.conf import settings
settings.DATABASES["default"]["OPTIONS"]["init_command"] += sys.argv.pop(1)
import django
django.setup()
from homespun.config.cli import main
from homespun.conversations.actions import reading
from homespun.networks.x import items
reading.BATCH, items.PIECE = 100, 1 << 16
main()
"""
ROWS = {  # by uri and never by key: keys are local
    "posts": "select p.uri, p.url, a.uri, p.published, p.text, parent.uri, p.place, p.visibility, p.state, p.edited"
    " from conversations_post p left join people_account a on a.id = p.author_id"
    " left join conversations_post parent on parent.id = p.parent_id",
    "conversations": "select min(p.uri), count(*), c.posts, c.own, c.missing from conversations_post p"
    " join conversations_conversation c on c.id = p.conversation_id group by c.id",
    "members": "select p.uri, (select min(o.uri) from conversations_post o where o.conversation_id = p.conversation_id)"
    " from conversations_post p",
    "sightings": "select p.uri, s.place, s.version, s.raw from conversations_sighting s join conversations_post p on p.id = s.post_id",
    "names": "select p.uri, n.name from conversations_postname n join conversations_post p on p.id = n.post_id",
    "references": "select p.uri, r.kind, r.uri from conversations_reference r join conversations_post p on p.id = r.post_id",
    "media": "select p.uri, m.position, m.url, m.name from conversations_postmedia m join conversations_post p on p.id = m.post_id",
    "missing": "select p.uri, m.uri, a.uri from conversations_missingparent m join conversations_post p on p.id = m.child_id"
    " left join people_account a on a.id = m.author_id",
    "accounts": "select uri, handle, name, is_own from people_account",
    "words": "select term, doc from temp.words where term not glob 'a[0-9]*' and col = 'text'",
    "runs": "select state, json_remove(counts, '$.unchanged', '$.new', '$.updated') from conversations_run",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    tweets.write(folder, COUNT)
    return folder


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> tuple[Path, dict[str, Any]]:
    """What an import leaves that nothing interrupts, and an empty data folder to begin others in."""
    folder = tmp_path_factory.mktemp("straight")
    empty, data = folder / "empty", folder / "data"
    assert Homespun(empty)("upgrade").returncode == 0
    subprocess.run(["cp", "-a", empty, data], check=True)
    assert ended(begin(data, archive))[0] == 0
    return empty, rows(data)


@pytest.fixture
def data(straight: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    subprocess.run(["cp", "-a", straight[0], tmp_path / "data"], check=True)
    return tmp_path / "data"


def begin(data: Path, archive: Path, *, pragmas: str = "") -> subprocess.Popen[str]:
    """`homespun collect` in small steps; what it says comes through a pipe."""
    return subprocess.Popen(
        [sys.executable, "-c", SMALL_STEPS, pragmas, "collect", str(archive), "--json"],
        env=Homespun(data).environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How it ended, and the last line that it said."""
    said = process.communicate()[1].splitlines()
    return process.returncode, said[-1] if said else ""


def rows(data: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(data / "homespun.sqlite3")) as database:
        database.execute("create virtual table temp.words using fts5vocab(main, conversations_postindex, instance)")
        assert database.execute("pragma foreign_key_check").fetchall() == []
        return {name: sorted(database.execute(asked), key=repr) for name, asked in ROWS.items()}


def differing(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: set(one[name]) ^ set(other[name]) for name in one if one[name] != other[name]}


def test_import_that_is_killed_again_and_again_ends_in_the_same_rows(
    archive: Path, data: Path, straight: tuple[Path, dict[str, Any]]
) -> None:
    for _ in range(KILLS):
        process = begin(data, archive)
        assert process.stderr is not None
        for _ in range(random.randint(1, 3)):  # lines of progress, one after each transaction
            process.stderr.readline()
        time.sleep(random.uniform(0, 0.03))
        process.kill()
        assert ended(process)[0] == -signal.SIGKILL
    assert 0 < len(rows(data)["posts"]) < COUNT
    assert ended(begin(data, archive))[0] == 0
    assert differing(rows(data), straight[1]) == {}


def test_import_goes_on_where_the_disk_was_too_small(archive: Path, data: Path, straight: tuple[Path, dict[str, Any]]) -> None:
    full = ended(begin(data, archive, pragmas="; pragma max_page_count = 600"))
    assert full == (1, "The disk is full. Make room and run the same again; what was done so far is kept.")
    assert 0 < len(rows(data)["posts"]) < COUNT
    assert ended(begin(data, archive))[0] == 0
    assert differing(rows(data), straight[1]) == {}
