"""Posts that speak to us, and whether they still wait for an answer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from homespun.conversations.models import Mention, Post
from homespun.core import audit
from homespun.users.models import User


def notice(*, posts: Iterable[int], now: datetime) -> int:
    """Of posts that have just come: what answers us waits for an answer, and what we answered no longer does. Returns how many are new."""
    keys = list(posts)
    with transaction.atomic():
        to_us = Post.objects.filter(pk__in=keys, parent__author__is_own=True, author__is_own=False)
        made = [Mention(post_id=post, account_id=account) for post, account in to_us.values_list("pk", "parent__author")]
        held = set(Mention.objects.filter(pk__in=[each.post_id for each in made]).values_list("pk", flat=True))
        Mention.objects.bulk_create(each for each in made if each.post_id not in held)
        own = Post.objects.filter(pk__in=keys, author__is_own=True, parent__isnull=False)
        answered(by=None, now=now, posts=[parent for parent in own.values_list("parent", flat=True) if parent])
    return len(made) - len(held)


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
