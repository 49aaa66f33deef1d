"""The first owner claims the house with a code that only whoever started it has seen."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from homespun.core.models import AuditEntry, Site
from homespun.users import actions
from homespun.users.models import ClaimCode, User
from tests.users.cast import NOW, PASSWORD, vita

pytestmark = pytest.mark.django_db
SAID = {
    "site_name": "The Quarter Loaf",
    "name": "Vita Halloran",
    "email": "vita@loaf.example",
    "password": PASSWORD,
    "language": "en-gb",
    "time_zone": "Europe/London",
}


def code() -> str:
    made = actions.claim_code(NOW)
    assert made is not None
    return made


def test_code_is_not_in_the_database() -> None:
    word = code()
    assert word not in str(list(ClaimCode.objects.values()))


def test_code_ends_when_a_newer_one_is_made() -> None:
    older, newer = code(), code()
    assert [actions.can_claim(older), actions.can_claim(newer)] == [False, True]


def test_no_code_is_made_once_the_house_has_an_owner() -> None:
    word = code()
    vita()
    assert actions.can_claim(word) is False
    assert actions.claim_code(NOW) is None
    assert ClaimCode.objects.count() == 0


def test_claim_makes_the_owner_and_names_the_house_and_leads_to_the_desk(client: Client) -> None:
    response = client.post(f"/claim/{code()}/", SAID)
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/")
    owner = User.objects.get()
    assert (owner.email, owner.name, owner.role, owner.is_active) == ("vita@loaf.example", "Vita Halloran", "owner", True)
    assert owner.check_password(PASSWORD)
    assert list(Site.objects.values_list("pk", "name", "language", "time_zone")) == [(1, "The Quarter Loaf", "en-gb", "Europe/London")]
    assert client.session["_auth_user_id"] == str(owner.pk)
    assert list(AuditEntry.objects.values_list("verb", "subject", "by")) == [("claim", "site", owner.pk)]


def test_claim_works_once(client: Client) -> None:
    word = code()
    client.post(f"/claim/{word}/", SAID)
    again = Client().post(f"/claim/{word}/", SAID | {"email": "mallory@elsewhere.example"})
    assert again.status_code == 410
    assert User.objects.count() == 1


def test_claim_by_two_at_once_makes_one_owner() -> None:
    """Both have seen the form; the code is spent by whoever is first."""
    word = code()
    house: Any = {"password": PASSWORD, "site_name": "The Quarter Loaf", "language": "en", "time_zone": "UTC"}
    claim = partial(actions.claim, code=word, by=None, **house)
    claim(name="Vita Halloran", email="vita@loaf.example", now=NOW)
    with pytest.raises(actions.NotYours):
        claim(name="Mallory", email="mallory@elsewhere.example", now=NOW + timedelta(seconds=1))
    assert list(User.objects.values_list("email", flat=True)) == ["vita@loaf.example"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("password", "short", "This password is too short. It must contain at least 10 characters."),
        ("password", "vita halloran", "The password is too similar to the name."),
        ("password", "vita@loaf.example", "The password is too similar to the email."),
        ("email", "vita", "Enter a valid email address."),
        ("site_name", " ", "This field is required."),
        ("time_zone", "Mars/Olympus", "Select a valid choice. Mars/Olympus is not one of the available choices."),
    ],
)
def test_claim_says_what_is_missing_and_keeps_the_code(client: Client, field: str, value: str, sentence: str) -> None:
    word = code()
    response = client.post(f"/claim/{word}/", SAID | {field: value})
    assert response.context["form"].errors == {field: [sentence]}
    assert actions.can_claim(word)
    assert User.objects.count() == 0


def test_claim_page_asks_for_the_language_that_the_browser_speaks(client: Client) -> None:
    response = client.get(f"/claim/{code()}/", headers={"Accept-Language": "nb-NO,nb;q=0.9"})
    assert response.context["form"].initial == {"language": "nb"}


def test_claim_with_a_wrong_code_says_where_to_look(client: Client) -> None:
    code()
    response = client.get("/claim/guessed/")
    assert response.status_code == 410
    assert "A newer address was printed when Homespun was started again." in response.content.decode()


def test_claim_cannot_be_guessed_at_length(client: Client) -> None:
    statuses = [client.get(f"/claim/guess-{number}/").status_code for number in range(21)]
    assert statuses == [410] * 20 + [429]


def test_sign_in_says_what_to_do_before_the_house_is_claimed(client: Client) -> None:
    text = client.get("/sign-in/").content.decode()
    assert "Open that address, and the house is yours." in text
    assert "<form" not in text
