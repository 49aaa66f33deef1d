"""Who may do what. A page states the right that it needs; without it the page is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from homespun.core.rights import right_for, state_rights
from homespun.users.models import Invitation, User
from homespun.users.queries import members, open_invitations
from homespun.users.roles import Right

__all__ = ["Right", "holds", "invitation_for", "may_call", "member_for", "members_for", "needs"]

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponseBase]


def holds(user: User | AnonymousUser, right: Right) -> bool:
    return isinstance(user, User) and user.has_right(right)


def needs(right: Right, *, post: Right | None = None) -> Callable[[View[Given]], View[Given]]:
    """State the right that a view needs, and another one that changing something with it needs. Without it, the view isn't there (404).

    The gate (`middleware`) checks it before it calls a view; here it is checked again for functions that views call.
    """

    def decorate(view: View[Given]) -> View[Given]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
            if not may_call(request.user, request.method or "", guarded):
                raise Http404
            return view(request, *args, **kwargs)

        state_rights(guarded, right, post or right)
        return guarded

    return decorate


def may_call(user: User | AnonymousUser, method: str, view: object) -> bool:
    """Whether a member may call this view by this method. A view that states no right may be called by nobody."""
    right = right_for(view, method)
    return right is not None and holds(user, Right(right))


def member_for(user: User, pk: int) -> User:
    """A colleague, for who may see to the team."""
    return get_object_or_404(members_for(user), pk=pk)


def members_for(user: User) -> QuerySet[User]:
    return members() if holds(user, Right.READ) else User.objects.none()


def invitation_for(user: User, pk: int) -> Invitation:
    rows = open_invitations() if holds(user, Right.INVITE) else Invitation.objects.none()
    return get_object_or_404(rows, pk=pk)
