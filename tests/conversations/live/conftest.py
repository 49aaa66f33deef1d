"""The made-up network, registered as any other."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from homespun.conversations.queries.tree import forget
from homespun.networks import known, live
from tests.conversations.live import fake, listened


@pytest.fixture
def network(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[fake.Network]:
    settings.DATA = tmp_path
    made = fake.Network()
    monkeypatch.setattr(live, "CLIENTS", {"fake": made.client})
    monkeypatch.setattr(known, "NETWORKS", {**known.NETWORKS, "fake": sys.modules[fake.__name__]})
    forget()
    yield made


@pytest.fixture
def to_hear(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> listened.Network:
    """A made-up network that can also be listened to, with a key for secrets."""
    settings.DATA = tmp_path
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "sealing-key").write_bytes(Fernet.generate_key())
    made = listened.Network()
    monkeypatch.setattr(live, "CLIENTS", {"fake": made.client})
    monkeypatch.setattr(known, "NETWORKS", {**known.NETWORKS, "fake": sys.modules[fake.__name__]})
    forget()
    return made
