"""Recent posts of a source that are due for another look.

Polling shows what is new, and neither edits nor deletions, unless a stream tells of them. So each post is fetched from its own server again
at set ages. An edit or deletion goes unnoticed for at most the interval of that age plus the time between two polls.
"""

from datetime import datetime, timedelta

from homespun.conversations.actions.listening import ACCOUNT, HASHTAG
from homespun.conversations.models import Post, Sighting, Source, State
from homespun.conversations.queries.search import key_at
from homespun.networks.protocols import MENTIONS

KINDS = (ACCOUNT, HASHTAG, MENTIONS)  # feeds and pages show their edits themselves
INTERVALS = (  # up to which age a post is fetched again, and how often
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(hours=2)),
    (timedelta(days=7), timedelta(days=1)),
)
MOST = 40  # posts of one poll, the newest first
MONTH, MOST_OF_A_MONTH = timedelta(days=30), 200  # for somebody who asks for everything


def due_posts(source: Source, *, last: datetime, now: datetime) -> list[str]:
    """Uris of posts of this source that came to be due between its last poll and this one."""
    posts = _recent(source, now - INTERVALS[-1][0], now)
    return [uri for uri, published in posts if is_due(published, last=last, now=now)][:MOST]


def all_recent_posts(source: Source, *, now: datetime) -> list[str]:
    """Uris of the posts of this source of the last thirty days, 200 at most."""
    return [uri for uri, _published in _recent(source, now - MONTH, now)][:MOST_OF_A_MONTH]


def is_due(published: datetime, *, last: datetime, now: datetime) -> bool:
    """Whether a multiple of the interval lies between the ages that the post had then and has now."""
    age = max(last, published) - published
    interval = next((interval for until, interval in INTERVALS if age < until), None)
    return interval is not None and (now - published) // interval > age // interval


def _recent(source: Source, since: datetime, now: datetime) -> list[tuple[str, datetime]]:
    if source.kind not in KINDS:
        return []
    seen = Sighting.objects.filter(source=source, post__gte=key_at(since)).values("post")
    posts = Post.objects.filter(pk__in=seen, published__lte=now, state__in=[State.LIVE, State.EDITED])
    return list(posts.order_by("-pk").values_list("uri", "published"))
