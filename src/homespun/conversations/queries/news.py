"""What came since a member last looked. Archives are the past: only what arrived while we listened is news, and nothing of our own."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, QuerySet

from homespun.conversations.models import Arrival, Visit
from homespun.conversations.queries.looks import moment_of
from homespun.users.models import User


@dataclass(frozen=True, slots=True)
class News:
    """Since when something is new to a member: everywhere, and in conversations that they have opened since."""

    since: datetime | None = None  # None: nothing is new
    looks: Mapping[int, datetime] = field(default_factory=dict)

    def since_of(self, conversation: int) -> datetime | None:
        look = self.looks.get(conversation)
        return max(self.since, look) if self.since and look else self.since


def news_for(user: User) -> News:
    """One query."""
    visit = Visit.objects.filter(user=user).first()
    seen = [moment for moment in (user.last_visit, visit.until if visit else None) if moment]
    since = max(seen) if seen else user.joined
    looks = visit.looks if visit else {}
    return News(since, {int(key): moment_of(at) for key, at in looks.items()})


def counted(news: News, conversations: Iterable[int]) -> Counter[int]:
    """How many posts are new in each of these. One query; none where nothing is."""
    wanted = list(conversations)
    if news.since is None or not wanted:
        return Counter()
    rows = arrived(news.since).filter(post__conversation__in=wanted).values_list("post__conversation", "at")
    return Counter(conversation for conversation, at in rows if at > (news.since_of(conversation) or at))


def new_posts(conversations: Iterable[int], since: datetime | None) -> frozenset[int]:
    """Keys of what is new in these. One query; none where nothing is."""
    if since is None:
        return frozenset()
    return frozenset(arrived(since).filter(post__conversation__in=list(conversations)).values_list("post", flat=True))


def conversations_with_news(news: News, most: int) -> list[int]:
    """Keys of those in which something is new, what arrived last first. One query; none where nothing is."""
    if news.since is None:
        return []
    found = arrived(news.since).values("post__conversation").annotate(last=Max("at"), newest=Max("post"))
    rows = found.order_by("-last", "-newest").values_list("post__conversation", "last")
    return [key for key, last in rows[: most + len(news.looks)] if last > (news.since_of(key) or last)][:most]


def arrived(since: datetime) -> QuerySet[Arrival]:
    return Arrival.objects.filter(at__gt=since).exclude(post__author__is_own=True)
