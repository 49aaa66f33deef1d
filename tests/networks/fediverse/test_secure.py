"""Servers that answer nobody whom they do not know are asked once more, signed; whom that does not move is left alone."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from homespun.core.security import signing
from homespun.http import Door, addresses
from homespun.networks.live import Asking
from homespun.networks.mastodon import Client
from tests.http.servers import Asked
from tests.networks.fediverse.servers import Home, guarded, homes

FIELD = re.compile(r'(\w+)="([^"]*)"')


@pytest.fixture
def client(settings: Any, tmp_path: Any) -> Client:
    settings.DATA, settings.HOMESPUN_URL = tmp_path, "https://stories.example"
    return Client(Asking(Door(site="https://stories.example", allow=addresses("127.0.0.1")), sign=signing.signed))


@pytest.fixture
def two() -> Iterator[list[Home]]:
    with homes(2) as made:
        yield made


def is_signed(asked: Asked) -> bool:
    """As a server checks it."""
    told = dict(FIELD.findall(asked.headers.get("signature", "")))
    if told.get("keyId") != "https://stories.example/actor#main-key":
        return False
    values = {"(request-target)": f"get {asked.path}", "host": asked.headers["host"], "date": asked.headers["date"]}
    words = "\n".join(f"{name}: {values[name]}" for name in told["headers"].split())
    key = serialization.load_pem_public_key(signing.public_key().encode())
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(base64.b64decode(told["signature"]), words.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def gathered(client: Client, uri: str) -> tuple[set[str], set[str]]:
    posts = [post for answer in client.fetch([uri]) for post in answer.posts]
    answers = list(client.around(posts))
    return {post.text for answer in answers for post in answer.posts}, {each.why for answer in answers for each in answer.absent}


def test_server_that_wants_signatures_shows_its_part(client: Client, two: list[Home]) -> None:
    root = two[0].write("hettie", 0, "Which?")
    answer = two[1].write("bryony", 1, "The ladder?", root.uri)
    two[0].learn(answer)
    guarded(two[1], is_signed)
    assert gathered(client, root.uri) == ({"Which?", "The ladder?"}, set())
    assert not [path for path, headers in two[0].server.seen if "signature" in {name.lower() for name in headers}]


def test_server_that_knows_nobody_hides_its_part_and_is_not_begged(client: Client, two: list[Home]) -> None:
    root = two[0].write("hettie", 0, "Which?")
    answers = [two[1].write("bryony", minute, "The ladder.", root.uri) for minute in range(1, 6)]
    two[0].learn(*answers)
    guarded(two[1], lambda asked: False)
    assert gathered(client, root.uri) == ({"Which?"}, {"hidden"})
    signed = [path for path, headers in two[1].server.seen if "signature" in {name.lower() for name in headers}]
    assert len(signed) == 1


def test_signature_is_of_one_question_alone(settings: Any, tmp_path: Any) -> None:
    settings.DATA, settings.HOMESPUN_URL = tmp_path, "https://stories.example"
    one, other = signing.signed("https://fell.example/users/a?page=1"), signing.signed("https://fell.example/users/b")
    assert one["signature"] != other["signature"]
    assert sorted(one) == ["date", "signature"]
