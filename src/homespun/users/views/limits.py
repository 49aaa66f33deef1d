"""How often something may be tried."""

from collections.abc import Callable
from typing import TypeVar

from allauth.core import ratelimit
from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])


def limited(action: str, *, looking: bool = True) -> Callable[[View], View]:
    """A view that may be tried as often as `ACCOUNT_RATE_LIMITS` says for `action`; loading it counts unless `looking` is free."""
    decorator: Callable[[View], View] = rate_limit(action=action, limit_get=looking)
    return decorator


def may_try(request: HttpRequest, action: str) -> bool:
    """Count one try of `action`, for views that count only some of their requests. False where there were too many."""
    return bool(ratelimit.consume(request, action=action))
