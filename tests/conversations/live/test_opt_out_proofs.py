"""The code in a message to us verifies a request; the message is read and not stored."""

import msgspec
import pytest

from homespun.conversations.actions.listening import listen, listen_to_own
from homespun.conversations.actions.opt_out_codes import code_of, codes_in
from homespun.conversations.actions.opt_out_proofs import domain_of, handle_of
from homespun.conversations.actions.opt_out_requests import NewOptOutRequest, request_opt_out, resolve
from homespun.conversations.actions.opt_out_upkeep import resolve_waiting
from homespun.conversations.actions.opt_outs import is_opted_out, is_paused
from homespun.conversations.actions.syncing import sync
from homespun.conversations.models import Absence, Listening, OptOutRequest, Post, State
from homespun.http import Door
from homespun.networks.protocols import MENTIONS
from homespun.networks.values import Post as Shown
from homespun.networks.values import Visibility
from homespun.people.models import Account
from tests.conversations.live.fake import account, post
from tests.conversations.live.listened import NOW, Network, connection, naming

pytestmark = pytest.mark.django_db
DOOR = Door(site="https://stilewise.example")
BRYONY = "@bryony@bryony.example"


@pytest.fixture
def network(to_hear: Network) -> Network:
    connection()
    return to_hear


@pytest.fixture
def mentions(network: Network) -> Listening:
    row, _own = listen_to_own(connection=Account.objects.get().connection, by=None, now=NOW)
    return row


def requested(*, known: bool = True, purpose: str = "opt-out") -> NewOptOutRequest:
    made = request_opt_out(by=None, now=NOW, typed=BRYONY, purpose=purpose)
    if known:
        resolve(request=made.request, now=NOW, door=DOOR)
    return made


def sent(network: Network, row: Listening, message: Shown) -> None:
    network.says(MENTIONS, message)
    Listening.objects.filter(pk=row.pk).update(due=NOW)
    sync(listening=row.pk, now=NOW, door=DOOR)


def message(code: str, *, n: int = 9, by: str = "bryony") -> Shown:
    direct = msgspec.structs.replace(post(n, by, f"Hello, {code} is my code"), visibility=Visibility.DIRECT)
    return naming(direct, account("hettie").uri)


def test_message_from_the_account_verifies_and_is_not_stored(network: Network, mentions: Listening) -> None:
    made = requested()
    sent(network, mentions, message(made.code.lower().replace("-", " ")))
    made.request.refresh_from_db()
    assert (made.request.state, made.request.proof, made.request.address) == ("verified", "message", "")
    assert is_opted_out(account("bryony").uri)
    assert (Post.objects.count(), Absence.objects.count()) == (0, 0)


def test_message_makes_stored_posts_unquotable(network: Network, mentions: Listening) -> None:
    sent(network, mentions, naming(post(1, "bryony", "The ladder."), account("hettie").uri))
    sent(network, mentions, message(requested().code))
    assert list(Post.objects.values_list("text", "state")) == [("The ladder.", State.WITHDRAWN)]


def test_message_from_another_account_verifies_nothing_and_is_not_stored(network: Network, mentions: Listening) -> None:
    sent(network, mentions, message(requested().code, by="colm"))
    assert (is_opted_out(BRYONY), is_paused(BRYONY), Post.objects.count()) == (False, True, 0)


def test_post_that_another_server_passes_off_as_theirs_verifies_nothing(network: Network, mentions: Listening) -> None:
    """Decision 18: a server speaks for its own accounts alone."""
    made = requested()
    OptOutRequest.objects.update(account_uri="https://bryony.example/users/bryony")
    author = msgspec.structs.replace(account("bryony"), uri="https://bryony.example/users/bryony", network="mastodon")
    forged = msgspec.structs.replace(message(made.code), uri="https://evil.example/1", author=author, network="mastodon")
    sent(network, mentions, forged)
    assert not is_opted_out(author.uri)


def test_expired_code_verifies_nothing(network: Network, mentions: Listening) -> None:
    made = requested()
    OptOutRequest.objects.update(code_expires_at=NOW)
    sent(network, mentions, message(made.code))
    assert (OptOutRequest.objects.get().state, Post.objects.count()) == ("open", 0)


