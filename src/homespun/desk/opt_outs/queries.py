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
AT_ONCE = 900


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
    found = [(group, accounts_of(group)) for group in groups.values()]
    stories = stories_by_account(account for _group, accounts in found for account in accounts)
    return [_open(group, accounts, stories) for group, accounts in found]


def _open(group: list[OptOutRequest], accounts: list[Account], stories: dict[int, list[Story]]) -> OpenOptOut:
    counts = any(not row.ignored_because for row in group)
    posts = Post.objects.filter(author__in=accounts).count() if accounts else 0
    theirs = {story.pk: story for account in accounts for story in stories.get(account.pk, ())}
    return OpenOptOut(group[0], len(group), accounts, posts, list(theirs.values()), None if counts else _dismissed_at(group[0]))


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


def stories_by_account(accounts: Iterable[Account]) -> dict[int, list[Story]]:
    """Stories that quote these accounts, by account, in their draft or as they are published. As many queries for many accounts."""
    theirs = Post.objects.filter(author__in=list(accounts))
    if not theirs.exists():
        return {}
    stories = {story.pk: story for story in queries.stories()}
    items = Item.objects.filter(story__in=stories, kind=Item.Kind.POST, deleted=None, post_uri__in=theirs.values("uri"))
    uris = {story.pk: set(quoted_uris(story.edition_id)) if story.edition_id else set() for story in stories.values()}
    for story, uri in items.values_list("story", "post_uri"):
        uris[story].add(uri)
    authors = _authors(theirs, {uri for each in uris.values() for uri in each})
    found: dict[int, list[Story]] = {}
    for pk, quoted in uris.items():
        for author in {authors[uri] for uri in quoted if uri in authors}:
            found.setdefault(author, []).append(stories[pk])
    return found


def _authors(posts: "QuerySet[Post]", uris: Iterable[str]) -> dict[str, int]:
    every = list(uris)
    parts = (posts.filter(uri__in=every[start : start + AT_ONCE]) for start in range(0, len(every), AT_ONCE))
    return {uri: author for part in parts for uri, author in part.values_list("uri", "author") if author}
