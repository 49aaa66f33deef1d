"""Posts that speak to us, and whether they still wait for an answer."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from homespun.conversations.models import Mention, Post
from homespun.core import audit
from homespun.users.models import User


def notice(*, posts: Iterable[int], now: datetime, named: Mapping[int, int] | None = None) -> int:
    """Of posts that have just come: what answers us or names us waits for an answer, and what we answered no longer does.

    `named` says by post which account of ours it names. Returns how many are new.
    """
    keys = list(posts)
    with transaction.atomic():
        to_us = Post.objects.filter(pk__in=keys, parent__author__is_own=True, author__is_own=False)
        spoken = {**_by_others(named or {}), **dict(to_us.values_list("pk", "parent__author"))}
        fresh = spoken.keys() - set(Mention.objects.filter(pk__in=spoken).values_list("pk", flat=True))
        Mention.objects.bulk_create(Mention(post_id=post, account_id=spoken[post]) for post in sorted(fresh))
        own = Post.objects.filter(author__is_own=True, parent__isnull=False)
        parents = [
            *own.filter(pk__in=keys).values_list("parent", flat=True),
            *own.filter(parent__in=fresh).values_list("parent", flat=True),
        ]
        answered(by=None, now=now, posts=[parent for parent in parents if parent])
    return len(fresh)


def _by_others(named: Mapping[int, int]) -> dict[int, int]:
    theirs = Post.objects.filter(pk__in=named).exclude(author__is_own=True).values_list("pk", flat=True)
    return {post: named[post] for post in theirs}


def answered(*, by: User | None, now: datetime, posts: Iterable[int]) -> int:
    """An answer of ours marks what it answers. Runs in the caller's transaction."""
    return Mention.objects.filter(post__in=list(posts), done__isnull=True).update(done=now, done_by=by)


def mark_done(*, by: User, now: datetime, mention: Mention) -> None:
    with transaction.atomic():
        if Mention.objects.filter(pk=mention.pk, done__isnull=True).update(done=now, done_by=by):
            audit.record(by=by, now=now, verb="mention.done", subject=f"mention:{mention.pk}")


def mark_waiting(*, by: User, now: datetime, mention: Mention) -> None:
    with transaction.atomic():
        if Mention.objects.filter(pk=mention.pk, done__isnull=False).update(done=None, done_by=None):
            audit.record(by=by, now=now, verb="mention.waiting", subject=f"mention:{mention.pk}")


def assign(*, by: User, now: datetime, mention: Mention, to: User | None) -> None:
    with transaction.atomic():
        Mention.objects.filter(pk=mention.pk).update(assigned_to=to)
        audit.record(by=by, now=now, verb="mention.assign", subject=f"mention:{mention.pk}", to=to.pk if to else None)
