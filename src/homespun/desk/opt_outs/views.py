"""Settings > Opt-outs: requests to decide on, decisions, and undoing one. Today shows the open ones, too."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from homespun.conversations.access import opt_out_request_for
from homespun.conversations.actions import opt_out_requests
from homespun.conversations.forms import OptOutForm
from homespun.conversations.worded import worded
from homespun.core.door import door
from homespun.desk.opt_outs import queries
from homespun.networks import NetworkError
from homespun.users.access import Right, needs
from homespun.users.models import User


@needs(Right.COLLECT)
@require_http_methods(["GET", "HEAD", "POST"])
def opt_outs(request: HttpRequest) -> HttpResponse:
    """A POST records that somebody told a member that they don't want to be collected."""
    form = OptOutForm(request.POST if request.method == "POST" else None, prefix="record")
    if form.is_valid():
        try:
            posts = opt_out_requests.record_opt_out(by=me(request), now=timezone.now(), typed=form.cleaned_data["who"])
        except NetworkError as error:
            form.add_error("who", worded(error.said))
        else:
            return done(request, confirmed_sentence(posts))
    return page(request, form, OptOutForm(prefix="undo"))


def page(request: HttpRequest, record: OptOutForm, undo: OptOutForm) -> HttpResponse:
    context = {
        "open": queries.open_opt_outs(),
        "above_limit": queries.above_limit(),
        "decided": queries.decided(),
        "record": record,
        "undo": undo,
    }
    return render(request, "desk/opt_outs/list.html", context)


@needs(Right.COLLECT)
@require_POST
def confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        posts = opt_out_requests.confirm(by=me(request), now=timezone.now(), request=opt_out_request_for(me(request), pk))
    except NetworkError as error:
        return failed(request, error)
    return done(request, confirmed_sentence(posts))


def confirmed_sentence(posts: int) -> str:
    first = _("Opt-out confirmed.")
    if not posts:
        return first
    held = ngettext("%(n)s stored post can’t be quoted any more.", "%(n)s stored posts can’t be quoted any more.", posts)
    return f"{first} {held % {'n': posts}}"


@needs(Right.COLLECT)
@require_POST
def dismissal(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        opt_out_requests.dismiss(by=me(request), now=timezone.now(), request=opt_out_request_for(me(request), pk))
    except NetworkError as error:
        return failed(request, error)
    return done(request, _("Request dismissed. Homespun collects the account again, from the date of the request."))


@needs(Right.COLLECT)
@require_POST
def undoing(request: HttpRequest) -> HttpResponse:
    form = OptOutForm(request.POST, prefix="undo")
    if form.is_valid():
        try:
            opt_out_requests.undo(by=me(request), now=timezone.now(), typed=form.cleaned_data["who"], door=door())
        except NetworkError as error:
            form.add_error("who", worded(error.said))
        else:
            return done(request, _("Opt-out undone. Homespun can collect and quote this account again."))
    return page(request, OptOutForm(prefix="record"), form)


def done(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return back(request)


def failed(request: HttpRequest, error: NetworkError) -> HttpResponse:
    messages.error(request, worded(error.said))
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    return redirect("desk:today" if request.POST.get("back") == "today" else "desk:opt-outs")


def me(request: HttpRequest) -> User:
    return cast(User, request.user)
