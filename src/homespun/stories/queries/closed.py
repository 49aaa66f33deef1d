"""Words that may stand nowhere outside the desk, whatever was recorded or frozen: said to followers or to one person, or withdrawn.

What an edition holds does not change. Whoever shows one asks here, so that such words vanish from pages, the feed and exports as soon as
the desk knows of it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from homespun.conversations.actions.tombstones import is_left_out
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


def closed(uris: Iterable[str]) -> frozenset[str]:
    """Of these those whose words may not be shown. One query for some hundreds.

    A wish to be left out needs no proof of whose it is, so it keeps words out of what is published from then on, and takes nothing off
    that was: nobody can empty a story from outside.
    """
    wanted = list(dict.fromkeys(uris))
    parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
    found = [post for part in parts for post in Post.objects.closed().filter(uri__in=part).select_related("author")]
    return frozenset(post.uri for post in found if is_for_few(post) or not (post.author and is_left_out(post.author.uri)))


def is_closed_picture(sha256: str) -> bool:
    """Whether a file is a picture of closed posts, and of no other."""
    shown = PostMedia.objects.filter(file__sha256=sha256)
    return shown.filter(post__in=Post.objects.closed()).exists() and not shown.exclude(post__in=Post.objects.closed()).exists()


def closed_in(*editions: int) -> frozenset[str]:
    """Of what these editions quote that which may not be shown any more."""
    return closed(uri for edition in editions for uri in quoted_uris(edition))


@lru_cache(maxsize=KEPT)
def quoted_uris(edition: int) -> tuple[str, ...]:
    """Of the posts that an edition quotes."""
    rows: Sequence[dict[str, str]] = Edition.objects.values_list("items", flat=True).get(pk=edition)
    return tuple(row["uri"] for row in rows if row["kind"] == Item.Kind.POST and row.get("uri"))
