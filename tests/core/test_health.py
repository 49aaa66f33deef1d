"""What whoever watches from outside is told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from homespun import __version__
from homespun.core import views
from homespun.core.jobs import leases


@pytest.mark.django_db
def test_health_says_whether_work_is_being_done(client: Client) -> None:
    assert client.get("/healthz").json() == {"well": True, "database": "answers", "work": "silent", "version": __version__}
    leases.beat(worker="a:1", queues=["default"], now=timezone.now() - timedelta(seconds=20))
    assert client.get("/healthz").json()["work"] == "at work"


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_an_outage(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(now: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(views, "newest_beat", lost)
    assert client.get("/healthz").status_code == 503
