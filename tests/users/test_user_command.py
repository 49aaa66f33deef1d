"""Who may sign in, from the machine that Homespun runs on."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from homespun.core.models import Site
from homespun.users.models import User
from tests.users.cast import UNA, rab, una

RAB = "rab@pairs.example"  # has left
pytestmark = pytest.mark.django_db


def said(*words: str) -> dict[str, str]:
    out = StringIO()
    call_command("user", *words, json=True, stdout=out)
    answer: dict[str, str] = json.loads(out.getvalue())
    return answer


def opened(link: str) -> str:
    return Client().get(link.removeprefix("http://127.0.0.1:8000"), follow=True).content.decode()


def test_member_who_is_added_chooses_a_password_by_a_private_link() -> None:
    una()
    answer = said("add", "isla@ferries.example", "--name", "Isla Drummore")
    assert (answer["email"], answer["name"]) == ("isla@ferries.example", "Isla Drummore")
    assert User.objects.get(email="isla@ferries.example").has_usable_password() is False
    assert "Keep it, and sign in" in opened(answer["link"])


def test_first_member_who_is_added_owns_the_house() -> None:
    said("add", UNA)
    assert list(User.objects.values_list("name", "role")) == [("una", "owner")]
    assert Site.objects.get().name == "Homespun"


def test_member_who_forgot_gets_a_private_link() -> None:
    una()
    assert "Keep it, and sign in" in opened(said("reset", "UNA@pairs.example")["link"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", UNA), f"{UNA} is a member already. For another password: homespun user reset {UNA}"),
        (("add", "una"), '"una" is not an e-mail address.'),
        (("reset", "x@y.example"), "No member has the address x@y.example. To let them in: homespun user add x@y.example"),
        (
            ("reset", "rab@pairs.example"),
            "No member has the address rab@pairs.example. To let them in: homespun user add rab@pairs.example",
        ),
    ],
)
def test_command_that_fails_says_what_to_do(words: tuple[str, ...], sentence: str) -> None:
    una()
    rab(is_active=False)
    with pytest.raises(CommandError) as failed:
        said(*words)
    assert str(failed.value) == sentence
