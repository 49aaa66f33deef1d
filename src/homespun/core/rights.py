"""How a view states the right that it needs. The packages above know which rights there are, and who has them (`users.access`)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.urls import resolve

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
View = TypeVar("View", bound=Callable[..., Any])


def state_rights(view: View, reading: str, writing: str) -> View:
    """Note on the view which right it needs for safe methods and for all others."""
    view.rights = (reading, writing)  # type: ignore[attr-defined]  # functions take attributes
    return view


def right_for(view: object, method: str) -> str | None:
    """The right that a view states for this method; None where it states none."""
    rights: tuple[str, str] | None = getattr(view, "rights", None)
    return rights[method not in SAFE] if rights else None


def may_open(user: Any, path: str) -> bool:
    """Whether somebody may open this address of ours: it is public, or they hold the right that it needs."""
    view = resolve(path).func
    right = right_for(view, "GET")
    return not getattr(view, "login_required", True) or (right is not None and user.is_authenticated and user.has_right(right))


def readable(view: View) -> View:
    """A decorator for views that every member who may read may call."""
    return state_rights(view, "read", "read")