def test_code_in_a_post_that_is_not_to_us_verifies_nothing(network: Network) -> None:
    made = requested()
    network.says("#stiles", post(3, "bryony", f"#stiles {made.code}"))
    hashtag, *_others = listen(by=None, now=NOW, typed="#stiles", door=DOOR)
    sync(listening=hashtag.pk, now=NOW, door=DOOR)
    assert (OptOutRequest.objects.get().state, Post.objects.count()) == ("open", 0)


def test_code_that_came_before_the_account_was_known_verifies_once_it_is(network: Network, mentions: Listening) -> None:
    made = requested(known=False)
    sent(network, mentions, message(made.code))
    assert OptOutRequest.objects.get().state == "open"
    network.broken = True
    resolve_waiting(now=NOW, door=DOOR)
    assert OptOutRequest.objects.get().state == "open"
    network.broken = False
    resolve_waiting(now=NOW, door=DOOR)
    assert OptOutRequest.objects.get().state == "verified"


def test_code_from_somebody_else_before_the_account_was_known_is_forgotten(network: Network, mentions: Listening) -> None:
    made = requested(known=False)
    sent(network, mentions, message(made.code, by="colm"))
    resolve_waiting(now=NOW, door=DOOR)
    row = OptOutRequest.objects.get()
    assert (row.state, row.claimed_uri) == ("open", "")


def test_verified_request_hides_other_open_ones_for_the_account(network: Network, mentions: Listening) -> None:
    other, made = requested(), requested()
    sent(network, mentions, message(made.code))
    other.request.refresh_from_db()
    assert (other.request.state, other.request.ignored_because, other.request.address) == ("open", "covered", "")


def test_message_undoes_what_a_message_verified(network: Network, mentions: Listening) -> None:
    sent(network, mentions, naming(post(1, "bryony", "The ladder."), account("hettie").uri))
    sent(network, mentions, message(requested().code))
    sent(network, mentions, message(requested(purpose="undo").code, n=10))
    assert (is_opted_out(BRYONY), Post.objects.get().state) == (False, State.LIVE)


def test_proof_covers_the_account_that_gave_it_alone(network: Network, mentions: Listening) -> None:
    before = Account.objects.create(uri="fake://before", network="fake", handle="new@bryony.example")
    before.former_names.create(handle="bryony@bryony.example", first_seen=NOW, last_seen=NOW)
    made = requested()
    assert is_paused("fake://before")
    sent(network, mentions, message(made.code))
    assert (is_opted_out("fake://bryony"), is_opted_out("fake://before"), is_paused("fake://before")) == (True, False, False)


@pytest.mark.parametrize("written", ["{}", "see {}.", "({})", "{}\n"])
def test_code_is_found_however_it_is_written(written: str) -> None:
    code = code_of("a token")
    assert codes_in(written.format(code)) == codes_in(written.format(code.lower().replace("-", "–"))) == [code]
    assert codes_in(f"{code}A") == codes_in("OPTOUT") == []


def test_huge_text_is_searched_quickly() -> None:
    assert codes_in("optout" + "-AAA" * 200_000) == []


@pytest.mark.parametrize(
    ("address", "handle", "domain"),
    [
        ("@name@hill.example", "@name@hill.example", ""),
        ("https://hill.example/@name", "@name@hill.example", ""),
        ("@name.bsky.social", "@name.bsky.social", ""),
        ("@name.example", "@name.example", "name.example"),
        ("https://bsky.app/profile/name.example", "@name.example", "name.example"),
        ("https://name.example/blog", "", "name.example"),
        ("https://x.com/name", "@name", ""),
        ("did:web:name.example", "did:web:name.example", "name.example"),
        ("did:plc:abcdefghijklmnopqrstuvwx", "did:plc:abcdefghijklmnopqrstuvwx", ""),
        ("https://user:pass@name.example/", "", "name.example"),
    ],
)
def test_domain_is_asked_only_where_it_is_the_persons_own(address: str, handle: str, domain: str) -> None:
    assert (handle_of(address), domain_of(address)) == (handle, domain)
