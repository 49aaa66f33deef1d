"""How django-allauth behaves in this house: nobody signs up by themselves, links carry our own address, messages are our own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from homespun.users.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("That is not the password for this address, or nobody here has this address."),
        "too_many_login_attempts": _("That was tried too often. Wait five minutes and try again, or choose another password."),
        "invalid_password_reset": _("This link has been used, or is too old."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        raise Http404  # members come by invitation, through `actions.accept`

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Former members are nobody; allauth would lead them to a page that says so."""
        user: User | None = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def get_reset_password_from_key_url(self, key: str) -> str:
        return reset_address(key)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Where somebody stands after signing in says it already."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if settings.HOMESPUN_SENDS_MAIL:
            super().send_mail(template_prefix, email, context)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """None: the audit trail has it."""


def reset_address(key: str) -> str:
    """The private link for choosing another password; `key` is allauth's, user and token in one. Never built from the request's host."""
    user, _dash, token = key.partition("-")
    return settings.HOMESPUN_URL + reverse("users:new-password", kwargs={"uidb36": user, "key": token})


def new_password_link(user: User) -> str:
    """A private link with which a member chooses a password. It ends when it has been used, and after three days."""
    return reset_address(f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}")
