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
from homespun.networks.mastodon.asking import Asker, Refused
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


@pytest.mark.parametrize("status", [401, 500])
def test_refusal_says_that_the_server_could_not_read_our_actor(settings: Any, tmp_path: Any, two: list[Home], status: int) -> None:
    """A server that can't fetch the key of a signature refuses it, or breaks."""
    settings.DATA, settings.HOMESPUN_URL = tmp_path, "http://127.0.0.1:8000"
    answer = two[1].write("bryony", 1, "The ladder.")
    guarded(two[1], lambda asked: False)
    door = Door(site="http://127.0.0.1:8000", allow=addresses("127.0.0.1"))
    asker = Asker(door, sign=signing.signed, private_url=signing.private_url())
    if status == 500:
        asker.secure.add(two[1].url.partition("://")[2])
        two[1].odd[answer.uri.removeprefix(two[1].url)] = lambda asked: asked.say(status)
    with pytest.raises(Refused) as caught:
        asker.activity(answer.uri)
    assert str(caught.value).endswith(
        "shows this only to servers that it can check, and it can't reach this site at http://127.0.0.1:8000. "
        "Set HOMESPUN_URL to a public address."
    )


def test_signature_is_of_one_question_alone(settings: Any, tmp_path: Any) -> None:
    settings.DATA, settings.HOMESPUN_URL = tmp_path, "https://stories.example"
    one, other = signing.signed("https://fell.example/users/a?page=1"), signing.signed("https://fell.example/users/b")
    assert one["signature"] != other["signature"]
    assert sorted(one) == ["date", "signature"]
