"""What every page of the desk says of conversations: how many posts wait for an answer."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from homespun.conversations.queries.mentions import waiting
from homespun.core.places import Counted
from homespun.users.access import Right, holds


def counts(request: HttpRequest) -> dict[str, Callable[[], dict[str, Counted]]]:
    """Asked for by the navigation, once, so that a page without one costs nothing."""
    return {"counts": cache(lambda: {"conversations:list": waiting_counted()} if holds(request.user, Right.READ) else {})}


def waiting_counted() -> Counted:
    number = waiting().count()
    words = ngettext("%(n)s post waits for an answer", "%(n)s posts wait for an answer", number) % {"n": number}
    return Counted(number, f"{reverse('conversations:list')}?show=waiting", words)
