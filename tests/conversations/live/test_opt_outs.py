"""Opt-out requests: what an open one stops, what a decision does, and how one is undone."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection as database
from django.db import connections

from homespun.conversations.actions import opt_out_upkeep
from homespun.conversations.actions.finding import find
from homespun.conversations.actions.listening import listen, listen_to_own
from homespun.conversations.actions.opt_out_requests import (
    MOST_A_DAY,
    confirm,
    dismiss,
    record_opt_out,
    request_opt_out,
    resolve,
    undo,
)
from homespun.conversations.actions.opt_outs import OptOuts, digest, is_opted_out, is_paused
from homespun.conversations.actions.storing import Store
from homespun.conversations.actions.syncing import sync
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import Absence, Listening, Mention, OptOut, OptOutRequest, Post, State
from homespun.core.models import AuditEntry
from homespun.http import Door
from homespun.networks import NetworkError
from homespun.networks.protocols import MENTIONS
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account
from tests.conversations import made_up
from tests.conversations.live.fake import account, post, uri
from tests.conversations.live.listened import NOW, Network, connection, naming
from tests.users.cast import vita

pytestmark = pytest.mark.django_db
DOOR = Door(site="https://stilewise.example")
BRYONY = "@bryony@bryony.example"
LATER = NOW + timedelta(days=2)


@pytest.fixture
def network(to_hear: Network) -> Network:
    return to_hear


def held(network: Network) -> Listening:
    network.says(BRYONY, post(1, "bryony", "The ladder."))
    (row,) = listen(by=None, now=NOW, typed=BRYONY, door=DOOR)
    sync(listening=row.pk, now=NOW, door=DOOR)
    return row


def requested(typed: str = BRYONY) -> OptOutRequest:
    return request_opt_out(by=None, now=NOW, typed=typed).request


def polled(row: Listening) -> str:
    Listening.objects.filter(pk=row.pk).update(due=NOW)
    synced = sync(listening=row.pk, now=NOW, door=DOOR)
    assert synced is not None
    return synced.trouble


@pytest.mark.parametrize("typed", [BRYONY, "bryony@bryony.example", " @Bryony@Bryony.example", "https://bryony.example/@bryony"])
def test_open_request_stops_new_collection_and_changes_nothing_stored(network: Network, typed: str) -> None:
    row = held(network)
    requested(typed)
    assert (Post.objects.get().state, list(Post.objects.all().quotable()) != []) == (State.LIVE, True)
    network.says(BRYONY, post(2, "bryony", "And the gate."))
    assert "asked us to stop collecting" in polled(row)
    with pytest.raises(NetworkError, match="isn’t verified"):
        find(by=None, now=NOW, address=uri(2), door=DOOR)
    assert Post.objects.count() == 1


def test_open_request_stops_imports_too(network: Network) -> None:
    requested()
    stored = Store(made_up.source().pk).store([post(1, "bryony", "The ladder."), post(2, "colm", "The gate.")])
    assert (stored.new, Post.objects.get().text) == (1, "The gate.")


def test_decision_during_an_import_holds_for_the_next_batch(network: Network) -> None:
    store = Store(made_up.source().pk)
    store.store([post(1, "bryony", "The ladder.")])
    confirm(by=vita(), now=NOW, request=requested())
    store.store([post(2, "bryony", "And the gate.")])
    assert list(Post.objects.values_list("text", "state")) == [("The ladder.", State.WITHDRAWN)]


def test_stored_post_is_not_updated_while_a_request_is_open(network: Network) -> None:
    held(network)
    requested()
    Taking(None, NOW, ours=True).take("bryony.example", [post(1, "bryony", "Another ladder.")])
    assert Post.objects.get().text == "The ladder."


def test_dismissal_collects_from_the_date_of_the_request(network: Network) -> None:
    row = held(network)
    request = requested()
    network.says(BRYONY, post(2, "bryony", "And the gate."))
    assert polled(row)
    dismiss(by=vita(), now=LATER, request=request)
    again = Listening.objects.get(pk=row.pk)
    assert (again.due, again.trouble, again.failures) == (LATER, "", 0)
    sync(listening=row.pk, now=LATER, door=DOOR)
    assert Post.objects.count() == 2


def test_dismissal_reads_mentions_since_the_request_again(network: Network) -> None:
    mine = connection()
    ours = account("hettie").uri
    mentions, _own = listen_to_own(connection=mine, by=None, now=NOW)
    network.says(MENTIONS, naming(post(1, "colm", "Hello"), ours))
    assert not polled(mentions)
    request = requested()
    network.says(MENTIONS, naming(post(2, "bryony", "Good morning"), ours), naming(post(3, "colm", "Evening"), ours))
    assert not polled(mentions)
    assert Mention.objects.count() == 2
    dismiss(by=vita(), now=NOW, request=request)
    assert not polled(mentions)
    assert sorted(Mention.objects.values_list("post__text", flat=True)) == ["Evening", "Good morning", "Hello"]
    assert Listening.objects.get(pk=mentions.pk).rewind == {}


def test_dismissal_fetches_single_posts_that_were_held_back(network: Network) -> None:
    network.add(post(1, "colm", "Which stile?"), post(2, "bryony", "The ladder.", parent=1))
    request = requested()
    Taking(None, NOW, ours=True).take("bryony.example", [post(2, "bryony", "The ladder.", parent=1)])
    assert Absence.objects.get(uri=uri(2)).why == Absence.Why.PAUSED
    assert opt_out_upkeep.fetch_held_back(now=LATER, door=DOOR) == 0
    dismiss(by=vita(), now=LATER, request=request)
    assert opt_out_upkeep.fetch_held_back(now=LATER, door=DOOR) == 1
    assert (Post.objects.get().text, Absence.objects.filter(uri=uri(2)).exists()) == ("The ladder.", False)


def test_held_back_post_that_cannot_be_fetched_is_not_asked_for_forever(network: Network) -> None:
    request = requested()
    Taking(None, NOW, ours=True).take("bryony.example", [post(2, "bryony", "The ladder.")])
    dismiss(by=vita(), now=LATER, request=request)
    opt_out_upkeep.fetch_held_back(now=LATER, door=DOOR)
    assert Absence.objects.get(uri=uri(2)).why == Absence.Why.UNREACHABLE


def test_confirmation_makes_stored_posts_unquotable_and_keeps_only_hashes(network: Network) -> None:
    held(network)
    request = requested()
    assert confirm(by=vita(), now=LATER, request=request) == 1
    request.refresh_from_db()
    assert (request.state, request.address, request.account_uri, request.decided_by) == ("confirmed", "", "", vita_row())
    assert (Post.objects.get().state, Listening.objects.count()) == (State.WITHDRAWN, 0)
    assert is_opted_out(account("bryony").uri)
    with pytest.raises(NetworkError, match="opted out"):
        listen(by=None, now=NOW, typed=BRYONY, door=DOOR)


def vita_row() -> object:
    return AuditEntry.objects.get(verb="opt-out.confirm").by


def test_confirmed_account_leaves_no_trace_of_posts_that_were_held_back(network: Network) -> None:
    network.add(post(1, "bryony", "Which?"), post(2, "colm", "The gate.", parent=1))
    request = requested()
    posts = [post(2, "colm", "The gate.", parent=1), post(1, "bryony", "Which?"), post(3, "bryony", "Alone.")]
    Taking(None, NOW, ours=True).take("colm.example", posts)
    confirm(by=vita(), now=LATER, request=request)
    assert list(Absence.objects.values_list("uri", "why", "paused_by")) == [(uri(1), "left out", "")]


def test_dismissed_request_keeps_no_readable_address(network: Network) -> None:
    request = requested()
    dismiss(by=vita(), now=LATER, request=request)
    request.refresh_from_db()
    assert (request.state, request.address, is_paused(BRYONY)) == ("dismissed", "", False)


def test_another_request_after_a_dismissal_does_not_stop_collection(network: Network) -> None:
    dismiss(by=vita(), now=NOW, request=requested())
    again = requested()
    assert (again.ignored_because, is_paused(BRYONY)) == ("dismissed", False)


def test_address_in_another_form_counts_as_dismissed_once_its_account_is_known(network: Network) -> None:
    first = resolve(request=requested("@bryony@other.example"), now=NOW, door=DOOR)
    dismiss(by=vita(), now=NOW, request=first)
    again = requested()
    assert is_paused(BRYONY)
    resolve(request=again, now=NOW, door=DOOR)
    assert not is_paused(BRYONY)


def test_two_requests_for_one_account_are_decided_together(network: Network) -> None:
    held(network)
    first, second = requested(), requested("https://bryony.example/@bryony")
    confirm(by=vita(), now=LATER, request=second)
    assert list(OptOutRequest.objects.values_list("state", flat=True)) == ["confirmed", "confirmed"]
    with pytest.raises(NetworkError, match="decided already"):
        dismiss(by=AuditEntry.objects.exclude(by=None)[0].by, now=LATER, request=first)
    assert is_opted_out(BRYONY)


def test_more_requests_than_a_day_allows_have_no_effect(network: Network) -> None:
    for number in range(MOST_A_DAY):
        requested(f"@a{number}@hill.example")
    over = requested()
    assert (over.ignored_because, is_paused(BRYONY)) == ("limit", False)
    assert request_opt_out(by=None, now=NOW + timedelta(days=1, seconds=1), typed=BRYONY).request.ignored_because == ""


def test_stale_requests_without_effect_are_deleted(network: Network) -> None:
    for number in range(MOST_A_DAY + 2):
        requested(f"@a{number}@hill.example")
    assert opt_out_upkeep.delete_stale(now=NOW + timedelta(days=8)) == 2
    assert OptOutRequest.objects.count() == MOST_A_DAY


def test_account_that_nobody_knows_is_covered_by_its_handle_and_later_by_its_id(network: Network) -> None:
    request = requested()
    assert OptOuts().reason(post(1, "bryony", "The ladder.")) == Absence.Why.PAUSED
    assert not is_paused(account("bryony").uri)
    resolve(request=request, now=NOW, door=DOOR)
    assert is_paused(account("bryony").uri)


def test_former_holder_of_a_handle_is_not_covered_once_somebody_else_has_it(network: Network) -> None:
    before = Account.objects.create(uri="fake://before", network="fake", handle="new@bryony.example")
    before.former_names.create(handle="bryony@bryony.example", first_seen=NOW, last_seen=NOW)
    Account.objects.create(uri="fake://bryony", network="fake", handle="bryony@bryony.example")
    requested()
    assert (is_paused("fake://bryony"), is_paused("fake://before")) == (True, False)


def test_own_account_is_refused(network: Network) -> None:
    connection()
    with pytest.raises(NetworkError, match="site’s own"):
        requested("@hettie@hettie.example")


def test_own_account_in_another_form_is_dismissed_once_it_is_known(network: Network) -> None:
    connection()
    request = requested("@hettie@other.example")
    assert resolve(request=request, now=NOW, door=DOOR).state == "dismissed"


@pytest.mark.parametrize("typed", ["", "@", "#stiles", "some words", "x" * 900, "@bry\u202eony@hill.example", "@bry\x00ony@hill.example"])
def test_what_is_no_address_is_refused_in_words(network: Network, typed: str) -> None:
    with pytest.raises(NetworkError, match="Enter the address of an account"):
        requested(typed)


def test_member_undoes_a_confirmation_by_typing_the_address(network: Network) -> None:
    held(network)
    member = vita()
    confirm(by=member, now=NOW, request=requested())
    with pytest.raises(NetworkError, match="isn’t opted out"):
        undo(by=member, now=NOW, typed="@colm@colm.example", door=DOOR)
    undo(by=member, now=LATER, typed=BRYONY, door=DOOR)
    assert (Post.objects.get().state, is_opted_out(BRYONY)) == (State.LIVE, False)


def test_undoing_leaves_deleted_posts_deleted(network: Network) -> None:
    held(network)
    member = vita()
    confirm(by=member, now=NOW, request=requested())
    Absence.objects.create(uri=uri(1), why=Absence.Why.GONE, asked=NOW)
    undo(by=member, now=LATER, typed=BRYONY, door=DOOR)
    assert Post.objects.get().state == State.DELETED


def test_undoing_works_while_the_network_cannot_be_reached(network: Network) -> None:
    member = vita()
    record_opt_out(by=member, now=NOW, typed=BRYONY)
    network.broken = True
    undo(by=member, now=LATER, typed=BRYONY, door=DOOR)
    assert not is_opted_out(BRYONY)


def test_opt_out_from_before_verification_existed_is_kept_and_can_be_undone(network: Network) -> None:
    held(network)
    Post.objects.update(state=State.WITHDRAWN)
    earlier = OptOutRequest.objects.create(key="earlier-1", state="earlier", requested_at=NOW, decided_at=NOW)
    OptOut.objects.create(request=earlier, digest=digest(account("bryony").uri))
    assert is_opted_out(account("bryony").uri)
    undo(by=vita(), now=LATER, typed=BRYONY, door=DOOR)
    assert Post.objects.get().state == State.LIVE


def test_member_records_an_opt_out_that_somebody_told_them(network: Network) -> None:
    held(network)
    assert record_opt_out(by=vita(), now=NOW, typed=BRYONY) == 1
    assert (OptOutRequest.objects.get().state, OptOutRequest.objects.get().token_hash) == ("confirmed", None)


def test_audit_log_never_names_the_account(network: Network) -> None:
    held(network)
    AuditEntry.objects.all().delete()
    member = vita()
    confirm(by=member, now=NOW, request=requested())
    undo(by=member, now=NOW, typed=BRYONY, door=DOOR)
    dismiss(by=member, now=NOW, request=requested("@colm@colm.example"))
    written = [f"{entry.verb} {entry.subject} {entry.details}" for entry in AuditEntry.objects.order_by("pk")]
    assert [line.split()[0] for line in written] == [
        "opt-out.request",
        "listening.stop",
        "opt-out.confirm",
        "opt-out.undo",
        "opt-out.request",
        "opt-out.dismiss",
    ]
    assert [line for line in written if "bryony" in line or "colm" in line] == []


def test_liked_words_are_not_stored_when_a_reply_names_their_opted_out_author(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up.put_up(monkeypatch)
    reply = made_up.post("reply", by="colm", parent="liked", parent_author=made_up.person("bryony"))
    liked = made_up.post("liked", "The ladder.", author=None, place=Place.LIKE, visibility=Visibility.LIKED)
    made_up.store(reply)
    record_opt_out(by=vita(), now=NOW, typed=made_up.person("bryony").uri)
    Store(made_up.source().pk).store([], [liked])
    assert list(Post.objects.values_list("uri", flat=True)) == [made_up.uri("reply")]


@pytest.fixture
def threads() -> Iterator[list[Exception]]:
    errors: list[Exception] = []
    yield errors
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_confirming_and_dismissing_at_once_decides_once(network: Network, threads: list[Exception]) -> None:
    held(network)
    request, member, start = requested(), vita(), Barrier(2)

    def decide(how: object) -> None:
        start.wait()
        try:
            how(by=member, now=LATER, request=request)  # type: ignore[operator]
        except NetworkError as error:
            threads.append(error)
        finally:
            database.close()

    running = [Thread(target=decide, args=(how,)) for how in (confirm, dismiss)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    state = OptOutRequest.objects.get().state
    expected = {"confirmed": State.WITHDRAWN, "dismissed": State.LIVE}
    assert (len(threads), Post.objects.get().state) == (1, expected[state])


def test_import_says_how_many_posts_an_opt_out_kept_out(network: Network) -> None:
    requested()
    assert Store(made_up.source().pk).store([post(1, "bryony", "The ladder."), post(2, "colm", "The gate.")]).opted_out == 1
