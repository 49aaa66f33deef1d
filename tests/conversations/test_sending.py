"""The task that sends, with a real server on the other side, which fails and hangs, and workers that are killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from homespun.conversations import tasks
from homespun.conversations.actions.outgoing import decide
from homespun.conversations.models import Connection, Outgoing, Post
from homespun.conversations.queries.work import being_sent
from homespun.core.jobs.worker import run_waiting
from homespun.core.security import sealing
from homespun.networks import live
from tests.conversations import network_by_line
from tests.conversations.cast import hettie
from tests.conversations.network_by_line import NETWORK, Line, line

HOMESPUN = [sys.executable, "-m", "homespun.config"]
WORKER = [sys.executable, "-m", "tests.conversations.network_by_line"]
DECIDE = """
from django.db import transaction
from django.utils import timezone
from homespun.conversations import tasks
from homespun.conversations.actions.outgoing import Written, decide
from tests.conversations.cast import bryony, post
from tests.conversations.test_sending import connected
asked = post("Which stile?", bryony(), uri="https://stile.example/asked")
with transaction.atomic():
    rows = decide(by=None, now=timezone.now(), key="k", connection=connected("{url}"), texts=("One (1/2)", "Two (2/2)"),
        written=Written(target=asked.uri))
    tasks.send_soon(rows[:1])
"""


def connected(url: str) -> Connection:
    told = {"network": NETWORK, "server": url, "secret": sealing.seal({}), "connected": timezone.now()}
    return Connection.objects.get_or_create(account=hettie(), defaults=told)[0]


@pytest.fixture
def byline(monkeypatch: pytest.MonkeyPatch, settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    key = tmp_path / sealing.KEY
    key.parent.mkdir()
    key.write_text("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    monkeypatch.setattr(live, "SPEAKERS", {NETWORK: network_by_line.Speaker})


def decided(there: Line, *texts: str, key: str = "k", later: timedelta = timedelta()) -> list[Outgoing]:
    now = timezone.now()
    rows = decide(by=None, now=now, key=key, connection=connected(there.url), texts=texts, due=now + later)
    tasks.send_soon(rows[:1])
    return rows


@pytest.mark.django_db
def test_parts_are_sent_one_after_the_other_as_soon_as_they_are_decided(byline: None) -> None:
    with line() as there:
        decided(there, "One", "Two", "Three")
        run_waiting()
    assert there.asked == ["k", "k-2", "k-3"]
    assert [row.parent and row.parent.text for row in Post.objects.order_by("pk")] == [None, "One", "Two"]
    assert [row.state for row in Outgoing.objects.order_by("pk")] == ["sent", "sent", "sent"]


@pytest.mark.django_db
def test_server_that_fails_once_is_asked_again_at_its_time(byline: None) -> None:
    with line() as there:
        there.fates = ["refuse"]
        decided(there, "One")
        run_waiting()
        waits = Outgoing.objects.get()
        assert (waits.state, waits.trouble) == ("waiting", "The server does not answer.")
        assert [task.run_after for task in DBTaskResult.objects.filter(status="READY")] == [waits.due]
        Outgoing.objects.update(due=timezone.now())
        DBTaskResult.objects.update(run_after=timezone.now())
        run_waiting()
    assert (there.asked, len(there.posts), Post.objects.count()) == (["k", "k"], 1, 1)


@pytest.mark.django_db
def test_what_was_forgotten_is_picked_up_and_what_is_in_hand_is_left(byline: None) -> None:
    with line() as there:
        (forgotten,) = decided(there, "Forgotten", key="a")
        DBTaskResult.objects.all().delete()
        (scheduled,) = decided(there, "Later", key="b", later=timedelta(hours=1))
        (in_hand,) = decided(there, "In hand", key="c")
        tasks.send_due.call()
        tasks.send_due.call()
        assert sorted(being_sent(tasks.send.module_path)) == [forgotten.pk, scheduled.pk, in_hand.pk]
        assert DBTaskResult.objects.count() == 3
        run_waiting()
        assert there.asked == ["c", "a"] or there.asked == ["a", "c"]
        tasks.send_due.call()
        assert being_sent(tasks.send.module_path) == {scheduled.pk}


@pytest.mark.django_db
def test_account_that_has_to_be_connected_again_keeps_the_words_and_says_so(byline: None) -> None:
    with line() as there:
        decided(there, "One")
        Connection.objects.update(state="broken")
        run_waiting()
    row = Outgoing.objects.get()
    assert (row.state, row.text, there.asked) == ("failed", "One", [])
    assert row.trouble == "This account has to be connected again under Settings > Connections."


def test_worker_killed_after_the_server_took_the_post_makes_no_second_one(tmp_path: Path) -> None:
    """With real processes: kill -9 while the server holds its answer, then another worker."""
    environment = {**os.environ, "HOMESPUN_DATA": str(tmp_path / "data"), "PYTHONPATH": str(Path(__file__).parents[2])}
    with line() as there:
        for words in (["upgrade"], ["shell", "--no-imports", "-c", DECIDE.format(url=there.url)]):
            subprocess.run([*HOMESPUN, *words], env=environment, check=True, capture_output=True)
        there.fates = ["hold"]
        first = subprocess.Popen(WORKER, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            assert there.held.wait(60)
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
        there.let_go.set()
        subprocess.run(WORKER, env=environment, check=True, capture_output=True, timeout=120)
    assert (there.asked, len(there.posts)) == (["k", "k", "k-2"], 2)
    with sqlite3.connect(next((tmp_path / "data").glob("*.sqlite3"))) as database:
        held = database.execute("""select post.text, parent.text, post.conversation_id = parent.conversation_id from conversations_post post
            left join conversations_post parent on parent.id = post.parent_id order by post.id""").fetchall()
        states = database.execute("select state, tries from conversations_outgoing order by id").fetchall()
    assert sorted(held, key=lambda row: row[0]) == [
        ("One (1/2)", "Which stile?", 1),
        ("Two (2/2)", "One (1/2)", 1),
        ("Which stile?", None, None),
    ]
    assert states == [("sent", 2), ("sent", 1)]
    database.close()
