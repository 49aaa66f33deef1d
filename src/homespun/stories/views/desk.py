"""What the views of this room share: who asks, and how an answer is given to a script, to htmx or to a plain form."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from homespun.users.models import User


class DeskRequest(HttpRequest):
    """A request by a member of the team; the sign-in has been asked for before a view sees it."""

    user: User


def is_script(request: HttpRequest) -> bool:
    """One of our elements, which reads JSON."""
    return request.headers.get("Accept") == "application/json"


def is_htmx(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def saved(request: HttpRequest, back: str, **facts: Any) -> HttpResponse:
    """It is written: say so to a script, send a plain form back to the page."""
    return JsonResponse(facts) if is_script(request) else HttpResponseRedirect(back)


def refused(error: ValidationError) -> JsonResponse:
    return JsonResponse({"sentence": " ".join(error.messages)}, status=422)
