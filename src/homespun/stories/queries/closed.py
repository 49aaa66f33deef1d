"""Words that may not be shown outside the team pages, whatever was recorded or frozen: followers-only, direct, or opted out.

What an edition holds does not change. Whoever shows one asks here, so that such words vanish from pages, the feed and exports as soon as
the desk knows of it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.db import connection

from homespun.conversations.actions.opt_outs import earlier_among, verified_among
from homespun.conversations.models import Post, PostMedia, State
from homespun.networks.values import FOR_FEW
from homespun.stories.models import Edition, Item
from homespun.stories.queries.posts import bare_posts

AT_ONCE = 900
KEPT = 1_000  # editions whose uris are remembered: an edition never changes


def is_for_few(post: Post) -> bool:
    return post.visibility in FOR_FEW


def is_closed(post: Post) -> bool:
    return is_for_few(post) or post.state == State.WITHDRAWN


def for_few(uris: Iterable[str]) -> int:
    """How many of these were."""
    return sum(is_for_few(post) for post in bare_posts(uris).values())


def closed(uris: Iterable[str]) -> dict[str, bool]:
    """Of these those whose words may not be shown, each with whether its author verified that. One query for some hundreds, if none is.

    An open opt-out request changes nothing here: nobody can empty a story without proof or a member's confirmation. Neither does an
    opt-out made before verification existed, which keeps words out of later editions only.
    """
    wanted = list(dict.fromkeys(uris))
    parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
    found = [post for part in parts for post in Post.objects.closed().filter(uri__in=part).select_related("author")]
    authors = {post.author.uri for post in found if post.author and post.state == State.WITHDRAWN}
    earlier, verified = earlier_among(authors), verified_among(authors)
    return {post.uri: author_of(post) in verified for post in found if is_for_few(post) or author_of(post) not in earlier}


def author_of(post: Post) -> str:
    return post.author.uri if post.author else ""


def is_closed_picture(sha256: str) -> bool:
    """Whether a file is a picture of closed posts, and of no other."""
    shown = PostMedia.objects.filter(file__sha256=sha256)
    return shown.filter(post__in=Post.objects.closed()).exists() and not shown.exclude(post__in=Post.objects.closed()).exists()


def closed_in(*editions: int) -> frozenset[tuple[str, bool]]:
    """The same of all that these editions quote, as a key for what is shown of them."""
    if not any(has_closed(edition) for edition in editions):
        return frozenset()
    return frozenset(closed(uri for edition in editions for uri in quoted_uris(edition)).items())


def has_closed(edition: int) -> bool:
    """Whether an edition quotes closed posts, or so many posts that this is left to `closed`."""
    uris = quoted_uris(edition)
    if not uris or len(uris) > AT_ONCE:
        return bool(uris)
    with connection.cursor() as cursor:
        cursor.execute(*question(uris))
        return cursor.fetchone() is not None


@lru_cache(maxsize=KEPT)
def question(uris: tuple[str, ...]) -> tuple[str, tuple[str | int, ...]]:
    """The same as SQL, composed once: that takes ten times as long as the answer."""
    rows = Post.objects.closed().filter(uri__in=uris).order_by().values("pk")[:1]
    return rows.query.sql_with_params()


@lru_cache(maxsize=KEPT)
def quoted_uris(edition: int) -> tuple[str, ...]:
    """Of the posts that an edition quotes."""
    rows: Sequence[dict[str, str]] = Edition.objects.values_list("items", flat=True).get(pk=edition)
    quoted = (row for row in rows if row["kind"] == Item.Kind.POST)
    return tuple(uri for row in quoted for uri in (row.get("uri"), row.get("original")) if uri)
