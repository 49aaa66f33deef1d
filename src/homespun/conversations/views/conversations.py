"""Conversations: the list with its search, and one conversation as a tree."""

from datetime import UTC, datetime
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from homespun.conversations.access import conversation_for, conversations_for
from homespun.conversations.actions.visits import look, see_all
from homespun.conversations.models import Conversation, Post
from homespun.conversations.queries import Key, Shape, Shown, Talk, facets, facts, key_at, news_for, shape, shown, span, talks, whole
from homespun.conversations.queries.imported import conversations_from
from homespun.conversations.queries.lines import Drawing
from homespun.conversations.queries.looks import milliseconds_of, moment_of
from homespun.conversations.queries.mentions import done_lately, waiting
from homespun.conversations.queries.news import News, conversations_with_news, new_posts
from homespun.conversations.queries.talks import as_one
from homespun.conversations.queries.twins import joined, others_of, twins
from homespun.conversations.views.asked import Asked, asked, number
from homespun.conversations.views.completion import lacks
from homespun.conversations.views.composer import at_hand
from homespun.conversations.views.drawn import Stands, drawn, drawn_branches, part_off
from homespun.conversations.views.found import grouped, sentence
from homespun.conversations.views.hand import hand, on_its_way, writable
from homespun.conversations.views.list_messages import empty_message, import_title, list_hint
from homespun.core.dates import spoken
from homespun.users.access import Right, holds, needs
from homespun.users.models import User
from homespun.users.queries import members

PART = 30  # conversations of a list at once
HITS = 30
FRESH = 12  # conversations with news that stand above those that are listed anyway
WAITING = "waiting"
LATELY = 5


