"""An answer written on the desk, in parts, as a real Bluesky network shows its thread; and found again by us without becoming more."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from homespun.conversations import tasks
from homespun.conversations.actions.finding import find
from homespun.conversations.models import Connection, Outgoing, Post
from homespun.conversations.writing import pens
from homespun.conversations.writing.form import new_key
from homespun.core.jobs.worker import run_waiting
from homespun.core.security import sealing
from homespun.networks.bluesky import SignIn
from homespun.people.models import Account
from tests.conversations.quills import KEY, signed_in
from tests.conversations.test_writing import picture
from tests.peers.bluesky import Network
from tests.peers.test_speaking import asking

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LONG = "The ladder stile froze again in the night, and nobody could cross it before noon. 🪜 " * 8


@pytest.fixture
def connection(bluesky: Network, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connection:
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    (tmp_path / sealing.KEY).parent.mkdir()
    (tmp_path / sealing.KEY).write_text(KEY)
    bluesky.tell(settings)
    monkeypatch.setattr(tasks, "door", lambda: bluesky.door)
    monkeypatch.setattr(pens, "door", lambda: bluesky.door)
    hettie = bluesky.person("hettie")
    made = SignIn(asking(bluesky)).by_password("@hettie.test", "hettie-password")
    us = Account.objects.create(uri=hettie.did, network="bluesky", handle="hettie.test", is_own=True)
    told = {"network": "bluesky", "server": made.server, "account": us, "connected": NOW}
    return Connection.objects.create(**told, secret=sealing.seal(made.secret))


def test_long_answer_is_a_thread_there_and_here(bluesky: Network, connection: Connection) -> None:
    asked = bluesky.person("bryony").post("Which stile held you up the longest?")
    bluesky.settle()
    find(by=None, now=NOW, address=asked.uri, door=bluesky.door)
    row = Post.objects.get(uri=asked.uri)
    told = {"key": new_key(), "text": LONG, "to": [connection.pk], "language": "en", "visibility": 1, "do": "send"}
    sent = signed_in().post(f"/desk/writing/?answer={row.pk}", {**told, "picture-0": picture(), "alt-0": "A red stile"})
    assert sent.status_code == 302
    run_waiting()
    assert [(each.state, each.trouble) for each in Outgoing.objects.all()] == [("sent", "")] * 3
    bluesky.settle()
    there = sorted((post.published, post.uri, post.text, post.parent) for post in bluesky.client().find(asked.uri).posts)
    parts = list(Post.objects.exclude(pk=row.pk).order_by("pk"))
    assert [(uri, text) for _, uri, text, _ in there[1:]] == [(part.uri, part.text) for part in parts]
    assert [parent for *_, parent in there] == ["", asked.uri, parts[0].uri, parts[1].uri]
    assert [part.text[-5:] for part in parts] == ["(1/3)", "(2/3)", "(3/3)"]
    assert [each.alt for each in parts[0].media.all()] == ["A red stile"]
    find(by=None, now=NOW, address=asked.uri, door=bluesky.door)
    assert list(Post.objects.order_by("pk").values_list("parent", "conversation")) == [
        (None, row.conversation_id),
        *((before, row.conversation_id) for before in (row.pk, parts[0].pk, parts[1].pk)),
    ]


def test_every_part_of_a_long_answer_is_in_the_notifications_of_whom_it_answers(bluesky: Network, connection: Connection) -> None:
    """The app view tells the author of a post of answers to answers, but only four deep, so later parts need the mention."""
    edda = bluesky.person("edda")
    asked = edda.post("How did the ladder stile fare?")
    bluesky.settle()
    find(by=None, now=NOW, address=asked.uri, door=bluesky.door)
    row = Post.objects.get(uri=asked.uri)
    told = {"key": new_key(), "text": LONG * 3, "to": [connection.pk], "language": "en", "visibility": 1, "do": "send"}
    assert signed_in().post(f"/desk/writing/?answer={row.pk}", told).status_code == 302
    for _part in range(8):
        run_waiting()
        bluesky.settle()  # an app view that sees a part before the one that it answers never shows it
    sent = list(Outgoing.objects.order_by("pk"))
    assert [(each.state, each.trouble) for each in sent] == [("sent", "")] * 8
    notified = [each["uri"] for each in edda.notifications()]
    assert sorted(notified) == sorted(each.uri for each in sent)
    assert [each.text.startswith("@edda.test ") for each in sent] == [False, *[True] * 7]
    records = [each["record"] for each in edda.notifications()]
    mentioned = [feature["did"] for each in records for facet in each.get("facets", ()) for feature in facet["features"]]
    assert mentioned == [edda.did] * 7
