"""Checking for the missing posts of a conversation: its button, its progress and its result."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from homespun.conversations import tasks
from homespun.conversations.access import conversation_for
from homespun.conversations.actions import completions
from homespun.conversations.actions.askable import askable
from homespun.conversations.models import Completion, Conversation, Post
from homespun.conversations.queries import Shape, shape
from homespun.conversations.queries.lacking import Lacking, lacking
from homespun.conversations.queries.twins import others_of
from homespun.conversations.worded import lacking_said
from homespun.users.access import Right, holds, needs
from homespun.users.models import User

WHYS = {
    "missing": gettext_lazy("Not checked yet"),
    "unreachable": gettext_lazy("Server isn’t responding"),
    "gone": gettext_lazy("Not on their server any more"),
    "blocked": gettext_lazy("Author has blocked you"),
    "hidden": gettext_lazy("Not public"),
    "left out": gettext_lazy("From accounts that aren’t collected"),
    "paused": gettext_lazy("Paused: an opt-out request isn’t verified"),
}
UNSEEN = gettext_lazy("Counted by the server, but not shown")
CHANGED = "conversation-changed"


@dataclass(frozen=True, slots=True)
class Lacks:
    """What a conversation lacks, and how far looking for it is."""

    said: str  # "2 posts still missing, 1 post was deleted"; "" where nothing is known of, which is not whole
    rows: list[tuple[str, int]]
    number: int
    row: Completion | None
    moving: bool
    can_ask: list[str]  # networks
    cannot_ask: list[str]
    may_ask: bool

    @property
    def first(self) -> str:
        return self.said.partition(", ")[0]

    @property
    def others(self) -> str:
        return self.said.partition(", ")[2]

    @property
    def troubles(self) -> list[str]:
        return self.row.trouble.splitlines() if self.row and not self.moving else []


def lacks(user: User, tree: Shape, now: datetime, conversation: Conversation, others: Sequence[Conversation] = ()) -> Lacks:
    """Five queries at most; four more for each of the same conversation on other networks. `tree` is of the first alone."""
    found = lacking(conversation, tree)
    for other in others:
        more = lacking(other, shape(other))
        found = Lacking(found.why + more.why, found.unseen + more.unseen)
    keys = [conversation.pk, *(other.pk for other in others)]
    rows = sorted(Completion.objects.filter(conversation__in=keys), key=lambda row: (completions.is_moving(row, now), row.begun))
    row = rows[-1] if rows else None
    there = list(Post.objects.filter(conversation__in=keys).values_list("network", flat=True).distinct().order_by("network"))
    can = askable(there)
    return Lacks(
        said=lacking_said(found.why, found.unseen),
        rows=reasons(found.why, found),
        number=found.ghosts + found.unseen,
        row=row,
        moving=row is not None and completions.is_moving(row, now),
        can_ask=can,
        cannot_ask=[network for network in there if network not in can],
        may_ask=holds(user, Right.COLLECT),
    )


def reasons(why: Counter[str], found: Lacking) -> list[tuple[str, int]]:
    rows = [(str(words), why[name]) for name, words in WHYS.items() if why[name]]
    return rows + ([(str(UNSEEN), found.unseen)] if found.unseen else [])


@needs(Right.READ, post=Right.COLLECT)
@require_http_methods(["GET", "HEAD", "POST"])
def completion(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How far it is; POST begins it. What htmx asks for says whether the conversation has changed by it."""
    user = cast(User, request.user)
    found = conversation_for(user, pk)
    if request.method == "POST":
        return begin(request, user, found)
    if "HX-Request" not in request.headers:
        return redirect("conversations:conversation", found.pk)
    return part(request, user, found)


@needs(Right.COLLECT)
def begin(request: HttpRequest, user: User, found: Conversation) -> HttpResponse:
    with transaction.atomic():
        for each in (found, *others_of(found)):
            if completions.begin(by=user, now=timezone.now(), conversation=each):
                tasks.complete_conversation.enqueue(conversation=each.pk, by=user.pk)
    return part(request, user, found) if "HX-Request" in request.headers else redirect("conversations:conversation", found.pk)


def part(request: HttpRequest, user: User, found: Conversation) -> HttpResponse:
    told = lacks(user, shape(found), timezone.now(), found, others_of(found))
    response = render(request, "conversations/completion.html", {"conversation": found, "lacks": told})
    if not told.moving:
        response.headers["HX-Trigger-After-Settle"] = CHANGED
    return response