@needs(Right.READ)
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """The newest conversations, or what was found; htmx asks for the part below the form, or for more of it."""
    question = asked(request.GET)
    part = request.headers.get("HX-Target", "") if "HX-Request" in request.headers else ""
    context = _listed(cast(User, request.user), question, typing=bool(part))
    if not part:
        context |= on_its_way(cast(User, request.user))
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
    rows = waiting(assigned_to=user if question.of == "me" else None) if question.of else waiting()
    rows = rows if question.before is None else rows.filter(pk__lt=question.before)
    found = list(rows[: PART + 1])
    return {
        "waiting": found[:PART],
        "done": [] if question.before else done_lately()[:LATELY],
        "more": question.address(show=WAITING, before=found[PART - 1].pk) if len(found) > PART else "",
        "shown": WAITING,
        "members": members() if holds(user, Right.WRITE) else None,
        "at": "list",
        "writable": writable(user),
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
    conversations = conversations_from(conversations_for(user), question.source, question.only)
    found = shown(conversations, question.show or ("everything" if question.is_import else ""), most=PART + 1, before=question.before)
    news = news_for(user)
    rows = found.rows[:PART]
    # An import lists all that it brought: a conversation that is the same on another network may be none of it.
    listed = talks(rows, news=news) if question.is_import else listed_once([*_fresh(user, question, found, news), *rows], found.name, news)
    return {
        "new": sorted((talk for talk in listed if talk.new), key=lambda talk: -talk.conversation.latest),
        "talks": [talk for talk in listed if not talk.new],
        "since_words": spoken(news.since) if news.since else "",
        "more": question.address(show=found.name, before=found.rows[PART - 1].latest) if len(found.rows) > PART else "",
        "shown": found.name,
        "import_title": import_title(question),
        "list_hint": list_hint(question, found.name),
        "empty_message": "" if listed else empty_message(question, found.name),
        "years": years(question, found.name, span(conversations, found.name)),
        "is_empty": not found.rows and not Post.objects.exists(),
        "may_settle": holds(user, Right.SETTLE),
    }


def listed_once(rows: list[Conversation], name: str, news: News) -> list[Talk]:
    """What is one conversation on several networks is listed once."""
    same = twins(rows)
    missing = {key for keys in same.values() for key in keys} - {row.pk for row in rows}
    others = list(Conversation.objects.filter(pk__in=missing)) if missing else []
    shown_here = {row.pk for row in rows}
    return [talk for talk in as_one(talks([*rows, *others], news=news), same, name) if talk.conversation.pk in shown_here]


def _fresh(user: User, question: Asked, found: Shown, news: News) -> list[Conversation]:
    """Where no choice was made, what came since the last visit stands above, whatever it is: a single post is no exchange yet."""
    if question.show or question.before is not None:
        return []
    wanted = set(conversations_with_news(news, FRESH)) - {row.pk for row in found.rows[:PART]}
    return list(conversations_for(user).filter(pk__in=wanted)) if wanted else []


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
@require_POST
def visit(request: HttpRequest) -> HttpResponse:
    """All that has arrived is seen."""
    see_all(by=cast(User, request.user), now=timezone.now())
    return redirect("conversations:list")


@needs(Right.READ)
@require_safe
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """The first part of a conversation, or the part from a post on; htmx asks for what a cut left out."""
    found = conversation_for(cast(User, request.user), pk)
    if found.pk != pk:
        return redirect(f"{reverse('conversations:conversation', args=[found.pk])}?{request.GET.urlencode()}".rstrip("?"))
    every = [found, *others_of(found)]
    tree, stands = joined(every)
    start = _key(tree, stands, request.GET.get("from"))
    at = _key(tree, stands, request.GET.get("at"))
    if "HX-Request" in request.headers and start is not None:
        return _part(request, every, tree, stands, start)
    lines = whole(tree) if start is None else [Drawing(tree).line(start)]
    if at is not None and all(at not in line.nodes() for line in lines):
        above = tree.parents.get(at, at)
        return redirect(f"{request.path}?from={above}#p{at}")
    return render(request, "conversations/conversation.html", _page(request, every, tree, stands, lines, start))


def _page(
    request: HttpRequest, every: list[Conversation], tree: Shape, stands: Stands, lines: list[Any], start: Key | None
) -> dict[str, Any]:
    user, now = cast(User, request.user), timezone.now()
    found, *others = every
    new, since = _new(request, user, every, now)
    rows = drawn(tree, lines, new=new, stands=stands)
    part_off(rows)
    return {
        "conversation": found,
        "facts": facts(found, tree, others),
        "lacks": lacks(user, shape(found) if others else tree, now, found, others),
        "lines": rows,
        "new": len(new),
        "since": milliseconds_of(since) if since else 0,
        "since_words": spoken(since) if since else "",
        "src": again(request, since),
        "start": start if start is not None and start not in tree.roots[:1] else None,
        "above": tree.parents.get(start) if start is not None else None,
        "members": members() if holds(user, Right.WRITE) else None,
        **at_hand(user, found, rows, now),
    }


def again(request: HttpRequest, since: datetime | None) -> str:
    """Where this page is asked for once more, so that what was new when it was opened still stands out."""
    asked = request.GET.copy()
    asked.pop("at", None)
    if since:
        asked["since"] = str(milliseconds_of(since))
    return f"{request.path}?{asked.urlencode()}"


def _new(request: HttpRequest, user: User, every: list[Conversation], now: datetime) -> tuple[frozenset[int], datetime | None]:
    """What is new here, and since when. Having been shown it is seen; a page that is open says by `since` what it began with."""
    news = news_for(user)
    keys = [row.pk for row in every]
    since, asked = news.since_of(keys[0]), number(request.GET.get("since"))
    fresh = new_posts(keys, since)
    if fresh and news.since:
        look(by=user, now=now, conversations=keys, since=news.since)
    if asked is None or since is None:
        return fresh, since
    begun = min(since, moment_of(asked))
    return new_posts(keys, begun), begun


def _part(request: HttpRequest, every: list[Conversation], tree: Shape, stands: Stands, start: Key) -> HttpResponse:
    """More of a line from a post on, or more of the branches beside the post that it answers."""
    depth = min(max(number(request.GET.get("depth")) or 0, 0), 4)
    new, since = _new(request, cast(User, request.user), every, timezone.now())
    context: dict[str, Any] = {"conversation": every[0], "since": milliseconds_of(since) if since else 0}
    if request.GET.get("part") == "branches" and (above := tree.parents.get(start)) is not None:
        row = Drawing(tree).beside(above, tree.answers[above].index(start), depth, most=PART)
        branches = drawn_branches(tree, row, new=new, stands=stands)
        held = hand(cast(User, request.user), [branches])
        return render(request, "conversations/branches.html", context | {"row": branches, "depth": depth, "hand": held})
    drawn_line = drawn(tree, [Drawing(tree).line(start, depth)], new=new, stands=stands)[0]
    held = hand(cast(User, request.user), [drawn_line])
    return render(request, "conversations/line.html", context | {"line": drawn_line, "hand": held})


def _key(tree: Shape, stands: Stands, text: str | None) -> Key | None:
    """A post or a ghost of this conversation, or the one that stands for it. Raises Http404 for what is not in it."""
    if not text:
        return None
    asked = number(text)
    asked = next((key for key, twins_ in stands.items() if asked in twins_), asked)
    key: Key | None = asked if asked in tree.leaves else text
    if key in tree.leaves or key in tree.ghosts:
        return key
    raise Http404
