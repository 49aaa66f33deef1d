"""Signing in and out, and choosing another password."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from homespun.users import actions
from homespun.users.adapter import new_password_link
from homespun.users.models import User
from tests.users.cast import NOW, PASSWORD, VITA, sandor, vita

pytestmark = pytest.mark.django_db
NEW = "eight dry trams"


def sign_in(client: Client, password: str = PASSWORD, email: str = VITA, to: str = "") -> tuple[int, str]:
    response = client.post("/sign-in/", {"login": email, "password": password, **({"next": to} if to else {})})
    return response.status_code, response.headers.get("Location", "")


@pytest.fixture
def letters(settings: Settings) -> list[mail.EmailMessage]:
    settings.HOMESPUN_SENDS_MAIL = True
    return mail.outbox


def test_sign_in_leads_to_the_desk(client: Client) -> None:
    vita()
    assert sign_in(client) == (302, "/desk/")


def test_sign_in_does_not_mind_capitals_in_the_address(client: Client) -> None:
    vita()
    assert sign_in(client, email="Vita@Loaf.EXAMPLE") == (302, "/desk/")


def test_sign_in_leads_back_to_the_page_that_was_asked_for(client: Client) -> None:
    vita()
    asked = client.get("/desk/settings/you/?x=1")
    assert asked.headers["Location"] == "/sign-in/?next=/desk/settings/you/%3Fx%3D1"
    assert sign_in(client, to="/desk/settings/you/?x=1") == (302, "/desk/settings/you/?x=1")


def test_sign_in_leads_nowhere_else(client: Client) -> None:
    vita()
    assert sign_in(client, to="https://elsewhere.example/") == (302, "/desk/")


@pytest.mark.parametrize(("email", "password"), [(VITA, "wrong wrong wrong"), ("nobody@loaf.example", PASSWORD)])
def test_sign_in_does_not_tell_whether_an_address_is_known(client: Client, email: str, password: str) -> None:
    vita()
    response = client.post("/sign-in/", {"login": email, "password": password})
    sentence = "That is not the password for this address, or nobody here has this address."
    assert response.context["form"].errors == {"__all__": [sentence]}


def test_sign_in_pauses_after_five_wrong_passwords_for_the_right_one_too(client: Client) -> None:
    vita()
    for _ in range(5):
        sign_in(client, "wrong wrong wrong")
    response = client.post("/sign-in/", {"login": VITA, "password": PASSWORD})
    sentence = "That was tried too often. Wait five minutes and try again, or choose another password."
    assert response.context["form"].errors == {"__all__": [sentence]}


def test_sign_in_from_one_place_has_a_limit_whoever_is_tried(client: Client) -> None:
    statuses = [sign_in(client, email=f"guess{number}@loaf.example")[0] for number in range(31)]
    assert statuses == [200] * 30 + [429]


def test_too_many_tries_are_answered_in_words(client: Client) -> None:
    for number in range(30):
        sign_in(client, email=f"guess{number}@loaf.example")
    text = client.post("/sign-in/", {"login": VITA, "password": PASSWORD}).content.decode()
    assert "Wait a few minutes and try again." in text


def test_former_member_cannot_sign_in(client: Client) -> None:
    vita()
    sandor(is_active=False)
    assert sign_in(client, email="sandor@loaf.example") == (200, "")


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    vita()
    for path in ("/signup/", "/sign-up/", "/accounts/signup/", "/sign-in/signup/"):
        assert client.post(path, {"email": "mallory@elsewhere.example", "password1": PASSWORD}).status_code == 404
    assert User.objects.count() == 1


def test_sign_out_ends_the_session_and_is_no_link(client: Client) -> None:
    client.force_login(vita())
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/"
    assert client.get("/desk/settings/you/").status_code == 302


def test_part_of_a_page_is_not_filled_with_the_sign_in(client: Client) -> None:
    vita()
    for headers in ({"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}):
        response = client.post("/desk/settings/you/", headers=headers)
        assert (response.status_code, response.headers["Content-Type"]) == (401, "text/plain; charset=utf-8")
    assert client.get("/desk/settings/you/", headers={"Sec-Fetch-Mode": "navigate"}).status_code == 302


def test_letter_with_a_link_goes_to_members_only(client: Client, letters: list[mail.EmailMessage]) -> None:
    vita()
    for email in (VITA, "nobody@loaf.example"):
        assert client.post("/forgotten/", {"email": email}).headers["Location"] == "/forgotten/sent/"
    assert [letter.to for letter in letters] == [[VITA]]
    assert letters[0].subject == "Another password for The Quarter Loaf"


def test_link_in_the_letter_carries_our_address_whatever_the_request_said(
    client: Client, letters: list[mail.EmailMessage], settings: Settings
) -> None:
    vita()
    settings.HOMESPUN_URL = "https://stories.loaf.example"
    client.post("/forgotten/", {"email": VITA}, headers={"Host": "localhost"})
    assert re.findall(r"https?://[^/\s]+", str(letters[0].body)) == ["https://stories.loaf.example"]


def test_link_lets_one_choose_another_password_once(client: Client) -> None:
    user = vita()
    link = new_password_link(user).removeprefix("http://127.0.0.1:8000")
    form = client.get(link, follow=True)
    assert form.redirect_chain[-1][0].endswith("-set-password/")  # the link itself leaves the address bar
    done = client.post(form.redirect_chain[-1][0], {"password1": NEW})
    assert (done.status_code, done.headers["Location"]) == (302, "/desk/")
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "This link opens nothing" in Client().get(link).content.decode()


def test_link_asks_for_a_password_that_holds(client: Client) -> None:
    link = new_password_link(vita()).removeprefix("http://127.0.0.1:8000")
    form = client.get(link, follow=True)
    response = client.post(form.redirect_chain[-1][0], {"password1": "tram"})
    assert list(response.context["form"].errors) == ["password1"]


def test_link_ends_when_the_address_changes(client: Client) -> None:
    user = vita()
    link = new_password_link(user).removeprefix("http://127.0.0.1:8000")
    actions.change_email(user=user, email="vita@elsewhere.example", by=user, now=NOW)
    assert "This link opens nothing" in client.get(link).content.decode()


def test_forgotten_page_says_what_to_do_where_no_letters_are_sent(client: Client) -> None:
    vita()
    text = client.get("/forgotten/").content.decode()
    assert "homespun user reset" in text
    assert "<form" not in text


def test_visit_begins_after_half_an_hour_without_a_page() -> None:
    user = vita()
    for minutes in (0, 10, 20):
        actions.see(user=user, now=NOW + timedelta(minutes=minutes))
    assert (user.last_seen, user.last_visit) == (NOW + timedelta(minutes=20), None)
    actions.see(user=user, now=NOW + timedelta(hours=3))
    user.refresh_from_db()
    assert (user.last_seen, user.last_visit) == (NOW + timedelta(hours=3), NOW + timedelta(minutes=20))


def test_page_of_the_desk_notes_that_one_is_here(client: Client) -> None:
    user = vita()
    client.force_login(user)
    client.get("/desk/settings/you/")
    user.refresh_from_db()
    assert user.last_seen is not None
    assert timezone.now() - user.last_seen < timedelta(minutes=1)
