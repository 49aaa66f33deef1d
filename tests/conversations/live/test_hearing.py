"""What streams tell is kept with their cursor; what falls silent or breaks off is opened again and filled by asking."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.fernet import Fernet
from django.db import transaction

from homespun.conversations.actions import hearing, syncing
from homespun.conversations.actions.hearing import Hearing
from homespun.conversations.actions.listening import listen, listen_to_own
from homespun.conversations.actions.syncing import sync, sync_due
from homespun.conversations.ear import Ear, Line
from homespun.conversations.models import Absence, Arrival, Listening, Mention, Post, Sighting, State, Stream
from homespun.core import wakeups
from homespun.core.models import AuditEntry
from homespun.http import Door
from homespun.networks import NetworkError, known, live, said
from homespun.networks.live import Asking
from homespun.networks.protocols import Heard
from homespun.networks.values import Cursor, Reference
from homespun.people.models import Account
from tests.conversations.live import fake, listened
from tests.conversations.live.fake import account, post, uri
from tests.conversations.live.listened import NOW, connection

pytestmark = pytest.mark.django_db
DOOR = Door(site="https://stilewise.example")
BRYONY = "@bryony@bryony.example"


@dataclass
class Network(listened.Network):
    tells: list[Heard | Exception] = field(default_factory=list)
    opened: list[tuple[list[str], Cursor]] = field(default_factory=list)

    def client(self, asking: Asking) -> "Client":
        return Client(self, asking)


@dataclass
class Client(listened.Client):
    network: Network

    def stream(self, addresses: Sequence[str], cursor: Cursor, stopped: Callable[[], bool]) -> Iterator[Heard]:
        self.network.opened.append((list(addresses), dict(cursor)))
        while not stopped():
            if self.network.tells:
                told = self.network.tells.pop(0)
                if isinstance(told, Exception):
                    raise told
                yield told
            time.sleep(0.01)


@pytest.fixture
def network(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    settings.DATA = tmp_path
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "sealing-key").write_bytes(Fernet.generate_key())
    made = Network()
    monkeypatch.setattr(live, "CLIENTS", {"fake": made.client})
    monkeypatch.setattr(live, "OPEN_STREAMS", frozenset({"fake"}))
    monkeypatch.setattr(known, "NETWORKS", {**known.NETWORKS, "fake": fake})
    return made


def listening() -> Listening:
    (row,) = listen(by=None, now=NOW, typed=BRYONY, door=DOOR)
    sync(listening=row.pk, now=NOW, door=DOOR)
    return row


def opened(name: str = "fake", connected: int | None = None) -> Stream:
    return hearing.opened(name=name, told=("fake", connected), now=NOW)


def keep(stream: Stream, told: Heard, *, minutes: int = 0) -> None:
    Hearing(stream).keep(told, now=NOW + timedelta(minutes=minutes))


def test_what_is_told_is_kept_under_what_is_listened_to_with_the_cursor(network: Network) -> None:
    row = listening()
    stream = opened()
    keep(stream, Heard({"at": 7}, (post(1, "bryony", "The ladder."), post(2, "colm", "Nobody asked me."))))
    assert list(Post.objects.values_list("text", flat=True)) == ["The ladder."]
    assert Sighting.objects.get().source == row.source
    assert Arrival.objects.count() == 1
    stream.refresh_from_db()
    assert (stream.cursor, stream.heard) == ({"at": 7}, NOW)


def test_what_is_told_and_asked_for_is_here_once(network: Network) -> None:
    row = listening()
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    keep(opened(), Heard({"at": 1}, (post(1, "bryony", "The ladder."),)))
    keep(opened(), Heard({"at": 1}, (post(1, "bryony", "The ladder."),)))
    synced = sync(listening=row.pk, now=NOW + timedelta(hours=1), door=DOOR)
    assert synced is not None
    assert (synced.new, Post.objects.count(), Sighting.objects.count(), Arrival.objects.count()) == (0, 1, 1, 1)


def test_what_a_stream_of_ours_tells_speaks_to_us(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "OPEN_STREAMS", frozenset())
    ours = connection()
    listen_to_own(connection=ours, by=None, now=NOW)
    assert hearing.to_be_open() == {f"fake-{ours.pk}": ("fake", ours.pk)}
    stream = opened(f"fake-{ours.pk}", ours.pk)
    keep(stream, Heard({}, (post(1, "bryony", "Ask @hettie@hettie.example."), post(2, "colm", "Not for us."))))
    assert list(Mention.objects.values_list("post__uri", "account")) == [(uri(1), ours.account.pk)]
    assert Post.objects.count() == 1


def test_one_stream_of_everybody_tells_what_is_said_to_each_of_us(network: Network) -> None:
    ours = connection()
    listen_to_own(connection=ours, by=None, now=NOW)
    assert hearing.to_be_open() == {"fake": ("fake", None)}
    keep(opened(), Heard({}, (post(1, "bryony", "Ask @hettie@hettie.example."), post(2, "hettie", "Ask me."), post(3, "colm", "No."))))
    keep(opened(), Heard({}, (post(4, "colm", "I do.", parent=2),)))
    found = Sighting.objects.order_by("post").values_list("post__uri", "source__kind")
    assert list(found) == [(uri(1), "mentions"), (uri(2), "account"), (uri(4), "mentions")]
    assert sorted(Mention.objects.values_list("post__uri", flat=True)) == [uri(1), uri(4)]


def test_answer_that_is_told_together_with_what_it_answers_is_kept(network: Network) -> None:
    listen_to_own(connection=connection(), by=None, now=NOW)
    keep(opened(), Heard({}, (post(2, "colm", "I do.", parent=1), post(1, "hettie", "Who knows?"))))
    assert list(Mention.objects.values_list("post__uri", flat=True)) == [uri(2)]


def test_quote_of_ours_speaks_to_us(network: Network) -> None:
    ours = connection()
    listen_to_own(connection=ours, by=None, now=NOW)
    keep(opened(), Heard({}, (post(1, "hettie", "Who knows?"),)))
    quoting = msgspec.structs.replace(post(2, "colm", "A good question."), references=(Reference("quote", uri(1)),))
    keep(opened(), Heard({}, (quoting,)))
    assert list(Mention.objects.values_list("post__uri", "account")) == [(uri(2), ours.account.pk)]


def test_post_is_deleted_by_any_of_its_names(network: Network) -> None:
    listening()
    keep(opened(), Heard({}, (msgspec.structs.replace(post(1, "bryony", "The ladder."), names=("https://bryony.example/api/1",)),)))
    keep(opened(), Heard({}, gone=("https://bryony.example/api/1",)))
    assert Post.objects.get().state == State.DELETED


def test_deleted_post_is_marked_and_one_that_nobody_holds_is_not_written_down(network: Network) -> None:
    listening()
    keep(opened(), Heard({}, (post(1, "bryony", "The ladder."),)))
    keep(opened(), Heard({}, gone=(uri(1), uri(99))))
    assert Post.objects.get().state == State.DELETED
    assert list(Absence.objects.values_list("uri", "why")) == [(uri(1), "gone")]
    assert AuditEntry.objects.filter(verb="post.deleted-at-source").count() == 1


def test_closed_account_takes_its_posts_along_and_brings_them_back(network: Network) -> None:
    listening()
    bryony = account("bryony")
    keep(opened(), Heard({}, (post(1, "bryony", "The ladder."), post(2, "bryony", "The gate."))))
    keep(opened(), Heard({}, gone=(uri(2),)))
    keep(opened(), Heard({}, gone=(bryony.uri,)))
    assert list(Post.objects.order_by("pk").values_list("state", flat=True)) == [State.DELETED, State.DELETED]
    keep(opened(), Heard({}, renamed=(bryony,)))
    assert list(Post.objects.order_by("pk").values_list("state", flat=True)) == [State.LIVE, State.DELETED]
    verbs = AuditEntry.objects.filter(verb__startswith="account.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["account.closed-at-source", "account.back-at-source"]


def test_account_is_called_as_it_is_now(network: Network) -> None:
    row = listening()
    keep(opened(), Heard({}, (post(1, "bryony", "The ladder."),)))
    keep(opened(), Heard({}, renamed=(msgspec.structs.replace(account("bryony"), handle="bry@new.example"), account("colm"))), minutes=1)
    row.refresh_from_db()
    assert (row.address, list(Account.objects.values_list("handle", flat=True))) == ("@bry@new.example", ["bry@new.example"])
    assert AuditEntry.objects.get(verb="account.renamed").details["after"] == "bry@new.example"


def test_failed_stream_says_so_and_is_filled_by_asking(network: Network) -> None:
    row = listening()
    stream = opened()
    hearing.failed(stream=stream, why="It no longer has that.", anew=True, now=NOW + timedelta(minutes=5))
    stream.refresh_from_db()
    row.refresh_from_db()
    assert (stream.cursor, stream.trouble, stream.failures) == ({}, "It no longer has that.", 1)
    assert row.due == NOW + timedelta(minutes=5)
    keep(stream, Heard({"at": 9}))
    stream.refresh_from_db()
    assert (stream.trouble, stream.failures) == ("", 0)


def test_silent_stream_is_not_believed(network: Network) -> None:
    row = listening()
    opened()
    ear, line = Ear(DOOR), Line("fake", ("fake", None), [], DOOR, lambda: True)
    assert ear.is_silent(line, NOW + timedelta(minutes=2)) is False
    assert ear.is_silent(line, NOW + timedelta(minutes=4)) is True
    row.refresh_from_db()
    assert row.due == NOW + timedelta(minutes=4)
    assert Stream.objects.get().trouble.startswith("It has said nothing for some minutes")


def test_stream_that_breaks_at_one_place_again_and_again_goes_on_behind_it(network: Network) -> None:
    listening()
    keep(opened(), Heard({"at": 7}))
    line = Line("fake", ("fake", None), [], DOOR, lambda: False)
    cursors = []
    for _try in range(4):
        network.tells = [ZeroDivisionError("odd")]
        line.hold()
        cursors.append(Stream.objects.get().cursor)
    assert cursors == [{"at": 7}, {"at": 7}, {}, {}]
    assert Listening.objects.get().due is not None


def test_bug_in_asking_is_in_the_log(network: Network, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(syncing, "sync", lambda **_all: 1 / 0)
    Ear(DOOR).ask(7)
    assert "asking source 7 failed" in caplog.text


def test_account_that_a_stream_tells_of_is_asked_seldom(network: Network) -> None:
    row = listening()
    keep(opened(), Heard({"at": 1}))
    sync(listening=row.pk, now=NOW + timedelta(minutes=1), door=DOOR)
    row.refresh_from_db()
    assert row.every == 300
    Stream.objects.update(trouble="Broken off.")
    sync(listening=row.pk, now=NOW + timedelta(minutes=7), door=DOOR)
    row.refresh_from_db()
    assert row.every == 376


def test_stream_that_is_to_tell_of_others_is_opened_anew_and_what_they_said_meanwhile_is_asked_for(network: Network) -> None:
    row = listening()
    ear, line = Ear(DOOR), Line("fake", ("fake", None), [], DOOR, lambda: True)
    assert ear.is_to_tell_of_others(line, NOW) is True
    row.refresh_from_db()
    assert row.due == NOW + timedelta(seconds=10)
    line.addresses = [account("bryony").uri]
    assert ear.is_to_tell_of_others(line, NOW) is False


def test_stream_that_no_account_needs_is_forgotten(network: Network) -> None:
    opened()
    hearing.close_others([])
    assert (Stream.objects.count(), hearing.to_be_open()) == (0, {})


def test_network_where_a_hashtag_alone_is_listened_to_needs_no_stream(network: Network) -> None:
    listen(by=None, now=NOW, typed="#stiles", door=DOOR)
    assert hearing.to_be_open() == {}
    listening()
    assert hearing.to_be_open() == {"fake": ("fake", None)}


def test_connected_account_that_is_broken_has_no_stream(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "OPEN_STREAMS", frozenset())
    ours = connection()
    listen_to_own(connection=ours, by=None, now=NOW)
    type(ours).objects.update(state="broken")
    assert hearing.to_be_open() == {}


@pytest.mark.django_db(transaction=True)
def test_ear_asks_and_hears_until_it_is_stopped(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homespun.conversations.ear.SHORTEST", 0.05)
    monkeypatch.setattr("homespun.conversations.ear.STREAMS", timedelta(seconds=0.05))
    network.says(BRYONY, post(1, "bryony", "By asking."))
    listen(by=None, now=NOW, typed=BRYONY, door=DOOR)
    network.tells = [NetworkError(said("Broken off."), permanent=False), Heard({"at": 5}, (post(2, "bryony", "By a stream."),))]
    over = threading.Event()
    ear = threading.Thread(target=Ear(DOOR, over.is_set).listen)
    ear.start()
    until = time.monotonic() + 20
    while Post.objects.count() < 2 and time.monotonic() < until:
        time.sleep(0.05)
    over.set()
    wakeups.wake_this_process()
    ear.join()
    time.sleep(0.1)
    assert sorted(Post.objects.values_list("text", flat=True)) == ["By a stream.", "By asking."]
    assert Stream.objects.get().cursor == {"at": 5}
    assert network.opened[-1] == ([account("bryony").uri], {})


def test_outage_is_filled_by_what_is_asked_for(network: Network) -> None:
    row = listening()
    keep(opened(), Heard({"at": 1}, (post(1, "bryony", "Before."),)))
    network.says(BRYONY, post(1, "bryony", "Before."), post(2, "bryony", "Meanwhile."))
    with transaction.atomic():
        hearing.fill(stream=Stream.objects.get(), now=NOW)
    assert [(each.address, each.new) for each in sync_due(now=NOW, door=DOOR)] == [(row.address, 1)]
