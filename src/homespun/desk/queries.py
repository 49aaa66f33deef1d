"""What came last, across the rooms."""

from django.db.models import F, QuerySet

from homespun.conversations.models import Conversation, Post, Run
from homespun.conversations.queries import News, Talk, shown, talks
from homespun.conversations.queries.talks import as_one
from homespun.conversations.queries.twins import twins
from homespun.stories.models import Story

A_FEW = 5


def is_empty() -> bool:
    """Nothing has been brought and nothing been told yet."""
    return not (Run.objects.exists() or Post.objects.exists() or stories().exists())


def last_runs() -> QuerySet[Run]:
    return Run.objects.select_related("source__account").order_by("-started")[:A_FEW]


def newest_conversations(*, news: News) -> list[Talk]:
    """The exchanges in which something was said last; what is new is counted."""
    newest = shown(Conversation.objects.all(), "", most=A_FEW)
    return as_one(talks(newest.rows, news=news), twins(newest.rows), newest.name)


def drafts() -> QuerySet[Story]:
    return stories().filter(edition__isnull=True)[:A_FEW]


def changed_stories() -> QuerySet[Story]:
    """Published, and changed since."""
    return stories().filter(edition__story_version__lt=F("version")).select_related("edition")[:A_FEW]


def stories() -> QuerySet[Story]:
    return Story.objects.filter(deleted__isnull=True).order_by("-changed")
