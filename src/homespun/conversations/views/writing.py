"""Writing: a new post, an answer, a quote; what it becomes; and what is done with posts that are there."""

from collections.abc import Callable
from contextlib import suppress
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from homespun.conversations.models import Outgoing, Post
from homespun.conversations.queries import cards
from homespun.conversations.views.asked import number
from homespun.conversations.views.composer import Composer, auto_id, composer, pens_for
from homespun.conversations.views.hand import Hand, at_the_clock, hand
from homespun.conversations.writing import deciding
from homespun.conversations.writing.deciding import Typed
from homespun.conversations.writing.form import About, WriteForm, new_key, with_plain_newlines, written_before
from homespun.conversations.writing.pens import can_be_answered, can_be_shared
from homespun.conversations.writing.pictures import of
from homespun.conversations.writing.previews import Preview
from homespun.networks import NetworkError
from homespun.networks.values import Visibility
from homespun.users.access import Right, needs
from homespun.users.models import User

UNUSABLE = 422


@needs(Right.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The form, empty or as it was sent; POST sends it, keeps it as a draft, or shows in which parts it would go."""
    held = hand(cast(User, request.user), [])
    about, before = asked_about(request)
    if request.method == "POST":
        return sent(request, held, about, before)
    initial = written_before(before) if before else None
    inside = "here-" if "HX-Request" in request.headers else ""
    made = composer(held, about, now=timezone.now(), initial=initial, again=before.pk if before else 0, inside=inside)
    if made and before:
        made.form.slots = of(before.media)
    return page(request, held, about, made)


def asked_about(request: HttpRequest) -> tuple[About, Outgoing | None]:
    """The post that is answered or quoted, and what was taken back to be written anew. Raises Http404."""
    before = Outgoing.objects.filter(pk=number(request.GET.get("again")) or 0, state=Outgoing.State.CANCELLED).first()
    if before:
        return About(still(before.target, can_be_answered), still(before.quoted, can_be_shared)), before
    answered, quoted = named(request, "answer"), named(request, "quote")
    if (answered and not can_be_answered(answered)) or (quoted and not can_be_shared(quoted)):
        raise Http404
    return About(answered, quoted), before


def still(uri: str, can_be: Callable[[Post], bool]) -> Post | None:
    """What was taken back is written on even where what it was about is gone meanwhile."""
    post = Post.objects.select_related("author").filter(uri=uri).first() if uri else None
    return post if post and can_be(post) else None


def named(request: HttpRequest, name: str) -> Post | None:
    asked = request.GET.get(name)
    return get_object_or_404(Post.objects.select_related("author"), pk=number(asked) or 0) if asked else None


def page(request: HttpRequest, held: Hand, about: About, made: Composer | None, status: int = 200) -> HttpResponse:
    """A page of its own; htmx asks for the form alone, to put it under the post that is answered."""
    post = about.answered or about.quoted
    context = {"hand": held, "composer": made, "about": about, "post": cards([post.pk])[post.pk] if post else None}
    template = "conversations/writing/composer.html" if "HX-Request" in request.headers and made else "conversations/writing/write.html"
    response = render(request, template, context, status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def sent(request: HttpRequest, held: Hand, about: About, before: Outgoing | None) -> HttpResponse:
    now, by, deed = timezone.now(), cast(User, request.user), request.POST.get("do", "send")
    if deed not in ("draft", "preview") and not held.may_post:
        raise Http404
    form = WriteForm(request.POST, request.FILES, pens=pens_for(held, about), about=about, now=now, auto_id=auto_id(about))
    is_right = form.is_valid() and deed != "preview"
    if is_right and deciding.was_said_otherwise(typed := typed_of(form)):
        form.add_error(None, _("This was sent already, with other words. Send it once more if it shall go out again as it is now."))
        form.data = {**request.POST.dict(), "key": new_key(), "to": request.POST.getlist("to")}
    elif is_right:
        rows = deciding.say(by=by, now=now, typed=typed, is_draft=deed == "draft")
        messages.success(request, said(rows[0], is_draft=deed == "draft"))
        return redirect(where(about, rows[0]))
    becomes = form.previews() if form.is_valid() else []
    made = Composer(form, about, held.may_post, becomes, again=before.pk if before else 0)
    return page(request, held, about, made, status=200 if deed == "preview" and form.is_valid() else UNUSABLE)


def typed_of(form: WriteForm) -> Typed:
    told = form.cleaned_data
    return Typed(
        key=told["key"],
        text=told["text"],
        parts=told["parts"],
        about=form.about,
        warning=told["warning"],
        lang=told["language"],
        visibility=told["visibility"],
        pictures=tuple(form.files_sent()),
        due=told["due"],
    )


def said(row: Outgoing, *, is_draft: bool) -> str:
    if is_draft:
        return _("Kept as a draft. It is not sent until an editor lets it go.")
    if row.due > row.made:
        return _("It will be sent: %(when)s.") % {"when": at_the_clock(row.due)}
    return _("It is on its way.")


def where(about: About, row: Outgoing) -> str:
    """Where what was written stands: under what it answers, else among what waits."""
    if post := about.answered or about.quoted:
        return f"{reverse('conversations:conversation', args=[post.conversation_id])}?{urlencode({'at': post.pk})}#o-{row.key}"
    return f"{reverse('conversations:outgoing')}#o-{row.key}"


@needs(Right.WRITE)
@require_POST
def parts(request: HttpRequest) -> HttpResponse:
    """In which parts the words would go, while they are typed; nothing where they fit into one."""
    about, _before = asked_about(request)
    chosen = set(request.POST.getlist("to"))
    text, warning = with_plain_newlines(request.POST.get("text", "").strip()), request.POST.get("warning", "").strip()
    visibility = number(request.POST.get("visibility")) or Visibility.PUBLIC
    becomes: list[Preview] = []
    for pen in pens_for(hand(cast(User, request.user), []), about):
        if text and str(pen.connection.pk) in chosen:
            with suppress(NetworkError):  # said when it is sent
                parts = pen.parts(text, warning, people=pen.addressees(about.answered), visibility=visibility)
                becomes.append(Preview.of(pen, parts, text, warning))
    return render(request, "conversations/writing/parts.html", {"becomes": becomes})
