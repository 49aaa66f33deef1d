"""Who may sign in, from the machine that Homespun runs on."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from homespun.core.models import Site
from homespun.users.models import User
from tests.users.cast import VITA, sandor, vita

SANDOR = "sandor@loaf.example"  # has left
pytestmark = pytest.mark.django_db


def said(*words: str) -> dict[str, str]:
    out = StringIO()
    call_command("user", *words, json=True, stdout=out)
    answer: dict[str, str] = json.loads(out.getvalue())
    return answer


def opened(link: str) -> str:
    return Client().get(link.removeprefix("http://127.0.0.1:8000"), follow=True).content.decode()


def test_member_who_is_added_chooses_a_password_by_a_private_link() -> None:
    vita()
    answer = said("add", "elke@trams.example", "--name", "Elke Brandreth")
    assert (answer["email"], answer["name"]) == ("elke@trams.example", "Elke Brandreth")
    assert User.objects.get(email="elke@trams.example").has_usable_password() is False
    assert "Keep it, and sign in" in opened(answer["link"])


def test_first_member_who_is_added_owns_the_house() -> None:
    said("add", VITA)
    assert list(User.objects.values_list("name", "role")) == [("vita", "owner")]
    assert Site.objects.get().name == "Homespun"


def test_member_who_forgot_gets_a_private_link() -> None:
    vita()
    assert "Keep it, and sign in" in opened(said("reset", "VITA@loaf.example")["link"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", VITA), f"{VITA} is a member already. For another password: homespun user reset {VITA}"),
        (("add", "vita"), '"vita" is not an e-mail address.'),
        (("reset", "x@y.example"), "No member has the address x@y.example. To let them in: homespun user add x@y.example"),
        (
            ("reset", "sandor@loaf.example"),
            "No member has the address sandor@loaf.example. To let them in: homespun user add sandor@loaf.example",
        ),
    ],
)
def test_command_that_fails_says_what_to_do(words: tuple[str, ...], sentence: str) -> None:
    vita()
    sandor(is_active=False)
    with pytest.raises(CommandError) as failed:
        said(*words)
    assert str(failed.value) == sentence
