"""The cast and the fixtures of the tests of archives: a member who is signed in, and a data folder of the test's own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from homespun.core.models import Site
from homespun.users.models import User

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def member(name: str = "Hettie") -> User:
    user, _ = User.objects.get_or_create(email=f"{name.lower()}@stilewise.example", defaults={"name": name})
    return user


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    """A data folder."""
    for name in ("uploads", "inbox", "media"):
        (tmp_path / name).mkdir()
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


@pytest.fixture
def hettie(db: None) -> User:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    return member()


@pytest.fixture
def client(hettie: User) -> Iterator[Client]:
    """Her browser."""
    opened = Client()
    opened.force_login(hettie, backend="allauth.account.auth_backends.AuthenticationBackend")
    yield opened
