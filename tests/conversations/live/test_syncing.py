"""What is listened to comes page by page, with what is new and what speaks to us; and nothing fails silently."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError

from homespun.conversations.actions import mentions
from homespun.conversations.actions.arriving import addresses
from homespun.conversations.actions.listening import Pace, go_on, listen, listen_to_own, pause, stop
from homespun.conversations.actions.locking import reading
from homespun.conversations.actions.syncing import Synced, sync, sync_due
from homespun.conversations.models import Arrival, Listening, Mention, Post, Source
from homespun.core.models import AuditEntry
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError, live, said
from homespun.people.models import Account
from tests.conversations.live.fake import account, post, uri
from tests.conversations.live.listened import NOW, Network, connection, naming

pytestmark = pytest.mark.django_db
DOOR = Door(site="https://stilewise.example")
BRYONY = "@bryony@bryony.example"


@pytest.fixture
def network(to_hear: Network) -> Network:
    return to_hear


def listening(typed: str = BRYONY) -> Listening:
    (row,) = listen(by=None, now=NOW, typed=typed, door=DOOR)
    return row


def asked(row: Listening, after: timedelta = timedelta(0)) -> Synced | None:
    return sync(listening=row.pk, now=NOW + after, door=DOOR)


def test_account_is_listened_to_and_its_posts_arrive_with_the_cursor(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."), post(2, "bryony", "And the gate."))
    row = listening(" bryony@bryony.example ")
    assert asked(row) == Synced(BRYONY, "fake", new=2, arrived=2)
    row.refresh_from_db()
    assert (row.cursor, row.heard, row.trouble, row.source.title) == ({"at": 2}, NOW, "", "Bryony")
    assert Arrival.objects.filter(at=NOW).count() == Post.objects.count() == 2


def test_second_asking_brings_what_is_new_alone(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    row = listening()
    asked(row)
    network.says(BRYONY, post(2, "bryony", "And the gate."))
    assert asked(row, timedelta(hours=1)) == Synced(BRYONY, "fake", new=1, arrived=1)


def test_what_is_not_due_is_not_asked(network: Network) -> None:
    row = listening()
    asked(row)
    network.asked.clear()
    assert (asked(row), network.asked) == (None, [])


def test_what_another_process_asks_is_left_to_it(network: Network) -> None:
    row = listening()
    with reading(f"listening-{row.pk}"):
        assert asked(row) is None


def test_posts_from_before_are_history_and_do_not_arrive(network: Network) -> None:
    network.says(BRYONY, post(-3000, "bryony", "Long ago."))
    assert asked(listening()) == Synced(BRYONY, "fake", new=1, arrived=0)


def test_what_comes_later_arrives_whatever_date_it_bears(network: Network) -> None:
    row = listening()
    asked(row)
    network.says(BRYONY, post(-3000, "bryony", "Written two days ago, shown now."), post(-30_000, "bryony", "Weeks ago."))
    assert asked(row, timedelta(hours=1)) == Synced(BRYONY, "fake", new=2, arrived=1)


def test_pauses_grow_while_nothing_comes_and_shrink_when_something_does() -> None:
    pace = Pace(40, 100)
    assert [pace.after(40, came=False), pace.after(90, came=False), pace.after(90, came=True)] == [51, 100, 45]


def test_failure_is_said_in_words_and_tried_again_after_growing_pauses(network: Network) -> None:
    network.broken = True
    row, pauses, now = listening(), [], NOW
    for _try in range(4):
        synced = sync(listening=row.pk, now=now, door=DOOR)
        assert synced is not None and synced.trouble == "The other side could not be reached."
        row.refresh_from_db()
        assert row.due is not None
        pauses.append(row.due - now)
        now = row.due
    assert (pauses, row.trouble, row.failures) == (
        [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)],
        "The other side could not be reached.",
        4,
    )


def test_success_after_failures_forgets_them(network: Network) -> None:
    network.broken = True
    row = listening()
    asked(row)
    network.broken = False
    asked(row, timedelta(hours=1))
    row.refresh_from_db()
    assert (row.failures, row.trouble, row.heard) == (0, "", NOW + timedelta(hours=1))


def test_pause_that_the_other_side_asks_for_is_kept(network: Network) -> None:
    told = NetworkError(said("It is too much."), permanent=False)
    told.__cause__ = DoorError("Too much.", permanent=False, status=429, retry_after=7200.0)
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    network.fails = [told]
    row = listening()
    asked(row)
    row.refresh_from_db()
    assert row.due == NOW + timedelta(hours=2)


def test_bug_is_written_to_the_log_and_said(network: Network, caplog: pytest.LogCaptureFixture) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    network.fails = [ZeroDivisionError("odd")]
    synced = asked(listening())
    assert synced is not None
    assert synced.trouble == "Something broke while this was read. It has been written to the log, and it is tried again."
    assert "ZeroDivisionError" in caplog.text


def test_busy_database_is_nothing_against_the_source(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    network.fails = [OperationalError("database is locked")]
    row = listening()
    with pytest.raises(OperationalError):
        asked(row)
    row.refresh_from_db()
    assert (row.failures, row.trouble, row.due) == (0, "", NOW)


def test_page_before_a_failure_is_kept_with_its_cursor(network: Network) -> None:
    network.says(BRYONY, *(post(n, "bryony", f"Stile {n}.") for n in range(1, 5)))
    network.fails, network.fails_after = [NetworkError(said("Broken off."), permanent=False)], 2
    row = listening()
    assert asked(row) == Synced(BRYONY, "fake", new=2, arrived=2, trouble="Broken off.")
    assert asked(row, timedelta(minutes=2)) == Synced(BRYONY, "fake", new=2, arrived=2)
    assert [each[1] for each in Post.objects.order_by("pk").values_list("pk", "text")] == [f"Stile {n}." for n in range(1, 5)]


def test_paused_source_is_not_asked_until_somebody_goes_on(network: Network) -> None:
    row = listening()
    assert pause(by=None, now=NOW, listening=row) is True
    assert sync_due(now=NOW + timedelta(days=1), door=DOOR) == []
    go_on(by=None, now=NOW, listening=row)
    assert [each.address for each in sync_due(now=NOW, door=DOOR)] == [BRYONY]
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["listening.begin", "listening.pause", "listening.go-on"]


def test_stopping_keeps_what_was_brought(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    row = listening()
    asked(row)
    stop(by=None, now=NOW, listening=row)
    assert (Listening.objects.count(), Post.objects.count(), Source.objects.count()) == (0, 1, 1)
    assert listening().pk == row.pk
    assert Listening.objects.get().cursor == {}


def test_permalink_is_looked_at_again_with_its_answers(network: Network) -> None:
    network.add(post(1, "bryony", "The ladder."))
    row = listening(uri(1))
    assert asked(row) == Synced(uri(1), "fake", new=1, arrived=1)
    row.refresh_from_db()
    assert (row.source.kind, row.every) == ("post", 900)


def test_hashtag_is_listened_to(network: Network) -> None:
    network.says("#stiles", post(1, "colm", "A wet one. #stiles"))
    assert asked(listening("#Stiles")) == Synced("#stiles", "fake", new=1, arrived=1)


def test_bare_hashtag_is_also_listened_to_on_the_servers_where_we_are(network: Network) -> None:
    connection()
    rows = listen(by=None, now=NOW, typed="#Stiles", door=DOOR)
    assert [row.address for row in rows] == ["#stiles", "#stiles@hettie.example"]
    assert [row.address for row in listen(by=None, now=NOW, typed="#gates@hill.example", door=DOOR)] == ["#gates@hill.example"]


def test_address_that_turns_out_to_be_of_another_network_is_listened_to_there(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Network(foreign=True)
    monkeypatch.setattr(live, "CLIENTS", {"other": other.client, "fake": network.client})
    network.add(post(1, "bryony", "The ladder."))
    row = listening(uri(1))
    assert row.network == "other"
    assert asked(row) == Synced(uri(1), "fake", new=1, arrived=1)
    row.refresh_from_db()
    assert (row.network, row.trouble) == ("fake", "")


def test_account_that_is_called_otherwise_now_is_listened_to_by_that(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    row = listening()
    asked(row)
    network.renamed = {BRYONY: "bry@new.example"}
    network.says("@bry@new.example", post(1, "bryony", "The ladder."), post(2, "bryony", "And the gate."))
    assert asked(row, timedelta(hours=1)) == Synced("@bry@new.example", "fake", new=1, arrived=1)
    row.refresh_from_db()
    assert (row.address, row.trouble) == ("@bry@new.example", "")


def test_of_who_says_nobot_only_what_is_said_to_us_is_kept(network: Network) -> None:
    connection()
    network.bio = "Walks. #NoBot"
    network.says("@hettie@hettie.example", post(1, "hettie", "Which one?"))
    sync_due(now=NOW, door=DOOR)
    network.says(BRYONY, post(2, "bryony", "The ladder.", parent=1), post(3, "bryony", "For my friends alone."))
    assert asked(listening()) == Synced(BRYONY, "fake", new=1, arrived=1, mentions=1)
    network.together = True
    network.says(BRYONY, post(4, "bryony", "And the gate.", parent=1), post(5, "bryony", "For my friends again."))
    assert asked(Listening.objects.get(address=BRYONY), timedelta(hours=1)) == Synced(BRYONY, "fake", new=1, arrived=1, mentions=1)


def test_who_somebody_is_is_looked_at_once_a_day(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    row = listening()
    for hours in (0, 1, 25, 26):
        asked(row, timedelta(hours=hours))
    assert network.asked.count(BRYONY) == 6  # asked four times, and twice for who it is


def test_what_nobody_knows_is_refused_in_words(network: Network) -> None:
    with pytest.raises(NetworkError, match="nothing that can be listened to"):
        listening("just words")
    with pytest.raises(NetworkError, match="Type the address"):
        listening("  ")


def test_own_account_is_listened_to_by_itself(network: Network) -> None:
    connection()
    network.says("mentions", post(1, "bryony", "What do you say?"))
    network.says("@hettie@hettie.example", post(2, "hettie", "The ladder."))
    found = sync_due(now=NOW, door=DOOR)
    assert [(each.address, each.new, each.mentions) for each in found] == [("mentions", 1, 1), ("@hettie@hettie.example", 1, 0)]
    assert [each.new for each in sync_due(now=NOW + timedelta(minutes=1), door=DOOR)] == [0, 0]


def test_own_accounts_are_asked_at_least_every_minute_however_quiet(network: Network) -> None:
    listen_to_own(connection=connection(), by=None, now=NOW)
    now = NOW
    for _time in range(9):
        sync_due(now=now, door=DOOR)
        now += timedelta(minutes=1)
    assert sorted(Listening.objects.values_list("every", flat=True)) == [45, 45]


def test_own_answer_marks_what_it_answers_wherever_it_was_written(network: Network) -> None:
    connection()
    network.says("mentions", post(1, "bryony", "What do you say?"))
    sync_due(now=NOW, door=DOOR)
    assert Mention.objects.filter(done__isnull=True).count() == 1
    network.says("@hettie@hettie.example", post(2, "hettie", "The ladder.", parent=1))
    sync_due(now=NOW + timedelta(minutes=1), door=DOOR)
    assert Mention.objects.filter(done__isnull=True).count() == 0


def test_mention_that_comes_after_its_answer_waits_for_none(network: Network) -> None:
    connection()
    network.says("@hettie@hettie.example", post(2, "hettie", "The ladder.", parent=1))
    sync_due(now=NOW, door=DOOR)
    network.says("mentions", post(1, "bryony", "What do you say?"))
    sync_due(now=NOW + timedelta(minutes=1), door=DOOR)
    assert Mention.objects.get().done == NOW + timedelta(minutes=1)


def test_post_that_names_us_speaks_to_us(network: Network) -> None:
    ours = connection()
    first = post(1, "bryony", "What would you say?")
    network.says(
        BRYONY,
        naming(first, account("hettie").uri),
        post(2, "bryony", "Ask @hettie@hettie.example, she knows."),
        post(3, "bryony", "Not @hettie@hettie.example.org, nor me@hettie@hettie.example."),
    )
    assert asked(listening()) == Synced(BRYONY, "fake", new=3, arrived=3, mentions=2)
    assert sorted(Mention.objects.values_list("post__uri", "account")) == [(uri(1), ours.account.pk), (uri(2), ours.account.pk)]


def test_account_is_named_by_its_profile_at_either_name_of_its_server() -> None:
    ours = Account(uri="https://social.hill.example/users/hettie", handle="hettie@hill.example")
    assert addresses(ours) == {ours.uri, "https://hill.example/@hettie", "https://social.hill.example/@hettie"}


def test_own_posts_and_old_ones_wait_for_no_answer(network: Network) -> None:
    ours = connection()
    network.says("mentions", post(1, "hettie", "To myself."), post(-30_000, "bryony", "Weeks ago."))
    sync_due(now=NOW, door=DOOR)
    assert (Post.objects.count(), Mention.objects.count()) == (2, 0)
    row = Post.objects.get(uri=uri(1))
    assert mentions.notice(posts=[row.pk], now=NOW, named={row.pk: ours.account.pk}) == 0


def test_edit_at_the_source_is_followed_and_logged(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The lader."))
    row = listening()
    asked(row)
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    assert asked(row, timedelta(hours=1)) == Synced(BRYONY, "fake", updated=1)
    assert Post.objects.get().text == "The ladder."
    assert AuditEntry.objects.get(verb="post.edited-at-source").subject == f"post:{uri(1)}"


def test_command_prints_what_was_asked_and_what_came(network: Network) -> None:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    listening()
    out = StringIO()
    call_command("sync", "--once", "--json", stdout=out, stderr=StringIO())
    assert json.loads(out.getvalue()) == {
        "asked": [{"address": BRYONY, "network": "fake", "new": 1, "updated": 0, "arrived": 1, "mentions": 0, "trouble": ""}],
        "new": 1,
        "updated": 0,
        "mentions": 0,
        "troubles": [],
    }
    out = StringIO()
    call_command("sync", "--once", stdout=out)
    assert out.getvalue().strip() == "0 sources asked, 0 new posts."
