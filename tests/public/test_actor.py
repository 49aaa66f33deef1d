"""Who this house is to servers that answer nobody whom they do not know."""

from typing import Any

import pytest
from django.test import Client

from homespun.core.security import signing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Any) -> None:
    settings.DATA, settings.HOMESPUN_URL = tmp_path, "https://stories.example"


def test_actor_says_who_asks_and_by_which_key(client: Client) -> None:
    answer = client.get("/actor")
    told = answer.json()
    assert answer["content-type"] == "application/activity+json"
    assert (told["id"], told["type"], told["preferredUsername"]) == ("https://stories.example/actor", "Application", "homespun")
    assert told["publicKey"] == {
        "id": "https://stories.example/actor#main-key",
        "owner": "https://stories.example/actor",
        "publicKeyPem": signing.public_key(),
    }
    assert (told["discoverable"], told["indexable"]) == (False, False)


def test_actor_is_found_by_its_name_and_nobody_else_is(client: Client) -> None:
    answer = client.get("/.well-known/webfinger", {"resource": "acct:homespun@stories.example"})
    assert (answer.json()["subject"], answer.json()["links"][0]["href"]) == (
        "acct:homespun@stories.example",
        "https://stories.example/actor",
    )
    others: tuple[dict[str, str], ...] = ({}, {"resource": "acct:hettie@stories.example"})
    assert [client.get("/.well-known/webfinger", told).status_code for told in others] == [404, 404]


def test_actor_has_a_plain_name_where_the_address_has_a_port(client: Client, settings: Any) -> None:
    settings.HOMESPUN_URL = "http://127.0.0.1:8000"
    told = client.get("/actor").json()
    assert (told["id"], told["preferredUsername"]) == ("http://127.0.0.1:8000/actor", "homespun")
    assert told["publicKey"]["id"] == "http://127.0.0.1:8000/actor#main-key"
    found = client.get("/.well-known/webfinger", {"resource": "acct:homespun@127.0.0.1:8000"}).json()
    assert (found["subject"], found["links"][0]["href"]) == ("acct:homespun@127.0.0.1:8000", told["id"])


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000", "http://localhost:8000", "https://10.0.0.4", "https://[fd00::1]", "https://stories.local", "https://box"],
)
def test_local_or_private_address_is_known_as_one(settings: Any, url: str) -> None:
    settings.HOMESPUN_URL = url
    assert signing.private_url() == url


@pytest.mark.parametrize("url", ["https://stories.example", "https://stories.example:8443", "https://1.1.1.1"])
def test_public_address_is_not_taken_for_a_private_one(settings: Any, url: str) -> None:
    settings.HOMESPUN_URL = url
    assert signing.private_url() == ""


def test_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Any) -> None:
    first = signing.public_key()
    signing._key.cache_clear()
    assert signing.public_key() == first
    assert (tmp_path / "secrets" / "actor-key").stat().st_mode & 0o777 == 0o600
