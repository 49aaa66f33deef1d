"""The made-up network, registered as any other."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from homespun.conversations.queries.tree import forget
from homespun.networks import known, live
from tests.conversations.live import fake


@pytest.fixture
def network(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[fake.Network]:
    settings.DATA = tmp_path
    made = fake.Network()
    monkeypatch.setattr(live, "CLIENTS", {"fake": made.client})
    monkeypatch.setattr(known, "NETWORKS", {**known.NETWORKS, "fake": sys.modules[fake.__name__]})
    forget()
    yield made
