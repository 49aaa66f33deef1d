"""The site and its members say of themselves what they like."""

import pytest
from django.test import Client
from django.utils import timezone, translation

from homespun.core.models import Site
from homespun.users import actions
from homespun.users.models import User
from tests.users.cast import NOW, PASSWORD, sandor, vita

pytestmark = pytest.mark.django_db
SITE = {
    "name": "The Quarter Loaf",
    "about": "Sourdough by post.",
    "contact": "hello@loaf.example",
    "language": "fr",
    "time_zone": "Asia/Tokyo",
}


@pytest.fixture
def owner() -> User:
    return vita()


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def test_site_is_settled(desk: Client) -> None:
    response = desk.post("/desk/settings/", SITE)
    assert response.headers["Location"] == "/desk/settings/"
    assert list(Site.objects.values(*SITE)) == [SITE]


def test_site_without_a_name_is_refused_and_what_was_typed_stays(desk: Client) -> None:
    response = desk.post("/desk/settings/", SITE | {"name": ""})
    text = response.content.decode()
    assert response.context["form"].errors == {"name": ["This field is required."]}
    assert "Sourdough by post." in text
    assert 'id="id_name_error"' in text
    assert 'aria-describedby="id_name_error"' in text


def test_pages_follow_the_time_zone_of_the_site(desk: Client) -> None:
    actions.settle(time_zone="Asia/Tokyo", by=None, now=NOW)
    desk.get("/desk/settings/you/")
    assert timezone.get_current_timezone_name() == "Asia/Tokyo"


@pytest.mark.parametrize(("reader", "language"), [("en-GB,en;q=0.9", "en-gb"), ("de-CH", "fr"), ("", "fr"), ("de;q=0.9, en;q=0.5", "fr")])
def test_pages_are_in_the_readers_language_if_we_speak_it_else_in_that_of_the_site(desk: Client, reader: str, language: str) -> None:
    actions.settle(language="fr", by=None, now=NOW)
    response = desk.get("/desk/settings/you/", headers={"Accept-Language": reader})
    assert response.headers["Content-Language"] == language
    translation.activate("en")


def test_you_describe_yourself(desk: Client, owner: User) -> None:
    desk.post("/desk/settings/you/", {"what": "you", "name": "Vita H.", "about": "Bakes rye.", "theme": "dark"})
    owner.refresh_from_db()
    assert (owner.name, owner.about, owner.theme) == ("Vita H.", "Bakes rye.", "dark")
    assert 'data-theme="dark"' in desk.get("/desk/settings/you/").content.decode()


def test_mistake_in_your_name_leaves_the_masthead_as_it_was(desk: Client) -> None:
    text = desk.post("/desk/settings/you/", {"what": "you", "name": "", "about": "", "theme": ""}).content.decode()
    assert "<b>Vita Halloran</b>" in text


def test_address_changes_with_the_password_only(desk: Client, owner: User) -> None:
    said = {"what": "email", "email-email": "vita@elsewhere.example"}
    wrong = desk.post("/desk/settings/you/", said | {"email-current": "wrong wrong wrong"})
    assert wrong.context["forms"]["email"].errors == {"current": ["That is not your password."]}
    desk.post("/desk/settings/you/", said | {"email-current": PASSWORD})
    owner.refresh_from_db()
    assert owner.email == "vita@elsewhere.example"
    signed_in = Client().post("/sign-in/", {"login": "vita@elsewhere.example", "password": PASSWORD})
    assert signed_in.headers["Location"] == "/desk/"


def test_address_of_a_colleague_is_refused(desk: Client) -> None:
    sandor()
    response = desk.post("/desk/settings/you/", {"what": "email", "email-email": "Sandor@loaf.example", "email-current": PASSWORD})
    assert response.context["forms"]["email"].errors == {"email": ["A colleague has this address."]}


def test_password_change_ends_all_other_sessions(desk: Client, owner: User) -> None:
    other = Client()
    other.force_login(owner)
    desk.post("/desk/settings/you/", {"what": "password", "password-current": PASSWORD, "password-new": "eight dry trams"})
    assert desk.get("/desk/settings/you/").status_code == 200
    assert other.get("/desk/settings/you/").status_code == 302


def test_weak_password_is_refused(desk: Client) -> None:
    response = desk.post("/desk/settings/you/", {"what": "password", "password-current": PASSWORD, "password-new": "1234567890"})
    errors = response.context["forms"]["password"].errors
    assert errors == {"new": ["This password is too common.", "This password is entirely numeric."]}
