"""Who may be told that something has changed."""

import pytest
from django.conf import settings
from django.test import Client

from homespun.users.listening import may_listen
from homespun.users.models import User
from tests.users.cast import vita

pytestmark = pytest.mark.django_db


def cookies() -> str:
    client = Client()
    client.force_login(vita(), backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"theme=dark; {settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_member_may_listen() -> None:
    assert may_listen(cookies()) is True


def test_member_who_has_left_may_not() -> None:
    held = cookies()
    User.objects.update(is_active=False)
    assert may_listen(held) is False


def test_who_has_changed_their_password_elsewhere_signs_in_again_first() -> None:
    held = cookies()
    user = User.objects.get()
    user.set_password("eight dry trams")
    user.save()
    assert may_listen(held) is False


@pytest.mark.parametrize("sent", ["", "theme=dark", f"{settings.SESSION_COOKIE_NAME}=made-up", f"{settings.SESSION_COOKIE_NAME}="])
def test_stranger_may_not(sent: str) -> None:
    assert may_listen(sent) is False
