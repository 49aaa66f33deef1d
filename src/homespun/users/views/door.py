"""Coming in: claiming the house, joining the team, signing in and out."""

from typing import Any

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from homespun.users import actions
from homespun.users.access import Right, needs
from homespun.users.forms import ClaimForm, JoinForm
from homespun.users.models import User
from homespun.users.queries import is_claimed
from homespun.users.views.limits import limited

GONE = 410
HOME = "/desk/"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("claim")
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """The first owner's account, and the name of the house."""
    if not actions.can_claim(code):
        return render(request, "users/closed.html", {"claimed": is_claimed()}, status=GONE)
    form = ClaimForm(request.POST or None, initial={"language": translation.get_language_from_request(request)})
    if form.is_valid():
        try:
            owner = actions.claim(code=code, now=timezone.now(), **form.cleaned_data)
        except actions.NotYours:
            return render(request, "users/closed.html", {"claimed": True}, status=GONE)
        return entered(request, owner)
    return render(request, "users/claim.html", {"form": form})


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("join")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A private link by which somebody joins the team."""
    try:
        invitation = actions.invitation_by(token, timezone.now())
        form = JoinForm(request.POST or None)
        if form.is_valid():
            return entered(request, actions.accept(token=token, now=timezone.now(), **form.cleaned_data))
    except actions.NotYours:
        return render(request, "users/closed.html", {"claimed": True, "invited": True}, status=GONE)
    except actions.Taken:
        form.add_error(None, _("You are in the team already. Sign in instead."))
    return render(request, "users/join.html", {"form": form, "invitation": invitation})


def entered(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user)
    return redirect(HOME)


class SignIn(allauth_views.LoginView):  # type: ignore[misc]  # allauth is not typed
    template_name = "users/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"claimed": is_claimed()}


@needs(Right.ACCOUNT)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/")


class Forgotten(allauth_views.PasswordResetView):  # type: ignore[misc]  # allauth is not typed
    template_name = "users/forgotten.html"
    success_url = reverse_lazy("users:letter-sent")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sends_mail": settings.HOMESPUN_SENDS_MAIL}


class LetterSent(allauth_views.PasswordResetDoneView):  # type: ignore[misc]  # allauth is not typed
    template_name = "users/letter_sent.html"


class NewPassword(allauth_views.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth is not typed
    """Where a private link leads that was sent, or that `homespun user reset` printed. Who chooses a password is signed in."""

    template_name = "users/new_password.html"
    success_url = HOME
