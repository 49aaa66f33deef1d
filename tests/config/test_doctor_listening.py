"""What doctor says of listening and of streams."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from homespun.config import data, doctor, locks
from homespun.config.doctor import Finding
from homespun.conversations.models import Listening, Source, Stream

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "version", lambda: data.Version.CURRENT)
    monkeypatch.setattr(locks, "is_held", lambda _folder: True)


def listening(address: str, **told: Any) -> None:
    now = timezone.now()
    source = Source.objects.create(kind="account", fingerprint=address, title=address, added=now)
    Listening.objects.create(source=source, network="bluesky", address=address, **{"due": now, **told})


def test_nothing_is_said_where_nothing_is_listened_to() -> None:
    assert list(doctor.listening()) == []


def test_sources_in_trouble_are_named_and_streams_say_how_they_are() -> None:
    now = timezone.now()
    listening("@bryony.example")
    listening("@colm.example", trouble="The other side took too long to answer.")
    listening("@nobody.example", due=None)
    Stream.objects.create(name="bluesky", network="bluesky", begun=now, heard=now)
    Stream.objects.create(name="mastodon-1", network="mastodon", begun=now, heard=now - timedelta(minutes=9))
    first, *rest = doctor.listening()
    assert first == Finding("listening", "warning", "2 sources are listened to, 1 with trouble: @colm.example", "See Settings > Listening.")
    assert [(each.state, each.text.partition(":")[0]) for each in rest] == [("well", "bluesky"), ("warning", "mastodon-1")]
    assert rest[1].text == "mastodon-1: nothing was heard for 9 minutes"
