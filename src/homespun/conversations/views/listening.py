"""Settings > Listening: what is listened to, how each is, adding, pausing and stopping."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homespun.conversations.actions import listening as actions
from homespun.conversations.actions.listening import ADDRESS, HASHTAG, Recognised, recognise
from homespun.conversations.forms import ListenForm
from homespun.conversations.models import Listening
from homespun.conversations.queries.listening import FRESH, ears, open_streams
from homespun.conversations.worded import worded
from homespun.core.door import door
from homespun.core.security import signing
from homespun.core.templatetags.look import network_name
from homespun.networks import NetworkError
from homespun.users.access import Right, needs
from homespun.users.models import User


@needs(Right.COLLECT)
@require_http_methods(["GET", "HEAD", "POST"])
def listening(request: HttpRequest) -> HttpResponse:
    """What is listened to. A POST listens to what was typed, from now on."""
    form = ListenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            rows = actions.listen(by=me(request), now=timezone.now(), typed=form.cleaned_data["address"], door=door())
        except NetworkError as error:
            form.add_error("address", worded(error.said))
        else:
            messages.success(request, _("From now on we listen to %(what)s. It is asked at once.") % {"what": rows[0].address})
            return redirect("conversations:listening")
    return page(request, form)


def page(request: HttpRequest, form: ListenForm) -> HttpResponse:
    found = ears()
    told: dict[str, object] = {"ears": found, "streams": list(open_streams()), "now": timezone.now()}
    told["private_url"] = signing.private_url()
    fresh = any(ear.state == FRESH for ear in found)  # the page looks again by itself until it has been asked
    return render(request, "conversations/listening/list.html", {**told, "fresh": fresh, "form": form})


@needs(Right.COLLECT)
@require_safe
def recognised(request: HttpRequest) -> HttpResponse:
    """What was typed so far, in words: a part of the page that is asked for while somebody types."""
    typed = request.GET.get("address", "").strip()
    try:
        words = said_of(recognise(typed, door())) if typed else ""
    except NetworkError as error:
        words = worded(error.said)
    return render(request, "conversations/listening/recognised.html", {"words": words})


def said_of(found: list[Recognised]) -> str:
    first = found[0]
    where = " · ".join(network_name(each.network) for each in found)
    if first.kind == HASHTAG:
        words = _("A hashtag: everything that carries it, on %(where)s.") % {"where": where}
        return words if any(each.network == "mastodon" for each in found) else f"{words} {_('For Mastodon, name a server: #tag@server.')}"
    if first.kind == ADDRESS:
        return _("An address of %(where)s. What stands there is found out when it is asked.") % {"where": where}
    return _("An account, on %(where)s: everything that it posts in public.") % {"where": where}


@needs(Right.COLLECT)
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    row = listened(pk)
    actions.pause(by=me(request), now=timezone.now(), listening=row)
    return said(request, _("%(what)s is not asked until somebody goes on. What comes meanwhile is fetched then.") % {"what": row.address})


@needs(Right.COLLECT)
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    row = listened(pk)
    actions.go_on(by=me(request), now=timezone.now(), listening=row)
    return said(request, _("%(what)s is asked at once.") % {"what": row.address})


@needs(Right.COLLECT)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    row = listened(pk)
    if row.connection_id is None:
        actions.stop(by=me(request), now=timezone.now(), listening=row)
    return said(request, _("We no longer listen to %(what)s. What it brought stays.") % {"what": row.address})


def listened(pk: int) -> Listening:
    return get_object_or_404(Listening.objects.select_related("source"), pk=pk)


def me(request: HttpRequest) -> User:
    return cast(User, request.user)


def said(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("conversations:listening")
