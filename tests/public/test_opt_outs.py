"""Opt-out requests by visitors: the form, the private page, and verifying by sign-in or domain."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from homespun.conversations.actions.opt_out_codes import code_of
from homespun.conversations.actions.opt_out_proofs import FILE
from homespun.conversations.actions.opt_out_requests import confirm, dismiss, record_opt_out
from homespun.conversations.actions.opt_outs import is_opted_out, is_paused
from homespun.conversations.models import Connection, OptOutRequest
from homespun.core.door import door
from homespun.core.models import Site
from homespun.core.security import sealing
from homespun.people.models import Account
from homespun.users.models import User
from tests.networks.homes.answering import Asked, Said, open_to_all
from tests.networks.homes.atproto import DID, HANDLE, Atproto
from tests.networks.homes.mastodon import Mastodon

pytestmark = pytest.mark.django_db
REQUESTS = "/listening/requests/"
BRYONY = "@bryony@hill.example"


class Home(Mastodon):
    """With an actor for strangers, as every server of the fediverse has one, and a file on its domain."""

    code = ""

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/users/hettie":
            actor = {
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": f"{self.url}/users/hettie",
                "type": "Person",
                "preferredUsername": "hettie",
                "inbox": f"{self.url}/inbox",
                "outbox": f"{self.url}/outbox",
            }
            return Said(200, actor, {"content-type": "application/activity+json"})
        if asked.path == FILE:
            return Said(200, self.code) if self.code else Said(404, {})
        return super().answer(asked)


@pytest.fixture(autouse=True)
def house(settings: Settings, tmp_path: Path) -> Iterator[Site]:
    settings.DATA, settings.HOMESPUN_ALLOW_ADDRESSES = tmp_path, "127.0.0.1"
    cache.clear()
    door.cache_clear()
    yield Site.objects.create(pk=1, name="Stilewise", contact="hettie@stilewise.example")
    door().client.close()
    door.cache_clear()


@pytest.fixture
def home() -> Iterator[Home]:
    with open_to_all(Home()) as made:
        yield made


@pytest.fixture
def blue(settings: Settings) -> Iterator[Atproto]:
    with open_to_all(Atproto()) as made:
        settings.HOMESPUN_BLUESKY_APPVIEW = settings.HOMESPUN_BLUESKY_PLC = made.url
        yield made


def ask(client: Client, who: str, **more: str) -> Any:
    return client.post(REQUESTS, {"who": who, **more})


def link(client: Client, who: str, **more: str) -> str:
    """The private page of a request just made."""
    answer = ask(client, who, **more)
    assert answer.status_code == 302
    return str(answer.headers["Location"]).removesuffix("#request")


def words(answer: Any) -> str:
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.main is not None
    return " ".join(page.main.get_text(" ").split())


def member() -> User:
    return User.objects.create_user("vita@loaf.example", name="Vita Halloran", joined=timezone.now())


def test_anybody_can_ask_without_cookies_and_gets_a_private_page_with_a_code(client: Client) -> None:
    page = link(Client(enforce_csrf_checks=True), "Bryony@Hill.example")
    token = page.removeprefix(REQUESTS).strip("/")
    answer = client.get(page)
    shown = words(answer)
    assert (answer.status_code, answer.cookies, answer.headers["Cache-Control"]) == (
        200,
        {},
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert code_of(token) in shown and BRYONY in shown and "Not verified yet." in shown
    assert "hettie@stilewise.example" in shown
    assert is_paused(BRYONY) and not is_opted_out(BRYONY)
    assert "bryony" not in str(DBTaskResult.objects.values_list("args_kwargs", flat=True)[0])
    assert token not in str(OptOutRequest.objects.values()) and code_of(token) not in str(OptOutRequest.objects.values())


def test_answers_are_the_same_whether_the_account_is_known_dismissed_or_opted_out(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    Account.objects.create(uri="https://hill.example/users/known", network="mastodon", handle="known@hill.example")
    by = member()
    record_opt_out(by=by, now=timezone.now(), typed="@gone@hill.example")
    link(client, "@dismissed@hill.example")
    dismiss(by=by, now=timezone.now(), request=OptOutRequest.objects.get(state="open"))
    shown = []
    for name in ("fresh", "known", "gone", "dismissed"):
        page = link(client, f"@{name}@hill.example")
        token = page.removeprefix(REQUESTS).strip("/")
        shown.append(words(client.get(page)).replace(name, "NAME").replace(code_of(token), "CODE"))
    assert len(set(shown)) == 1


@pytest.mark.parametrize("typed", ["<b>me</b>", "", "x" * 501, "@bry\u202eony@hill.example"])
def test_what_is_no_address_is_refused_in_words_and_counts_no_try(client: Client, typed: str) -> None:
    for _try in range(7):
        answer = ask(client, typed)
        assert answer.status_code == 422
        assert "Enter the address of an account" in words(answer)
        assert "<b>me" not in answer.content.decode()


def test_our_own_account_is_refused(client: Client) -> None:
    Account.objects.create(uri="https://hill.example/users/us", network="mastodon", handle="us@hill.example", is_own=True)
    assert "one of this site’s own accounts" in words(ask(client, "@us@hill.example"))


def test_five_requests_an_hour_come_from_one_address(client: Client) -> None:
    answers = [ask(client, f"@a{n}@hill.example") for n in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert "Try again in an hour." in words(answers[-1])
    assert OptOutRequest.objects.count() == 5


def test_page_of_another_site_cannot_make_visitors_ask(client: Client) -> None:
    answer = client.post(REQUESTS, {"who": BRYONY}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, OptOutRequest.objects.count()) == (404, 0)
    assert client.post(REQUESTS, {"who": BRYONY}, headers={"Origin": "http://testserver"}).status_code == 302


@pytest.mark.parametrize("token", ["made-up", "a" * 300])
def test_link_that_nobody_has_is_not_there(client: Client, token: str) -> None:
    assert client.get(f"{REQUESTS}{token}/").status_code == 404
    assert client.post(f"{REQUESTS}{token}/check/").status_code == 404


def test_page_says_what_the_team_decided_and_no_longer_names_the_account(client: Client) -> None:
    by = member()
    confirmed, dismissed = link(client, BRYONY), link(client, "@colm@hill.example")
    first, second = OptOutRequest.objects.order_by("pk")
    confirm(by=by, now=timezone.now(), request=first)
    dismiss(by=by, now=timezone.now(), request=second)
    assert "Our team confirmed this opt-out on" in words(client.get(confirmed))
    assert "Our team dismissed this request on" in words(client.get(dismissed))
    assert "hill.example" not in words(client.get(confirmed)) + words(client.get(dismissed))


def test_account_of_a_network_without_proofs_waits_for_the_team(client: Client) -> None:
    shown = words(client.get(link(client, "https://x.com/bryony")))
    assert "so our team decides on the request" in shown and "Sign in to verify" not in shown


def test_expired_code_is_not_shown(client: Client) -> None:
    page = link(client, BRYONY)
    OptOutRequest.objects.update(code_expires_at=timezone.now() - timedelta(minutes=1))
    shown = words(client.get(page))
    assert "Expired" in shown and code_of(page.removeprefix(REQUESTS).strip("/")) not in shown


def test_page_names_our_accounts_to_send_the_code_to(client: Client) -> None:
    ours = Account.objects.create(uri="https://hill.example/users/us", network="mastodon", handle="us@hill.example", is_own=True)
    Connection.objects.create(network="mastodon", server="https://hill.example", account=ours, secret="", connected=timezone.now())
    shown = words(client.get(link(client, BRYONY)))
    assert "in a post or a direct message" in shown and "@us@hill.example" in shown


def address(home: Home) -> str:
    return f"@hettie@{home.url.partition('://')[2]}"


def sign_in(client: Client, page: str) -> str:
    """The address at the network to which the page leads."""
    answer = client.post(f"{page}sign-in/")
    assert answer.status_code == 200, words(answer)
    (leads,) = BeautifulSoup(answer.content, "html.parser").select("main a.button--ink")
    return str(leads["href"])


def come_back(client: Client, answer: dict[str, str]) -> Any:
    return client.get(f"{REQUESTS}answer/", answer, follow=True)


def test_person_verifies_by_signing_in_to_mastodon_with_the_smallest_scope_and_the_token_is_discarded(client: Client, home: Home) -> None:
    home.scopes = ["profile", *home.scopes]
    page = link(client, address(home))
    url = sign_in(client, page)
    assert "scope=profile&" in url
    assert "You verified this opt-out on" in words(come_back(client, home.yes(url)))
    row = OptOutRequest.objects.get()
    assert (row.state, row.proof, row.address, row.sign_in) == ("verified", "sign-in", "", "")
    assert is_opted_out(f"{home.url}/users/hettie")
    assert home.asked_for("/oauth/revoke") and not Connection.objects.exists()
    assert "homespun-opt-out" not in {name for name, morsel in client.cookies.items() if morsel.value}


def test_server_without_the_profile_scope_is_asked_to_read_accounts(client: Client, home: Home) -> None:
    assert "scope=read%3Aaccounts&" in sign_in(client, link(client, address(home)))


def test_person_verifies_by_signing_in_to_bluesky_with_the_identity_scope_alone(client: Client, blue: Atproto, settings: Settings) -> None:
    settings.HOMESPUN_URL = "http://127.0.0.1:8000"
    page = link(client, f"@{HANDLE}")
    url = sign_in(client, page)
    (pushed,) = blue.requests.values()
    assert pushed["scope"] == "atproto"
    assert "You verified this opt-out on" in words(come_back(client, blue.yes(url)))
    assert is_opted_out(DID) and blue.asked_for("/oauth/revoke")


def test_signing_in_with_another_account_verifies_nothing(client: Client, home: Home) -> None:
    page = link(client, f"@hettie@{home.url.partition('://')[2]}")
    url = sign_in(client, page)
    OptOutRequest.objects.update(account_uri=f"{home.url}/users/somebody-else")
    home.actor = f"{home.url}/users/nobody"
    answer = come_back(client, home.yes(url))
    assert answer.status_code == 422
    assert "another account than the one in the request" in words(answer)
    assert OptOutRequest.objects.get().state == "open"


def test_sign_in_works_in_the_browser_that_began_it_alone_and_once(client: Client, home: Home) -> None:
    page = link(client, address(home))
    back = home.yes(sign_in(client, page))
    assert come_back(Client(), back).status_code == 410
    other = Client()
    other.cookies["homespun-opt-out"] = f"{page.removeprefix(REQUESTS).strip('/')}.made-up"
    assert "another browser" in words(come_back(other, back))
    assert OptOutRequest.objects.get().state == "open"


def test_answer_with_another_state_verifies_nothing(client: Client, home: Home) -> None:
    back = home.yes(sign_in(client, link(client, address(home))))
    assert "another browser" in words(come_back(client, back | {"state": "made-up"}))
    assert OptOutRequest.objects.get().state == "open"


def test_person_who_says_no_changes_nothing(client: Client, home: Home) -> None:
    url = sign_in(client, link(client, address(home)))
    assert "so nothing has changed" in words(come_back(client, home.no(url)))
    assert OptOutRequest.objects.get().state == "open"


def test_code_on_their_domain_verifies_a_website(client: Client, home: Home) -> None:
    page = link(client, home.url)
    assert f"{home.url}{FILE}" in words(client.get(page))
    assert "couldn’t read" in words(client.post(f"{page}check/"))
    home.code = "OPTOUT-AAAA-BBBB-CCCC"
    assert "The code isn’t at" in words(client.post(f"{page}check/"))
    home.code = code_of(page.removeprefix(REQUESTS).strip("/"))
    assert "You verified this opt-out on" in words(client.post(f"{page}check/", follow=True))
    assert is_opted_out(f"{home.url}/")


def test_domain_of_a_server_with_many_accounts_proves_nothing(client: Client, home: Home) -> None:
    page = link(client, address(home))
    home.code = code_of(page.removeprefix(REQUESTS).strip("/"))
    assert "Check domain" not in words(client.get(page))
    assert client.post(f"{page}check/").status_code == 422
    assert OptOutRequest.objects.get().state == "open"


def test_same_proof_undoes_what_the_person_verified(client: Client, home: Home) -> None:
    page = link(client, address(home))
    come_back(client, home.yes(sign_in(client, page)))
    undoing = link(client, address(home), purpose="undo")
    assert is_opted_out(f"{home.url}/users/hettie")
    assert "Verified on" in words(come_back(client, home.yes(sign_in(client, undoing))))
    assert not is_opted_out(f"{home.url}/users/hettie")
    assert "This opt-out was undone on" in words(client.get(page))


def test_another_proof_does_not_undo_it(client: Client, home: Home) -> None:
    page = link(client, address(home))
    come_back(client, home.yes(sign_in(client, page)))
    OptOutRequest.objects.update(proof="message")
    undoing = link(client, address(home), purpose="undo")
    assert "Use the same way to undo it." in words(come_back(client, home.yes(sign_in(client, undoing))))
    assert is_opted_out(f"{home.url}/users/hettie")


def test_request_to_undo_changes_nothing_by_itself_and_the_team_does_not_see_it(client: Client) -> None:
    record_opt_out(by=member(), now=timezone.now(), typed=BRYONY)
    assert "Request to undo an opt-out" in words(client.get(link(client, BRYONY, purpose="undo")))
    assert is_opted_out(BRYONY)


def test_document_for_bluesky_allows_the_way_back(client: Client, settings: Settings) -> None:
    sealing.make_key()
    document = client.get("/oauth/client-metadata.json").json()
    assert f"{settings.HOMESPUN_URL}{REQUESTS}answer/" in document["redirect_uris"]
