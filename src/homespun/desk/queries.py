"""What came last, across the rooms."""

from django.db.models import F, QuerySet

from homespun.conversations.models import Conversation, Mention, Post, Run
from homespun.conversations.queries import News, Talk, shown, talks
from homespun.conversations.queries.mentions import waiting
from homespun.conversations.queries.news import conversations_with_news
from homespun.conversations.queries.talks import as_one
from homespun.conversations.queries.twins import twins
from homespun.core.models import AuditEntry
from homespun.stories.models import Story

A_FEW = 5


def is_empty() -> bool:
    """Nothing has been brought and nothing been told yet."""
    return not (Run.objects.exists() or Post.objects.exists() or stories().exists())


def last_runs() -> QuerySet[Run]:
    return Run.objects.select_related("source__account").order_by("-started")[:A_FEW]


def waiting_posts() -> list[Mention]:
    return list(waiting()[:A_FEW])


def newest_conversations(*, news: News) -> list[Talk]:
    """The exchanges in which something was said last, and whatever is new; what is new is counted.

    A post that waits for a reply and is alone in its conversation is left to `waiting_posts`.
    """
    newest = shown(Conversation.objects.all(), "", most=A_FEW)
    fresh = set(conversations_with_news(news, A_FEW)) - {row.pk for row in newest.rows}
    others = Conversation.objects.filter(pk__in=fresh).order_by("-latest", "-pk") if fresh else ()
    rows = sorted([*newest.rows, *others], key=lambda row: (row.latest, row.pk), reverse=True)
    listed = as_one(talks(rows, news=news), twins(rows), newest.name)
    return [talk for talk in listed if not (talk.waits and talk.posts == 1)]


def failed_backup() -> AuditEntry | None:
    """The last backup that was made or failed, if it failed (`config.backup_runs` writes both down)."""
    ended = AuditEntry.objects.filter(subject="backups", verb__in=("backup.make", "backup.fail"))
    last = ended.order_by("-at", "-pk").first()
    return last if last and last.verb == "backup.fail" else None


def drafts() -> QuerySet[Story]:
    return stories().filter(edition__isnull=True)[:A_FEW]


def changed_stories() -> QuerySet[Story]:
    """Published, and changed since."""
    return stories().filter(edition__story_version__lt=F("version")).select_related("edition")[:A_FEW]


def stories() -> QuerySet[Story]:
    return Story.objects.filter(deleted__isnull=True).order_by("-changed")
