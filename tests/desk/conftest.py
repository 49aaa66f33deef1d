"""Vita, who is signed in."""

import pytest
from django.conf import settings
from django.test import Client

from homespun.core.models import Site
from homespun.users.models import User


@pytest.fixture
def vita(db: None) -> User:
    Site.objects.get_or_create(pk=1, defaults={"name": "The Kettle Deck"})
    return User.objects.create_user("vita@kettle.example", name="Vita Pell")


@pytest.fixture
def desk(client: Client, vita: User) -> Client:
    client.force_login(vita, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
