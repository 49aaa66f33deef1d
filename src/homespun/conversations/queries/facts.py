"""What is said about a whole conversation, and about all that a search found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count

from homespun.conversations.models import Conversation, Post, Sighting
from homespun.conversations.queries.cards import ARCHIVES
from homespun.conversations.queries.search import Found, Search
from homespun.conversations.queries.talks import shown_words, title
from homespun.conversations.queries.tree import LARGE, Shape, this_minute
from homespun.people.models import Account

PEOPLE = 8
COUNTED = 300  # newest posts of a search whose authors are counted
YEARS = 6


class Showed(NamedTuple):
    """A source, and how many posts of the conversation it showed."""

    title: str
    posts: int
    kind: str

    @property
    def is_archive(self) -> bool:
        return self.kind.endswith(ARCHIVES)


@dataclass(frozen=True, slots=True)
class Facts:
    title: str
    posts: int
    people: int
    seen: list[Showed]
    in_it: list[tuple[Account, int]]  # who said most
    others: int  # further people

    @property
    def sources(self) -> int:
        return len(self.seen)

    @property
    def is_from_archives(self) -> bool:
        """Whether no server has shown anything of it."""
        return all(each.is_archive for each in self.seen)


def facts(conversation: Conversation, shape: Shape, others: Sequence[Conversation] = ()) -> Facts:
    """Three queries. `others` are the same conversation on other networks, which the shape holds, too."""
    authors = Counter(leaf.author for leaf in shape.leaves.values() if leaf.author)
    most = [pk for pk, _ in sorted(authors.items(), key=lambda pair: (-pair[1], pair[0]))[:PEOPLE]]
    accounts = Account.objects.in_bulk(most)
    opening = Post.objects.filter(pk=min(shape.leaves, default=0)).only("text", "warning").first()
    return Facts(
        title=title(shown_words(opening)),
        posts=len(shape.leaves),
        people=len(authors),
        seen=_count_seen(conversation.pk, *(other.pk for other in others)) if others else _seen(conversation),
        in_it=[(accounts[pk], authors[pk]) for pk in most if pk in accounts],
        others=len(authors) - len(most),
    )


def _seen(conversation: Conversation) -> list[Showed]:
    if conversation.posts < LARGE:
        return _count_seen(conversation.pk)
    return _kept_seen(conversation.pk, conversation.latest, conversation.posts, this_minute())


@lru_cache(maxsize=16)
def _kept_seen(pk: int, latest: int, posts: int, minute: int) -> list[Showed]:
    return _count_seen(pk)


def _count_seen(*pks: int) -> list[Showed]:
    rows = Sighting.objects.filter(post__conversation__in=pks).values("source").annotate(n=Count("post", distinct=True))
    return [Showed(*row) for row in rows.order_by("-n", "source__title").values_list("source__title", "n", "source__kind")]


@dataclass(frozen=True, slots=True)
class Facets:
    """How what was found spreads over years and people, as far as it was counted."""

    years: list[tuple[int, int]]
    people: list[tuple[Account, int]]
    is_part: bool


def facets(search: Search, found: Found) -> Facets | None:
    """Of the newest posts found; two queries beside the search itself. None where there is nothing to choose between."""
    if found.count < 2:
        return None
    keys = search.newest(COUNTED)
    years = Counter(datetime.fromtimestamp((key >> 22) / 1000, UTC).year for key in keys)
    authors = Post.objects.filter(pk__in=keys, author__isnull=False).values("author").annotate(n=Count("pk")).order_by("-n", "author")
    most = list(authors.values_list("author", "n")[:PEOPLE])
    accounts = Account.objects.in_bulk([pk for pk, _ in most])
    return Facets(
        years=sorted(years.items(), reverse=True)[:YEARS],
        people=[(accounts[pk], n) for pk, n in most],
        is_part=found.more or found.count > len(keys),
    )
