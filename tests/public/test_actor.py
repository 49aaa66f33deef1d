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
    assert (told["id"], told["type"], told["preferredUsername"]) == ("https://stories.example/actor", "Application", "stories.example")
    assert told["publicKey"] == {
        "id": "https://stories.example/actor#main-key",
        "owner": "https://stories.example/actor",
        "publicKeyPem": signing.public_key(),
    }
    assert (told["discoverable"], told["indexable"]) == (False, False)


def test_actor_is_found_by_its_name_and_nobody_else_is(client: Client) -> None:
    answer = client.get("/.well-known/webfinger", {"resource": "acct:stories.example@stories.example"})
    assert answer.json()["links"][0]["href"] == "https://stories.example/actor"
    assert [client.get("/.well-known/webfinger", told).status_code for told in ({}, {"resource": "acct:hettie@stories.example"})] == [
        404,
        404,
    ]


def test_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Any) -> None:
    first = signing.public_key()
    signing._key.cache_clear()
    assert signing.public_key() == first
    assert (tmp_path / "secrets" / "actor-key").stat().st_mode & 0o777 == 0o600
