"""What is on its way: all that waits, and taking it back, sending it at another time, trying it again, letting a draft go."""

from typing import cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from homespun.conversations.actions import outgoing as outgoings
from homespun.conversations.models import Outgoing, Post
from homespun.conversations.queries import outgoing as asked
from homespun.conversations.views.hand import Sending, at_the_clock, shown
from homespun.conversations.writing import deciding
from homespun.conversations.writing.form import DueForm
from homespun.users.access import Right, holds, needs
from homespun.users.models import User

GROUPS = ("failed", "draft", "stuck", "moving", "scheduled")


@needs(Right.READ)
@require_safe
def outgoing(request: HttpRequest) -> HttpResponse:
    """All that is not sent, and what was sent last."""
    by = cast(User, request.user)
    waits = shown(asked.firsts())
    groups = {name: [sending for sending in waits if sending.state == name] for name in GROUPS}
    context = {"groups": groups, "lately": lately(), "may_post": holds(by, Right.PUBLISH), "may_write": holds(by, Right.WRITE)}
    return render(request, "conversations/writing/outgoing.html", context | {"is_empty": not waits and not context["lately"]})


def lately() -> list[tuple[Sending, int | None]]:
    """With the key of the post that each has become."""
    sent = shown(asked.lately())
    keys = dict(Post.objects.filter(uri__in=[sending.row.uri for sending in sent]).values_list("uri", "pk"))
    return [(sending, keys.get(sending.row.uri)) for sending in sent]


@needs(Right.READ)
@require_safe
def sending(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one is; the page that shows it asks again and again, and once it is sent the conversation has changed."""
    row = get_object_or_404(asked.outgoing(), pk=pk)
    (one,) = shown([row])
    context = {"sending": one, "may_post": holds(cast(User, request.user), Right.PUBLISH), "post": Post.objects.filter(uri=row.uri).first()}
    response = render(request, "conversations/writing/sending.html", context | {"back": shown_on(request)})
    if row.state == Outgoing.State.SENT:
        response.headers["HX-Trigger"] = "conversation-changed"
    return response


def shown_on(request: HttpRequest) -> str:
    """The page of ours that holds it, as htmx says."""
    at = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{at.path}?{at.query}".rstrip("?") or reverse("conversations:outgoing")


@needs(Right.WRITE)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back; with `change`, to be written on. Who may not post takes back their own drafts."""
    row = get_object_or_404(Outgoing, pk=pk)
    if not may_take_back(me(request), row):
        raise Http404
    if not outgoings.cancel(by=me(request), now=timezone.now(), outgoing=row):
        messages.success(request, _("It is too late to take it back: it is being sent."))
    elif "change" in request.POST and row.verb == Outgoing.Verb.POST:
        return redirect(f"{reverse('conversations:write')}?again={row.pk}")
    else:
        messages.success(request, _("It is taken back, and will not be sent."))
    return back(request)


@needs(Right.PUBLISH)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    again = deciding.send_again(by=me(request), now=timezone.now(), row=get_object_or_404(Outgoing, pk=pk))
    messages.success(request, _("It is tried again.") if again else _("It has not failed, or is tried again already."))
    return back(request)


@needs(Right.PUBLISH)
@require_POST
def let_go(request: HttpRequest, pk: int) -> HttpResponse:
    gone = deciding.let_go(by=me(request), now=timezone.now(), row=get_object_or_404(Outgoing, pk=pk))
    messages.success(request, _("It is on its way.") if gone else _("It is no draft any more."))
    return back(request)


@needs(Right.PUBLISH)
@require_POST
def put_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it at another time."""
    row, form = get_object_or_404(Outgoing, pk=pk), DueForm(request.POST)
    if not form.is_valid():
        messages.success(request, form.sentence())
    elif deciding.put_off(by=me(request), now=timezone.now(), row=row, due=form.cleaned_data["due"]):
        messages.success(request, _("It will be sent: %(when)s.") % {"when": at_the_clock(form.cleaned_data["due"])})
    else:
        messages.success(request, _("It is too late for that: it is being sent."))
    return back(request)


def may_take_back(by: User, row: Outgoing) -> bool:
    return holds(by, Right.PUBLISH) or (row.state == Outgoing.State.DRAFT and row.made_by_id == by.pk)


def me(request: HttpRequest) -> User:
    return cast(User, request.user)


def back(request: HttpRequest) -> HttpResponse:
    """To the page of ours from which it was asked."""
    asked_at = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(asked_at, allowed_hosts=None)
    return redirect(asked_at if is_ours else "conversations:outgoing")
