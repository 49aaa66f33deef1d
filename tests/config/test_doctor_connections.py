"""What doctor says of connected accounts."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from homespun.config import data, doctor
from homespun.config.doctor import Finding
from homespun.conversations.models import Connection
from homespun.people.models import Account

pytestmark = pytest.mark.django_db
BROKEN, ENDED = Connection.State.BROKEN, Connection.State.ENDED


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(data, "version", lambda: data.Version.CURRENT)
    monkeypatch.setattr(doctor, "environ", SimpleNamespace(data=tmp_path))
    (tmp_path / "secrets").mkdir()
    (tmp_path / data.SEALING).write_text("a key")
    return tmp_path


def connection(handle: str, state: str = Connection.State.WORKING) -> None:
    account = Account.objects.create(uri=f"https://far.example/users/{handle}", network="mastodon", handle=handle)
    told = {"network": "mastodon", "server": "https://far.example", "secret": "", "connected": timezone.now()}
    Connection.objects.create(account=account, state=state, **told)


def test_nothing_is_said_where_nothing_is_connected() -> None:
    connection("gone", ENDED)
    assert list(doctor.connected()) == []


def test_connected_accounts_are_counted_and_those_to_be_mended_named() -> None:
    connection("hettie")
    assert list(doctor.connected()) == [Finding("connections", "well", "1 connected, and all let us in")]
    connection("vita", BROKEN)
    todo = "Connect them again under Settings > Connections."
    assert list(doctor.connected()) == [Finding("connections", "broken", "1 of 2 accounts no longer let us in: @vita", todo)]


def test_key_that_is_not_there_is_named(folder: Path) -> None:
    connection("hettie")
    (folder / data.SEALING).unlink()
    first, _second = doctor.connected()
    assert (first.name, first.state) == ("sealing key", "broken")
