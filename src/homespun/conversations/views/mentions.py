"""Posts that wait for an answer: who sees to each, and that it is done."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homespun.conversations.access import mention_for
from homespun.conversations.actions import mentions
from homespun.conversations.context import waiting_counted
from homespun.conversations.models import Mention
from homespun.users.access import Right, needs
from homespun.users.models import User
from homespun.users.queries import members


@needs(Right.WRITE)
@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    by = cast(User, request.user)
    mentions.mark_done(by=by, now=timezone.now(), mention=mention_for(by, pk))
    return answer(request, by, pk, _("Marked as done."))


@needs(Right.WRITE)
@require_POST
def waiting(request: HttpRequest, pk: int) -> HttpResponse:
    """It waits after all."""
    by = cast(User, request.user)
    mentions.mark_waiting(by=by, now=timezone.now(), mention=mention_for(by, pk))
    return answer(request, by, pk, _("It waits for an answer again."))


@needs(Right.WRITE)
@require_POST
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """To a member, or with an empty `to` to nobody."""
    by = cast(User, request.user)
    mention, sent = mention_for(by, pk), request.POST.get("to", "")
    to = members().filter(pk=int(sent)).first() if sent.isdecimal() and len(sent) < 18 else None
    if sent and to is None:
        return answer(request, by, pk, _("Nobody in the team is that."))
    if mention.assigned_to != to:
        mentions.assign(by=by, now=timezone.now(), mention=mention, to=to)
    said = _("%(name)s sees to it.") % {"name": to} if to else _("Nobody sees to it now.")
    return answer(request, by, pk, said)


def answer(request: HttpRequest, by: User, pk: int, said: str) -> HttpResponse:
    """The part beside the post as it is now, with the count in the navigation; a plain form goes back to where it was."""
    mention = mention_for(by, pk)
    if "HX-Request" in request.headers:
        context = {"mention": mention, "members": members(), "said": said, "counted": waiting_counted(), "at": request.POST.get("at", "")}
        return render(request, "conversations/mention_done.html", context)
    messages.success(request, said)
    return redirect(address(mention, request.POST.get("at", "")))


def address(mention: Mention, at: str) -> str:
    if at == "conversation":
        return f"{reverse('conversations:conversation', args=[mention.post.conversation_id])}?at={mention.pk}#p{mention.pk}"
    return reverse("desk:today") if at == "today" else f"{reverse('conversations:list')}?show=waiting"
