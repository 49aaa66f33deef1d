"""What came last, across the rooms."""

from django.db.models import F, QuerySet

from homespun.conversations.models import Conversation, Post, Run
from homespun.stories.models import Story

A_FEW = 5


def is_empty() -> bool:
    """Nothing has been brought and nothing been told yet."""
    return not (Run.objects.exists() or Post.objects.exists() or stories().exists())


def last_runs() -> QuerySet[Run]:
    return Run.objects.order_by("-started")[:A_FEW]


def newest_conversations() -> list[Conversation]:
    """The exchanges in which something was said last, each with its first post as `opening`."""
    newest = list(Conversation.objects.filter(posts__gt=1).order_by("-latest")[:A_FEW])
    openings = Post.objects.select_related("author").in_bulk([conversation.pk for conversation in newest])
    for conversation in newest:
        conversation.opening = openings.get(conversation.pk)  # type: ignore[attr-defined]
    return newest


def drafts() -> QuerySet[Story]:
    return stories().filter(edition__isnull=True)[:A_FEW]


def changed_stories() -> QuerySet[Story]:
    """Published, and changed since."""
    return stories().filter(edition__story_version__lt=F("version")).select_related("edition")[:A_FEW]


def stories() -> QuerySet[Story]:
    return Story.objects.filter(deleted__isnull=True).order_by("-changed")
