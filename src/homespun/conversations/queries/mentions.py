"""Which posts wait for an answer of ours."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import QuerySet

from homespun.conversations.models import Mention
from homespun.users.models import User


def waiting(**assigned: User | None) -> QuerySet[Mention]:
    """The newest first; with `assigned_to` those that a member sees to, or nobody yet."""
    return _with_words(Mention.objects.filter(done__isnull=True, **assigned)).order_by("-pk")


def done_lately() -> QuerySet[Mention]:
    """What was marked done or answered, the last first."""
    return _with_words(Mention.objects.filter(done__isnull=False)).order_by("-done", "-pk")


def of_posts(keys: Iterable[int]) -> dict[int, Mention]:
    return {mention.pk: mention for mention in Mention.objects.filter(pk__in=list(keys)).select_related("assigned_to", "done_by")}


def waiting_in(conversations: Iterable[int]) -> Counter[int]:
    """How many posts wait for an answer in each of these."""
    rows = Mention.objects.filter(done__isnull=True, post__conversation__in=list(conversations))
    return Counter(rows.values_list("post__conversation", flat=True))


def _with_words(mentions: QuerySet[Mention]) -> QuerySet[Mention]:
    """With posts and accounts asked for by themselves: joined, SQLite would begin with all posts."""
    with_members = mentions.select_related("assigned_to", "done_by")
    return with_members.prefetch_related("post__author", "post__parent__author", "account")
