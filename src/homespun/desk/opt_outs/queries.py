"""Opt-out requests with what a member needs to decide on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from homespun.conversations.actions.opt_out_requests import accounts_of
from homespun.conversations.models import OptOut, OptOutRequest, Post
from homespun.people.models import Account
from homespun.stories import queries
from homespun.stories.models import Item, Story
from homespun.stories.queries.closed import quoted_uris

Purpose, State, Ignored = OptOutRequest.Purpose, OptOutRequest.State, OptOutRequest.Ignored
DECIDED_SHOWN = 200


@dataclass(frozen=True)
class OpenOptOut:
    """Open requests for one address, with what is known of the account."""

    request: OptOutRequest  # the first one
    count: int
    accounts: list[Account]
    posts: int
    stories: list[Story]
    dismissed_at: datetime | None  # of the earlier request, after which these have no effect unless they are verified

    @property
    def address(self) -> str:
        return self.request.address


def open_opt_outs() -> list[OpenOptOut]:
    """Oldest first. Those above the daily limit, and those for accounts that are opted out already, aren't shown."""
    shown = (Ignored.NO, Ignored.DISMISSED)
    rows = OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT, state=State.OPEN, ignored_because__in=shown).order_by("requested_at", "pk")
    groups: dict[str, list[OptOutRequest]] = {}
    for row in rows:
        groups.setdefault(row.address or row.key, []).append(row)
    return [_open(group) for group in groups.values()]


def _open(group: list[OptOutRequest]) -> OpenOptOut:
    accounts = accounts_of(group)
    counts = any(not row.ignored_because for row in group)
    posts = Post.objects.filter(author__in=accounts).count() if accounts else 0
    return OpenOptOut(group[0], len(group), accounts, posts, stories_quoting(accounts), None if counts else _dismissed_at(group[0]))


def _dismissed_at(request: OptOutRequest) -> datetime | None:
    same = OptOut.objects.filter(request=request).values("digest")
    found = OptOutRequest.objects.filter(state=State.DISMISSED, digests__digest__in=same).aggregate(at=Max("decided_at"))
    at: datetime | None = found["at"]
    return at


def above_limit() -> int:
    """How many open requests came after the day's limit was reached."""
    return OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT, state=State.OPEN, ignored_because=Ignored.LIMIT).count()


def decided() -> "QuerySet[OptOutRequest]":
    """The latest decisions first."""
    rows = OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT).exclude(state=State.OPEN)
    return rows.select_related("decided_by").order_by("-decided_at", "-pk")[:DECIDED_SHOWN]


def stories_quoting(accounts: Iterable[Account]) -> list[Story]:
    """Stories that quote one of these accounts, in their draft or as they are published."""
    rows = list(accounts)
    if not rows:
        return []
    theirs = Post.objects.filter(author__in=rows).values("uri")
    drafts = set(Item.objects.filter(kind=Item.Kind.POST, deleted=None, post_uri__in=theirs).values_list("story", flat=True))
    return [story for story in queries.stories() if story.pk in drafts or _is_quoted_in(story, rows)]


def _is_quoted_in(story: Story, accounts: list[Account]) -> bool:
    uris = quoted_uris(story.edition_id) if story.edition_id else ()
    return any(Post.objects.filter(author__in=accounts, uri__in=uris[start : start + 900]).exists() for start in range(0, len(uris), 900))
