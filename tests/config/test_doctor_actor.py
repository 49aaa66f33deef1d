"""What doctor says of the actor with which requests are signed."""

from typing import Any

from homespun.config import doctor
from homespun.config.doctor import Finding


def test_address_that_other_servers_cannot_reach_is_noted(settings: Any) -> None:
    settings.HOMESPUN_URL = "http://127.0.0.1:8000"
    assert list(doctor.actor()) == [
        Finding(
            "actor",
            "note",
            "other servers can't read http://127.0.0.1:8000/actor; those that check who asks, such as GoToSocial, show us nothing",
            "Set HOMESPUN_URL to the public address of this site.",
        )
    ]


def test_nothing_is_noted_of_a_public_address(settings: Any) -> None:
    settings.HOMESPUN_URL = "https://stories.example:8443"
    assert list(doctor.actor()) == []
