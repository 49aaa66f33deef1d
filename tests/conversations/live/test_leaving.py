"""Who wishes to be left out is, at once and for good; and a member can undo what was a mistake."""

from datetime import timedelta
from pathlib import Path

import pytest

from homespun.conversations import tasks
from homespun.conversations.actions.finding import find
from homespun.conversations.actions.leaving import learn, leave_out, take_back
from homespun.conversations.actions.listening import listen
from homespun.conversations.actions.syncing import sync
from homespun.conversations.actions.tombstones import digest, is_left_out
from homespun.conversations.models import Listening, Post, State, Tombstone
from homespun.core.jobs import Again
from homespun.core.models import AuditEntry
from homespun.core.security.sealing import seal
from homespun.http import Door
from homespun.networks import NetworkError
from homespun.people.models import Account
from tests.conversations.live.fake import account, post, uri
from tests.conversations.live.listened import NOW, Network, connection
from tests.users.cast import vita

pytestmark = pytest.mark.django_db
DOOR = Door(site="https://stilewise.example")
BRYONY = "@bryony@bryony.example"


@pytest.fixture
def network(to_hear: Network) -> Network:
    return to_hear


def held(network: Network) -> Listening:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    (row,) = listen(by=None, now=NOW, typed=BRYONY, door=DOOR)
    sync(listening=row.pk, now=NOW, door=DOOR)
    return row


@pytest.mark.parametrize("typed", [BRYONY, "bryony@bryony.example", " @Bryony@Bryony.example", "https://bryony.example/@bryony"])
def test_account_is_left_out_at_once_however_it_was_typed(network: Network, typed: str) -> None:
    held(network)
    left = leave_out(by=None, now=NOW, typed=typed)
    assert (left.posts, Post.objects.get().state, Listening.objects.count()) == (1, State.WITHDRAWN, 0)
    assert list(Post.objects.all().quotable()) == []
    network.add(post(2, "bryony", "And the gate."))
    with pytest.raises(NetworkError, match="wishes to be left out"):
        find(by=None, now=NOW, address=uri(2), door=DOOR)


def test_account_that_nobody_has_heard_of_is_left_out_by_its_handle_and_later_by_what_it_is(network: Network) -> None:
    leave_out(by=None, now=NOW, typed=BRYONY)
    network.add(post(1, "bryony", "The ladder."))
    with pytest.raises(NetworkError, match="wishes to be left out"):
        find(by=None, now=NOW, address=uri(1), door=DOOR)
    assert not is_left_out(account("bryony").uri)
    learn(address=BRYONY, now=NOW, door=DOOR)
    assert is_left_out(account("bryony").uri)


def test_task_learns_whose_account_it_is_and_its_row_does_not_tell(network: Network) -> None:
    leave_out(by=None, now=NOW, typed=BRYONY)
    sealed = seal({"address": BRYONY})
    tasks.learn_wish.call(sealed=sealed)
    assert (is_left_out(account("bryony").uri), "bryony" in sealed) == (True, False)


def test_task_that_finds_nobody_is_no_failure_and_one_that_reaches_nobody_comes_again(network: Network) -> None:
    tasks.learn_wish.call(sealed=seal({"address": "fake://nowhere"}))
    network.broken = True
    with pytest.raises(Again):
        tasks.learn_wish.call(sealed=seal({"address": BRYONY}))


def test_what_is_left_out_is_not_listened_to_again(network: Network) -> None:
    held(network)
    leave_out(by=None, now=NOW, typed=BRYONY)
    with pytest.raises(NetworkError, match="wishes to be left out"):
        listen(by=None, now=NOW, typed=BRYONY, door=DOOR)


def test_account_that_turns_out_to_be_left_out_is_not_listened_to(network: Network) -> None:
    (row,) = listen(by=None, now=NOW, typed=BRYONY, door=DOOR)
    Tombstone.objects.create(digest=digest(account("bryony").uri), at=NOW)
    synced = sync(listening=row.pk, now=NOW, door=DOOR)
    assert synced is not None and synced.trouble == "Whoever that is wishes to be left out."


def test_own_account_is_not_left_out(network: Network) -> None:
    connection()
    with pytest.raises(NetworkError, match="this site’s own"):
        leave_out(by=None, now=NOW, typed="@hettie@hettie.example")


@pytest.mark.parametrize("typed", ["", "#stiles", "some words", "x" * 900])
def test_what_is_no_account_is_refused_in_words(network: Network, typed: str) -> None:
    with pytest.raises(NetworkError, match="Type the address of an account"):
        leave_out(by=None, now=NOW, typed=typed)


def test_member_undoes_it_and_what_was_deleted_meanwhile_stays_so(network: Network) -> None:
    held(network)
    leave_out(by=None, now=NOW, typed=BRYONY)
    member = vita()
    assert take_back(by=member, now=NOW, typed="@colm@colm.example", door=DOOR) is False
    assert take_back(by=member, now=NOW, typed=BRYONY, door=DOOR) is True
    assert (Post.objects.get().state, Tombstone.objects.count()) == (State.LIVE, 0)
    verbs = AuditEntry.objects.filter(verb__startswith="account.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["account.leave-out", "account.take-back"]


def test_audit_of_a_wish_does_not_tell_whose_it_is(network: Network) -> None:
    leave_out(by=None, now=NOW, typed=BRYONY)
    entry = AuditEntry.objects.get(verb="account.leave-out")
    assert "bryony" not in f"{entry.subject} {entry.details}"


@pytest.mark.django_db(transaction=True)
def test_wishes_are_written_into_a_file_of_their_own(network: Network, tmp_path: Path) -> None:
    leave_out(by=None, now=NOW, typed=BRYONY)
    leave_out(by=None, now=NOW + timedelta(days=1), typed="@colm@colm.example")
    lines = (tmp_path / "tombstones.txt").read_text().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["2023-11-14 22:30:00", "2023-11-15 22:30:00"]
    assert (tmp_path / "tombstones.txt").stat().st_mode & 0o777 == 0o600
    assert take_back(by=vita(), now=NOW, typed=BRYONY, door=DOOR)
    assert len((tmp_path / "tombstones.txt").read_text().splitlines()) == 1


def test_site_that_is_also_a_handle_is_left_out_as_both(network: Network) -> None:
    Account.objects.create(uri="https://bryony.example/", network="web", name="Bryony")
    leave_out(by=None, now=NOW, typed="bryony.example")
    assert is_left_out("@bryony.example") and is_left_out("https://bryony.example/")
