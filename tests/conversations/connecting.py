"""What the tests of connections share: two servers where accounts of ours live, and the way through the pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django.fixtures import Settings

from homespun.conversations.models import Connection
from homespun.core.door import door
from tests.networks.homes.answering import open_to_all
from tests.networks.homes.atproto import HANDLE, PASSWORD, Atproto
from tests.networks.homes.mastodon import Mastodon
from tests.users.cast import vita

PAGE = "/desk/settings/connections/"
BY_PASSWORD = f"{PAGE}app-password/"
ANSWER = f"{PAGE}answer/"


@pytest.fixture(autouse=True)
def house(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """With a folder of its own, whose door lets the servers of these tests through."""
    settings.DATA, settings.HOMESPUN_ALLOW_ADDRESSES = tmp_path, "127.0.0.1"
    door.cache_clear()
    yield
    door().client.close()
    door.cache_clear()


@pytest.fixture
def home() -> Iterator[Mastodon]:
    with open_to_all(Mastodon()) as made:
        yield made


@pytest.fixture
def blue(settings: Settings) -> Iterator[Atproto]:
    with open_to_all(Atproto()) as made:
        settings.HOMESPUN_BLUESKY_APPVIEW = settings.HOMESPUN_BLUESKY_PLC = made.url
        yield made


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(vita(None))
    return client


def name(home: Mastodon) -> str:
    return f"@hettie@{home.url.partition('://')[2]}"


def begun(client: Client, network: str, who: str) -> str:
    """The address of the network to which the page leads."""
    page = soup(client.post(PAGE, {"network": network, f"{network}-who": who}).content)
    (link,) = page.select("main a.button--ink")
    return str(link["href"])


def soup(content: bytes) -> BeautifulSoup:
    return BeautifulSoup(content, "html.parser")


def listed(client: Client) -> list[str]:
    page = soup(client.get(PAGE).content)
    return [" ".join(each.get_text(" ").split()) for each in page.select("main .setting .health")]


def said(client: Client, address: str) -> str:
    """What the page says after that address was opened."""
    page = soup(client.get(address, follow=True).content)
    return " ".join(" ".join(each.get_text(" ").split()) for each in page.select(".messages, .undo, [role=status], [role=alert]"))


def come_back(client: Client, answer: dict[str, str]) -> str:
    return said(client, f"{ANSWER}?{'&'.join(f'{key}={value}' for key, value in answer.items())}")


def connect(client: Client, home: Mastodon) -> Connection:
    come_back(client, home.yes(begun(client, "mastodon", name(home))))
    return Connection.objects.get(network="mastodon")


def connect_blue(client: Client) -> Connection:
    client.post(BY_PASSWORD, {"who": HANDLE, "password": PASSWORD})
    return Connection.objects.get(network="bluesky")
