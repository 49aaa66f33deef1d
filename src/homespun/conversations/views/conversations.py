"""Conversations: the list with its search, and one conversation as a tree."""

from datetime import UTC, datetime
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from homespun.conversations.access import conversation_for, conversations_for
from homespun.conversations.models import Conversation, Post
from homespun.conversations.queries import Key, Shape, facets, facts, key_at, shape, shown, span, talks, whole
from homespun.conversations.queries.lines import Drawing, Row
from homespun.conversations.queries.mentions import done_lately, waiting
from homespun.conversations.views.asked import Asked, asked, number
from homespun.conversations.views.completion import lacks
from homespun.conversations.views.drawn import drawn, drawn_branches
from homespun.conversations.views.found import grouped, sentence
from homespun.core.dates import spoken
from homespun.users.access import Right, holds, needs
from homespun.users.models import User
from homespun.users.queries import members

PART = 30  # conversations of a list at once
HITS = 30
WAITING = "waiting"
LATELY = 5


@needs(Right.READ)
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """The newest conversations, or what was found; htmx asks for the part below the form, or for more of it."""
    question = asked(request.GET)
    part = request.headers.get("HX-Target", "") if "HX-Request" in request.headers else ""
    context = _listed(cast(User, request.user), question, typing=bool(part))
    template = {"found": "conversations/found.html", "more": "conversations/more.html"}.get(part, "conversations/list.html")
    response = render(request, template, context | {"asked": question, "part": part})
    if part == "found":
        response.headers["HX-Replace-Url"] = request.path + question.address()
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _listed(user: User, question: Asked, *, typing: bool) -> dict[str, Any]:
    if question.is_search:
        return _found(question, typing=typing)
    if question.show == WAITING:
        return _waiting(user, question)
    return _newest(user, question)


def _waiting(user: User, question: Asked) -> dict[str, Any]:
    """What waits for an answer, and what was seen to last."""
    rows = waiting() if question.before is None else waiting().filter(pk__lt=question.before)
    found = list(rows[: PART + 1])
    return {
        "waiting": found[:PART],
        "done": [] if question.before else done_lately()[:LATELY],
        "more": question.address(show=WAITING, before=found[PART - 1].pk) if len(found) > PART else "",
        "shown": WAITING,
        "members": members() if holds(user, Right.WRITE) else None,
        "at": "list",
    }


def _found(question: Asked, *, typing: bool) -> dict[str, Any]:
    search = question.search(typing=typing)
    found = search.found(HITS, before=question.before, order="ranked" if question.order == "ranked" else "newest")
    more = question.address(before=found.next) if found.next is not None else ""
    return {
        "groups": grouped(found.hits),
        "sentence": sentence(found, question),
        "found": found,
        "more": more,
        "facets": facets(search, found) if question.before is None else None,
    }


def _newest(user: User, question: Asked) -> dict[str, Any]:
    found = shown(conversations_for(user), question.show, most=PART + 1, before=question.before)
    since = key_at(user.last_visit) if user.last_visit else None
    listed = talks(found.rows[:PART], since=since)
    new = [talk for talk in listed if talk.new]
    return {
        "new": new,
        "talks": [talk for talk in listed if not talk.new],
        "last_visit_words": spoken(user.last_visit) if user.last_visit else "",
        "more": question.address(show=found.name, before=found.rows[PART - 1].latest) if len(found.rows) > PART else "",
        "shown": found.name,
        "years": years(question, found.name, span(conversations_for(user), found.name)),
        "is_empty": not found.rows and not Post.objects.exists(),
    }


def years(question: Asked, name: str, keys: tuple[int, int] | None) -> list[tuple[int, str]]:
    """The years of a list, each with the address of the list from its end on."""
    if keys is None:
        return []
    first, last = (timezone.localtime(said_at(key)).year for key in keys)
    ends = ((year, timezone.make_aware(datetime(year + 1, 1, 1))) for year in range(last, first - 1, -1))
    return [(year, question.address(show=name, before=key_at(end))) for year, end in ends]


def said_at(key: int) -> datetime:
    """Order of key is order of time: milliseconds since 1970, and 22 bits to tell apart what was said in the same."""
    return datetime.fromtimestamp((key >> 22) / 1000, UTC)


@needs(Right.READ)
@require_safe
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """The first part of a conversation, or the part from a post on; htmx asks for what a cut left out."""
    found = conversation_for(cast(User, request.user), pk)
    if found.pk != pk:
        return redirect(f"{reverse('conversations:conversation', args=[found.pk])}?{request.GET.urlencode()}".rstrip("?"))
    tree = shape(found)
    start = _key(tree, request.GET.get("from"))
    at = _key(tree, request.GET.get("at"))
    if "HX-Request" in request.headers and start is not None:
        return _part(request, found, tree, start)
    lines = whole(tree) if start is None else [Drawing(tree).line(start)]
    if at is not None and all(at not in line.nodes() for line in lines):
        above = tree.parents.get(at, at)
        return redirect(f"{request.path}?from={above}#p{at}")
    return render(request, "conversations/conversation.html", _page(cast(User, request.user), found, tree, lines, start))


def _page(user: User, found: Conversation, tree: Shape, lines: list[Any], start: Key | None) -> dict[str, Any]:
    return {
        "conversation": found,
        "facts": facts(found, tree),
        "lacks": lacks(user, found, tree, timezone.now()),
        "lines": drawn(tree, lines, since=user.last_visit),
        "start": start if start is not None and start not in tree.roots[:1] else None,
        "above": tree.parents.get(start) if start is not None else None,
        "members": members() if holds(user, Right.WRITE) else None,
    }


def _part(request: HttpRequest, found: Conversation, tree: Shape, start: Key) -> HttpResponse:
    """More of a line from a post on, or more of the branches beside the post that it answers."""
    depth = min(max(number(request.GET.get("depth")) or 0, 0), 4)
    context: dict[str, Any] = {"conversation": found, "since": cast(User, request.user).last_visit}
    if request.GET.get("part") == "branches" and (above := tree.parents.get(start)) is not None:
        row = Drawing(tree).beside(Row(above), tree.answers[above].index(start), depth, most=PART)
        return render(
            request, "conversations/branches.html", context | {"row": drawn_branches(tree, row, since=context["since"]), "depth": depth}
        )
    line = Drawing(tree).line(start, depth)
    return render(request, "conversations/line.html", context | {"line": drawn(tree, [line], since=context["since"])[0]})


def _key(tree: Shape, text: str | None) -> Key | None:
    """A post or a ghost of this conversation. Raises Http404 for what is not in it."""
    if not text:
        return None
    key: Key | None = number(text) if number(text) in tree.leaves else text
    if key in tree.leaves or key in tree.ghosts:
        return key
    raise Http404
