"""What an operator can get wrong is said, with an id and a hint."""

from pathlib import Path

import pytest

from homespun.config.checks import examined
from homespun.config.environ import Environ


def given(url: str, debug: bool = False) -> Environ:
    return Environ(data=Path("data"), url=url, debug=debug, email_url="", email_from="", allow_addresses="")


@pytest.mark.parametrize(
    ("url", "ids"),
    [
        ("https://stories.example.org", []),
        ("http://127.0.0.1:8000", []),
        ("http://[::1]:8000", []),
        ("http://stories.example.org", ["homespun.W001"]),
        ("stories.example.org", ["homespun.E001"]),
        ("https://example.org/stories", ["homespun.E002"]),
    ],
)
def test_the_address_is_examined(url: str, ids: list[str]) -> None:
    assert [message.id for message in examined(given(url))] == ids


def test_debugging_in_public_is_an_error() -> None:
    assert [message.id for message in examined(given("https://stories.example.org", debug=True))] == ["homespun.E003"]


def test_every_finding_says_what_to_do() -> None:
    for url in ("nowhere", "http://stories.example.org", "https://example.org/stories"):
        assert all(message.hint for message in examined(given(url)))
