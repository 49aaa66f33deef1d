"""What stands at an address, fetched and kept; and who does not wish it."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from homespun.conversations.actions.finding import find
from homespun.conversations.actions.opt_outs import digest
from homespun.conversations.models import Absence, OptOut, OptOutRequest, Post, Sighting
from homespun.http import Door
from homespun.networks import NetworkError, live, said
from homespun.networks.errors import Foreign
from homespun.networks.protocols import Found
from homespun.people.models import Account
from tests.conversations.live.fake import Network, account, post, uri

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 10, 9, 0, tzinfo=UTC)
DOOR = Door(site="https://stilewise.example")


def test_address_is_fetched_and_kept_with_where_it_was_seen(network: Network) -> None:
    network.add(post(1, "bryony", "The ladder, by far."))
    came = find(by=None, now=NOW, address=f" {uri(1)} ", door=DOOR)
    assert (came.kind, came.new, came.updated, came.uri) == ("post", 1, 0, uri(1))
    assert Sighting.objects.values_list("source__kind", "source__title", "source__is_ours").get() == ("server", "bryony.example", False)
    assert find(by=None, now=NOW, address=uri(1), door=DOOR).new == 0


def test_account_comes_with_what_it_said_last(network: Network) -> None:
    network.accounts[account("bryony").uri] = account("bryony")
    network.pages_of[account("bryony").uri] = [post(1, "bryony", "The ladder."), post(2, "bryony", "Or the squeeze.")]
    came = find(by=None, now=NOW, address=account("bryony").uri, door=DOOR)
    assert (came.kind, came.new, came.uri) == ("account", 2, "")


def test_conversation_of_an_answer_begins_with_what_it_answers(network: Network) -> None:
    network.add(post(2, "bryony", "The ladder.", parent=1))
    assert find(by=None, now=NOW, address=uri(2), door=DOOR).uri == uri(1)


def test_opted_out_account_is_not_collected(network: Network) -> None:
    request = OptOutRequest.objects.create(key="earlier-1", state=OptOutRequest.State.EARLIER, requested_at=NOW, decided_at=NOW)
    OptOut.objects.create(digest=digest(account("bryony").uri), request=request)
    network.add(post(1, "bryony", "The ladder."))
    with pytest.raises(NetworkError, match="doesn’t collect this account"):
        find(by=None, now=NOW, address=uri(1), door=DOOR)
    assert not Post.objects.exists()


def test_who_has_blocked_us_is_not_collected_any_more(network: Network) -> None:
    network.blocked.add(account("bryony").uri)
    network.add(post(1, "bryony", "The ladder."))
    with pytest.raises(NetworkError, match="has blocked one of your accounts"):
        find(by=None, now=NOW, address=uri(1), door=DOOR)
    assert Absence.objects.get(uri=uri(1)).why == "blocked"


def test_nobot_is_heard_but_for_what_is_said_to_us(network: Network) -> None:
    network.add(post(1, "hettie", "Which one?"), post(2, "bryony", "The ladder.", parent=1, bio="Walker. #NoBot"))
    with pytest.raises(NetworkError, match="doesn’t collect this account"):
        find(by=None, now=NOW, address=uri(2), door=DOOR)
    find(by=None, now=NOW, address=uri(1), door=DOOR)
    Account.objects.filter(uri=account("hettie").uri).update(is_own=True)
    assert find(by=None, now=NOW, address=uri(2), door=DOOR).new == 1


def test_what_is_gone_is_said_and_marked_where_it_is_held(network: Network) -> None:
    network.add(post(1, "bryony", "The ladder."))
    find(by=None, now=NOW, address=uri(1), door=DOOR)
    network.absent[uri(1)] = "gone"
    with pytest.raises(NetworkError, match="There is nothing at this address any more"):
        find(by=None, now=NOW, address=uri(1), door=DOOR)
    assert Post.objects.get().state == 3
    assert list(Post.objects.all().quotable()) == []


def test_command_takes_addresses_and_paths_alike(network: Network, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nothing\.zip"):
        call_command("collect", str(tmp_path / "nothing.zip"), "--json")
    with pytest.raises(CommandError, match="no address that any network of ours knows"):
        call_command("collect", "https://nobody.example/", "--json")


def test_command_says_what_came(network: Network) -> None:
    network.add(post(1, "bryony", "The ladder."))
    out = StringIO()
    call_command("collect", uri(1), "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "address": uri(1),
        "kind": "post",
        "new": 1,
        "updated": 0,
        "conversation": uri(1),
        "conversations_url": None,
    }


def test_what_only_looks_like_one_networks_is_asked_of_the_next(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    class Guesses:
        def __init__(self, asking: object) -> None:
            """It asks nobody."""

        def knows(self, address: str) -> bool:
            return True

        def find(self, address: str) -> Found:
            raise Foreign(said("It speaks no ActivityPub."))

    network.add(post(1, "bryony", "The ladder."))
    monkeypatch.setattr(live, "CLIENTS", {"guesses": Guesses, **live.CLIENTS})
    assert find(by=None, now=NOW, address=uri(1), door=DOOR).new == 1
    with pytest.raises(NetworkError, match="It speaks no ActivityPub"):
        find(by=None, now=NOW, address="https://nobody.example/", door=DOOR)
