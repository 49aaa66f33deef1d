"""Settings: the site, the team, and oneself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from homespun.core.site import site
from homespun.users import actions
from homespun.users.access import Right, holds, invitation_for, member_for, members_for, needs
from homespun.users.adapter import new_password_link
from homespun.users.forms import EmailForm, InviteForm, PasswordForm, SiteForm, YouForm
from homespun.users.letters import Unsent, send_invitation
from homespun.users.models import User
from homespun.users.queries import open_invitations
from homespun.users.views.limits import limited

LINK = "private-link"  # in the session until it has been shown once


@needs(Right.ACCOUNT, post=Right.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def site_settings(request: HttpRequest) -> HttpResponse:
    """The site's own. The menu leads all members here; who may not see to it is led on to what is theirs."""
    if not holds(me(request), Right.SETTLE):
        if request.method == "POST":
            raise Http404
        return redirect("users:you")
    form = SiteForm(request.POST or None, instance=site())
    if form.is_valid():
        actions.settle(by=me(request), now=timezone.now(), **form.cleaned_data)
        return said(request, _("Kept. Visitors see it at once."), "users:settings")
    return page(request, "site", {"form": form})


@never_cache
@needs(Right.READ)
@require_http_methods(["GET", "HEAD"])
def team(request: HttpRequest) -> HttpResponse:
    return team_page(request, InviteForm())


def team_page(request: HttpRequest, form: InviteForm) -> HttpResponse:
    context = {
        "form": form,
        "members": members_for(me(request)),
        "invitations": open_invitations(),
        "link": request.session.pop(LINK, None),
        "may_invite": holds(me(request), Right.INVITE),
        "sends_mail": settings.HOMESPUN_SENDS_MAIL,
        "mail_trouble": settings.HOMESPUN_MAIL_TROUBLE,
        "now": timezone.now(),
    }
    return page(request, "team", context)


@needs(Right.INVITE)
@require_POST
def invitations(request: HttpRequest) -> HttpResponse:
    """Ask a colleague in. The link is sent where the house can send, and shown once in any case."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return team_page(request, form)
    try:
        invitation, token = actions.invite(email=form.cleaned_data["email"], by=me(request), now=timezone.now())
    except actions.Taken:
        form.add_error("email", _("This person is in the team already."))
        return team_page(request, form)
    link = settings.HOMESPUN_URL + reverse("users:join", args=[token])
    request.session[LINK] = {"for": invitation.email, "address": link, "kind": "join"}
    if not settings.HOMESPUN_SENDS_MAIL:
        return redirect("users:team")
    try:
        send_invitation(invitation, link)
    except Unsent as unsent:
        return said(request, _("The letter could not be sent: %(why)s. Copy the link instead.") % {"why": unsent}, "users:team")
    return said(request, _("The letter is on its way to %(email)s.") % {"email": invitation.email}, "users:team")


@needs(Right.INVITE)
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    actions.withdraw(invitation=invitation_for(me(request), pk), by=me(request), now=timezone.now())
    return said(request, _("The link no longer opens anything."), "users:team")


@needs(Right.INVITE)
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's membership."""
    member = member_for(me(request), pk)
    try:
        actions.remove_member(member=member, by=me(request), now=timezone.now())
    except actions.LastOwner:
        return said(request, _("The house needs an owner. Invite another one first."), "users:team")
    return said(request, _("%(name)s can no longer sign in. Their stories keep their name.") % {"name": member}, "users:team")


@needs(Right.INVITE)
@require_POST
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A private link for a colleague who has forgotten their password."""
    member = member_for(me(request), pk)
    actions.allow_new_password(member=member, by=me(request), now=timezone.now())
    request.session[LINK] = {"for": member.name, "address": new_password_link(member), "kind": "password"}
    return redirect("users:team")


@needs(Right.ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("current", "new")
@limited("you", looking=False)
def you(request: HttpRequest) -> HttpResponse:
    """Oneself. Each form of the page says by `what` which it is; its own mistakes alone are shown."""
    what = request.POST.get("what", "")
    forms: dict[str, YouForm | EmailForm | PasswordForm] = {
        "you": YouForm(request.POST if what == "you" else None, instance=User.objects.get(pk=me(request).pk)),
        "email": EmailForm(request.POST if what == "email" else None, user=me(request), prefix="email"),
        "password": PasswordForm(request.POST if what == "password" else None, user=me(request), prefix="password"),
    }
    if what in forms and forms[what].is_valid() and (sentence := changed(request, what, forms)):
        return said(request, sentence, "users:you")
    return page(request, "you", {"forms": forms})


def changed(request: HttpRequest, what: str, forms: dict[str, YouForm | EmailForm | PasswordForm]) -> str:
    """Do it and say so; "" where it could not be done, and the form says why."""
    user, now, data = me(request), timezone.now(), forms[what].cleaned_data
    if what == "you":
        actions.describe(user=user, by=user, now=now, **data)
        return _("Kept.")
    if what == "password":
        actions.change_password(user=user, password=data["new"], by=user, now=now)
        update_session_auth_hash(request, user)
        return _("Your password is changed. Wherever else you were signed in, you are no longer.")
    try:
        actions.change_email(user=user, email=data["email"], by=user, now=now)
    except actions.Taken:
        forms[what].add_error("email", _("A colleague has this address."))
        return ""
    return _("From now on you sign in as %(email)s.") % {"email": data["email"]}


def page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"users/settings/{name}.html", context | {"may_settle": holds(me(request), Right.SETTLE)})


def me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the gate has seen to it
    return request.user


def said(request: HttpRequest, sentence: str, view: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(view)
