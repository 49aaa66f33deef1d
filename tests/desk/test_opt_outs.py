"""Opt-out requests for the team: on Today, under Settings, by email and on the command line."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from homespun.conversations.actions.opt_out_proofs import verify
from homespun.conversations.actions.opt_out_requests import MOST_A_DAY, dismiss, record_opt_out, request_opt_out
from homespun.conversations.actions.opt_outs import is_opted_out
from homespun.conversations.models import OptOutRequest, Post, State
from homespun.conversations.opt_out_emails import remind_owners
from homespun.core.models import Site
from homespun.users.models import User
from homespun.users.roles import Role
from tests.conversations.reading import read
from tests.stories.factories import NOW, account, post, told
from tests.users.cast import sandor

pytestmark = pytest.mark.django_db
TODAY, PAGE = "/desk/", "/desk/settings/opt-outs/"
BRYONY = "@bryony@hill.example"


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = settings.MEDIA_ROOT = tmp_path


def requested(typed: str = BRYONY, days: int = 0) -> OptOutRequest:
    return request_opt_out(by=None, now=timezone.now() - timedelta(days=days), typed=typed).request


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.content).words


def test_today_shows_the_readable_address_and_the_stories_that_quote_the_account(desk: Client) -> None:
    tale = told()
    said = Post.objects.exclude(author__is_own=True).select_related("author").first()
    assert said is not None and said.author is not None
    requested(said.author.uri)
    shown = words(desk, TODAY)
    assert f"Opt-out request for {said.author.uri} not verified" in shown
    assert "Stored posts don’t change until you confirm." in shown
    assert f"Quoted in: {tale.title}" in shown
    assert "Confirm opt-out" in shown and "Dismiss request" in shown


def test_today_of_a_new_site_shows_requests_too(desk: Client) -> None:
    requested()
    assert f"Opt-out request for {BRYONY}" in words(desk, TODAY)
    assert "Not quoted in any story." in words(desk, TODAY)


def test_member_confirms_from_today(desk: Client) -> None:
    said = post("The ladder.", account("bryony"))
    assert said.author is not None
    row = requested(said.author.uri)
    answer = desk.post(f"{PAGE}{row.pk}/confirmation/", {"back": "today"}, follow=True)
    assert answer.redirect_chain == [(TODAY, 302)]
    assert "Opt-out confirmed. 1 stored post can’t be quoted any more." in answer.content.decode()
    assert Post.objects.get().state == State.WITHDRAWN
    assert "confirmed by Vita Pell" in words(desk, PAGE)


def test_member_dismisses_and_a_second_press_says_that_it_is_decided(desk: Client) -> None:
    row = requested()
    assert "collects the account again" in desk.post(f"{PAGE}{row.pk}/dismissal/", follow=True).content.decode()
    assert "has been decided already" in desk.post(f"{PAGE}{row.pk}/confirmation/", follow=True).content.decode()
    assert not is_opted_out(BRYONY)
    assert "bryony" not in words(desk, PAGE)


def test_requests_after_a_dismissal_are_counted(desk: Client, vita: User) -> None:
    dismiss(by=vita, now=timezone.now(), request=requested())
    requested()
    requested()
    shown = words(desk, TODAY)
    assert "2 requests" in shown and "An earlier request was dismissed on" in shown


def test_today_shows_the_first_five_and_leads_to_the_others(desk: Client) -> None:
    for number in range(7):
        requested(f"@a{number}@hill.example")
    shown = words(desk, TODAY)
    assert shown.count("Opt-out request for") == 5 and "View all opt-out requests" in shown
    assert words(desk, PAGE).count("Opt-out request for") == 7


def test_requests_above_the_daily_limit_are_only_counted(desk: Client) -> None:
    for number in range(MOST_A_DAY + 2):
        requested(f"@a{number}@hill.example")
    assert "2 more requests came after the daily limit of 50." in words(desk, PAGE)


def test_page_lists_decisions_and_who_made_them_without_names(desk: Client, vita: User) -> None:
    record_opt_out(by=vita, now=timezone.now(), typed="@colm@hill.example")
    OptOutRequest.objects.create(key="earlier-1", state="earlier", requested_at=NOW, decided_at=NOW)
    verify(request=requested(), proof="message", uri="https://hill.example/users/bryony", now=timezone.now())
    shown = words(desk, PAGE)
    for said in ("confirmed by Vita Pell", "made before verification existed", "verified by the account’s owner"):
        assert said in shown
    assert "colm" not in shown and "bryony" not in shown


def test_member_records_and_undoes_an_opt_out(desk: Client) -> None:
    assert "Opt-out confirmed." in desk.post(PAGE, {"record-who": BRYONY}, follow=True).content.decode()
    assert is_opted_out(BRYONY)
    assert "Opt-out undone." in desk.post(f"{PAGE}undoing/", {"undo-who": BRYONY}, follow=True).content.decode()
    assert not is_opted_out(BRYONY)
    assert "isn’t opted out" in desk.post(f"{PAGE}undoing/", {"undo-who": BRYONY}).content.decode()
    assert "Enter the address" in desk.post(PAGE, {"record-who": "no address"}).content.decode()


def test_member_cannot_undo_what_the_person_verified(desk: Client) -> None:
    verify(request=requested(), proof="message", uri="https://hill.example/users/bryony", now=timezone.now())
    assert "only they can undo it" in desk.post(f"{PAGE}undoing/", {"undo-who": BRYONY}).content.decode()
    assert is_opted_out(BRYONY)


def test_contributor_sees_the_request_and_does_not_decide(client: Client, vita: User) -> None:
    row = requested()
    client.force_login(sandor(None, role=Role.CONTRIBUTOR))
    shown = words(client, TODAY)
    assert "An owner or editor decides." in shown and "Confirm opt-out" not in shown
    assert client.get(PAGE).status_code == client.post(f"{PAGE}{row.pk}/confirmation/").status_code == 404
    assert OptOutRequest.objects.get().state == "open"


@pytest.mark.parametrize("number", [1, 3])
def test_page_asks_as_much_for_three_decisions_as_for_one(desk: Client, number: int, django_assert_num_queries: Any) -> None:
    for n in range(number):
        record_opt_out(by=User.objects.get(), now=timezone.now(), typed=f"@{'abc'[n]}@hill.example")
    desk.get(PAGE)
    with django_assert_num_queries(7):
        desk.get(PAGE)


def test_hostile_address_is_shown_as_text(desk: Client) -> None:
    requested("@<script>alert(1)</script>@hill.example")
    answer = desk.get(PAGE).content.decode()
    assert "<script>alert" not in answer and "&lt;script&gt;" in answer


def test_request_open_for_14_days_is_emailed_to_the_owners_once(desk: Client, settings: Settings) -> None:
    settings.HOMESPUN_SENDS_MAIL = True
    sandor(None, role=Role.EDITOR)
    requested(days=15)
    requested("@colm@hill.example", days=13)
    assert [remind_owners(now=timezone.now()), remind_owners(now=timezone.now())] == [1, 0]
    (sent,) = mail.outbox
    assert sent.to == ["vita@kettle.example"]
    assert "An opt-out request is waiting for a decision" in sent.subject
    assert "/desk/settings/opt-outs/" in str(sent.body) and "bryony" not in str(sent.body)


def test_without_email_nothing_is_marked_as_sent(desk: Client, settings: Settings) -> None:
    settings.HOMESPUN_SENDS_MAIL = False
    requested(days=15)
    assert remind_owners(now=timezone.now()) == 0
    assert OptOutRequest.objects.get().reminded_at is None


def test_owner_of_a_site_without_a_contact_address_is_asked_for_one(desk: Client, client: Client) -> None:
    assert "Add a contact email" in words(desk, TODAY)
    assert "Add a contact email" in words(desk, "/desk/settings/")
    Site.objects.update(contact="vita@kettle.example")
    assert "Add a contact email" not in words(desk, TODAY)
    Site.objects.update(contact="")
    client.force_login(sandor(None, role=Role.EDITOR))
    assert "Add a contact email" not in words(client, TODAY)


def said(*given: str) -> Any:
    out = io.StringIO()
    call_command("opt_out", *given, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_command_lists_confirms_and_undoes() -> None:
    tale = told()
    author = Post.objects.exclude(author__is_own=True).select_related("author")[0].author
    assert author is not None
    row = requested(author.uri)
    (listed,) = said("list")["requests"]
    assert (listed["id"], listed["address"], listed["state"], listed["stories"]) == (row.key, author.uri, "open", [tale.slug])
    assert said("confirm", author.uri)["state"] == "confirmed"
    (listed,) = said("list")["requests"]
    assert "address" not in listed
    assert said("undo", author.uri)["state"] == "undone"


def test_command_dismisses_by_id_and_says_what_it_cannot_find() -> None:
    row = requested()
    assert said("dismiss", row.key)["state"] == "dismissed"
    with pytest.raises(CommandError, match="There’s no open request"):
        said("confirm", row.key)
    with pytest.raises(CommandError, match="isn’t opted out"):
        said("undo", BRYONY)


def test_command_tells_people_in_sentences() -> None:
    requested()
    out = io.StringIO()
    call_command("opt_out", "list", stdout=out)
    assert f"{BRYONY}, not verified, received" in out.getvalue()
