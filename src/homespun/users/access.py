"""Who may do what. A page states the right that it needs; without it the page is not there."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from homespun.users.models import Invitation, Role, User
from homespun.users.queries import members, open_invitations


class Right(StrEnum):
    """What pages and actions of the desk ask for."""

    READ = "read"  # conversations and stories, as the team sees them
    WRITE = "write"  # stories, before they are published
    PUBLISH = "publish"
    COLLECT = "collect"  # bring archives, and take them out again
    SETTLE = "settle"  # the site's own settings
    INVITE = "invite"  # and remove members


RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.EDITOR: frozenset({Right.READ, Right.WRITE, Right.PUBLISH, Right.COLLECT}),
    Role.CONTRIBUTOR: frozenset({Right.READ, Right.WRITE}),
}
Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponseBase]


def holds(user: User | AnonymousUser, right: Right) -> bool:
    return isinstance(user, User) and user.is_active and right in RIGHTS.get(user.role, frozenset())


def needs(right: Right) -> Callable[[View[Given]], View[Given]]:
    """A view that is not there for members without `right`. Who has not signed in is sent to do so before it is asked."""

    def decorate(view: View[Given]) -> View[Given]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
            if not holds(request.user, right):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def member_for(user: User, pk: int) -> User:
    """A colleague, for who may see to the team."""
    return get_object_or_404(members_for(user), pk=pk)


def members_for(user: User) -> QuerySet[User]:
    return members() if holds(user, Right.READ) else User.objects.none()


def invitation_for(user: User, pk: int) -> Invitation:
    rows = open_invitations() if holds(user, Right.INVITE) else Invitation.objects.none()
    return get_object_or_404(rows, pk=pk)
