"""The gate: every page is for members who hold the right that its view states, unless the view says that it is public."""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from homespun.users import actions
from homespun.users.access import may_call
from homespun.users.models import User

UNAUTHORISED = 401


class GateMiddleware(LoginRequiredMiddleware):
    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None  # and the session is not even looked at, so that an answer to everybody can be kept by everybody
        turned_away: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        if turned_away is None and not may_call(request.user, request.method or "", view_func):
            raise Http404
        if turned_away is None and isinstance(request.user, User):
            actions.see(user=request.user, now=timezone.now())
        return turned_away

    def handle_no_permission(  # type: ignore[override]  # its caller takes any answer
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """A page leads to the sign-in; a part that a script asked for must not be filled with it."""
        answer: HttpResponseBase = super().handle_no_permission(request, view_func)
        if request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and "HX-Request" not in request.headers:
            return answer
        said = HttpResponse(
            _("You have been signed out. Sign in again in another window; what you typed is still here."), status=UNAUTHORISED
        )
        said.headers["Content-Type"] = "text/plain; charset=utf-8"
        return said
