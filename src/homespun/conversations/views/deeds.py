"""What is done with a post that is there: liked, reposted, edited, deleted. Each is a noun to which one posts."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homespun.conversations.models import Connection, Outgoing, Post
from homespun.conversations.queries import cards
from homespun.conversations.views.asked import number
from homespun.conversations.views.hand import hand
from homespun.conversations.writing import deciding
from homespun.conversations.writing.form import KEY, EditForm, new_key
from homespun.conversations.writing.pens import Pen, can_be_answered, can_be_shared
from homespun.users.access import Right, needs
from homespun.users.models import User

UNUSABLE = 422


@needs(Right.READ)
@require_safe
def at(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a post stands."""
    return redirect(address(post_at(pk)))


@needs(Right.PUBLISH)
@require_POST
def like(request: HttpRequest, pk: int) -> HttpResponse:
    post = post_at(pk)
    if not can_be_answered(post):
        raise Http404
    return done(request, post, pen_for(request, post), Outgoing.Verb.LIKE)


@needs(Right.PUBLISH)
@require_POST
def repost(request: HttpRequest, pk: int) -> HttpResponse:
    post = post_at(pk)
    if not can_be_shared(post):
        raise Http404
    return done(request, post, pen_for(request, post), Outgoing.Verb.REPOST)


@needs(Right.PUBLISH)
@require_POST
def unlike(request: HttpRequest, pk: int) -> HttpResponse:
    post = post_at(pk)
    return done(request, post, pen_for(request, post), Outgoing.Verb.UNLIKE)


@needs(Right.PUBLISH)
@require_POST
def unrepost(request: HttpRequest, pk: int) -> HttpResponse:
    post = post_at(pk)
    return done(request, post, pen_for(request, post), Outgoing.Verb.UNREPOST)


@needs(Right.PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked once more before it is done."""
    post = post_at(pk)
    pen = own_pen(request, post)
    if request.method == "POST":
        messages.success(request, _("It is being deleted where it was posted."))
        return done(request, post, pen, Outgoing.Verb.DELETE)
    context = {"post": cards([pk])[pk], "key": new_key(), "conversation": post.conversation_id}
    return render(request, "conversations/writing/deletion.html", context)


@needs(Right.PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    post = post_at(pk)
    pen = own_pen(request, post)
    if not pen.limits.edits:
        raise Http404
    form = EditForm(request.POST or None, pen=pen, initial={"key": new_key(), "text": typed_for(post), "warning": post.warning})
    if form.is_valid():
        told = form.cleaned_data
        deciding.edit(by=cast(User, request.user), now=timezone.now(), key=told["key"], connection=pen.connection, post=post, told=told)
        messages.success(request, _("The edit is on its way."))
        return redirect(address(post))
    context = {"post": cards([pk])[pk], "form": form, "pen": pen, "conversation": post.conversation_id}
    return render(request, "conversations/writing/edit.html", context, status=UNUSABLE if form.is_bound else 200)


def typed_for(post: Post) -> str:
    """The words as they were typed here, else as the network shows them."""
    row = Outgoing.objects.filter(uri=post.uri, verb__in=(Outgoing.Verb.POST, Outgoing.Verb.EDIT), state=Outgoing.State.SENT).last()
    return row.text if row else post.text


def post_at(pk: int) -> Post:
    return get_object_or_404(Post.objects.select_related("author"), pk=pk)


def pen_for(request: HttpRequest, post: Post) -> Pen:
    """The account that was chosen, else the first on that network. Raises Http404."""
    there = [pen for pen in hand(cast(User, request.user), []).pens if pen.connection.network == post.network]
    wanted = number(request.POST.get("as")) or 0
    found = next((pen for pen in there if not wanted or pen.connection.pk == wanted), None)
    if found is None:
        raise Http404
    return found


def own_pen(request: HttpRequest, post: Post) -> Pen:
    """That of the account that posted it. Raises Http404 for what is not ours."""
    pens = hand(cast(User, request.user), []).pens
    found = next((pen for pen in pens if pen.connection.account_id == post.author_id), None)
    if found is None or not can_be_answered(post):
        raise Http404
    return found


def done(request: HttpRequest, post: Post, pen: Pen, verb: Outgoing.Verb) -> HttpResponse:
    key = request.POST.get("key", "")
    connection: Connection = pen.connection
    deciding.do(
        by=cast(User, request.user),
        now=timezone.now(),
        key=key if KEY.fullmatch(key) else new_key(),
        connection=connection,
        verb=verb,
        target=post.uri,
    )
    return redirect(address(post))


def address(post: Post) -> str:
    return f"{reverse('conversations:conversation', args=[post.conversation_id])}?at={post.pk}#p{post.pk}"
