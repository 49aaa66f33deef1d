"""Finding posts by words: newest first or best first, by whom, when, with a picture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from homespun.conversations.models import Post
from homespun.conversations.queries import index
from homespun.conversations.queries.cards import Card, cards
from homespun.conversations.queries.folding import excerpt
from homespun.conversations.queries.index import Narrowing, Vocabulary, Wanted
from homespun.conversations.queries.pieces import Inside
from homespun.conversations.queries.question import Question, question
from homespun.conversations.queries.reading import post_at
from homespun.conversations.queries.scarce import Few, few
from homespun.conversations.queries.walking import MOST, Finder
from homespun.people.models import Account

Order = Literal["newest", "ranked"]
US = "us"
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
NAMESAKES = 20  # accounts that one name may mean


@dataclass(frozen=True, slots=True)
class Hit:
    card: Card
    excerpt: SafeString  # the words around what was found, as safe html with <mark>


@dataclass(frozen=True, slots=True)
class Found:
    hits: list[Hit]
    count: int  # exact to 1,000
    more: bool = False  # there are more than `count`
    next: int | None = None  # `before` of the next part, newest first only
    words: tuple[str, ...] = ()  # what was looked for, for a sentence


def search(
    query: str,
    *,
    limit: int = 20,
    before: int | None = None,
    order: Order = "newest",
    author: str | None = None,
    since: date | None = None,
    until: date | None = None,
    has_picture: bool = False,
    typing: bool = False,
) -> Found:
    """Posts that have all the words of `query` and pass the filters.

    `author` is a handle, a name, or `us`; `since` and `until` are days, both included; `before` is `next` of the part before.
    Words in quotes stand together; `from:@handle`, `after:2019-01-01` and `before:2020-01-01` in the query work like the filters.
    The last word is a beginning. Where whole words find nothing all are beginnings, and then pieces of words. `typing` looks less
    far for pieces, so that an answer comes between two keys. The address of a post finds that post.
    """
    asked = question(query)
    asked = replace(asked, author=author or asked.author, since=since or asked.since, until=until or asked.until)
    return Search(asked, has_picture=has_picture, typing=typing).found(limit, before=before, order=order)


def shown_excerpt(card: Card, finds: list[re.Pattern[str]]) -> SafeString:
    """Return an excerpt of the words as pages show them; of all words where only those that pages hide were looked for."""
    shown = excerpt(card.shown.text, finds)
    return shown if "<mark>" in shown or card.shown.text == card.text else excerpt(card.text if finds else card.shown.text, finds)


class Search:
    """A question that has been understood: whole words, else all as beginnings, else pieces of words, whatever finds something first."""

    def __init__(self, asked: Question, *, has_picture: bool = False, typing: bool = False) -> None:
        self.asked = asked
        self.typing = typing
        self.vocabulary = Vocabulary()
        self.post = post_at(asked.address) if asked.address else None
        self.within = _within(asked, has_picture=has_picture)

    def found(self, limit: int, *, before: int | None = None, order: Order = "newest") -> Found:
        if self.asked.address:
            return self.at_address()
        if self.asked.is_unclear:
            return Found([], 0)
        count, more = self.count()
        keys = self.best(limit) if order == "ranked" else self.newest(limit + 1, before=before)
        held = cards(keys[:limit])
        finds = self.finds()
        hits = [Hit(card, shown_excerpt(card, finds)) for card in held.values()]
        following = keys[limit - 1] if order == "newest" and len(keys) > limit else None
        return Found(hits, count, more, following, self.asked.words)

    def at_address(self) -> Found:
        held = cards([self.post] if self.post is not None else [])
        return Found([Hit(card, shown_excerpt(card, [])) for card in held.values()], len(held), words=(self.asked.address,))

    def newest(self, limit: int, *, before: int | None = None) -> list[int]:
        high = before - 1 if before is not None else index.LAST
        if self.finder is not None:
            return self.finder.newest(limit, high=high)
        if self.asked.terms:
            return [key for key in self.inside if key <= high][:limit]
        return list(self.posts().filter(pk__lte=high).order_by("-pk").values_list("pk", flat=True)[:limit])

    def best(self, limit: int) -> list[int]:
        return self.finder.best(limit) if self.finder is not None and self.asked.terms else self.newest(limit)

    def count(self) -> tuple[int, bool]:
        if self.finder is not None:
            return self.finder.count()
        if self.asked.terms:
            return min(len(self.inside), MOST), len(self.inside) > MOST
        counted = self.posts()[: MOST + 1].count()
        return min(counted, MOST), counted > MOST

    def finds(self) -> list[re.Pattern[str]]:
        """What to highlight."""
        if self.finder is not None:
            return [term.pattern(open=place in self.finder.wanted.open) for place, term in enumerate(self.asked.terms)]
        return [term.pattern(open=True, inside=True) for term in self.asked.terms]

    @cached_property
    def finder(self) -> Finder | None:
        """The first way of understanding the question that finds something; None where it has to be looked for inside words."""
        terms = self.asked.terms
        if not terms and not self.within.expression():
            return None
        beginnings = {place for place, term in enumerate(terms) if term.can_be_open}
        lone = {place for place in beginnings if not terms[place].spaced}
        last = {len(terms) - 1} & beginnings if self.asked.is_open else set()
        for open in dict.fromkeys((frozenset(last | lone), frozenset(beginnings))):
            finder = Finder(Wanted(terms, open, self.within, self.vocabulary), self.few, typing=self.typing)
            if finder.newest(1):
                return finder
            if not all(map(self.vocabulary.begins, terms)):
                break
        return None if terms else finder

    @cached_property
    def few(self) -> Few | None:
        return few(self.asked.terms, self.within, self.vocabulary)

    @cached_property
    def inside(self) -> list[int]:
        return Inside(self.asked.terms, self.within, self.vocabulary, self.few, self.typing).keys()

    def posts(self) -> QuerySet[Post]:
        return Post.objects.filter(pk__gte=self.within.low, pk__lte=self.within.high)


def _within(asked: Question, *, has_picture: bool) -> Narrowing:
    """What the filters mean; where nobody goes by the name asked for, no post can be within it."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ("haspic",) if has_picture else ()
    if asked.author.lower() == US:
        tags += ("isown",)
    elif asked.author:
        authors = tuple(f"a{pk}" for pk in accounts_called(asked.author))
        if not authors:
            return Narrowing(low=index.LAST, high=index.FIRST)
    return Narrowing(authors, tags, *_keys_of_days(asked.since, asked.until))


def accounts_called(name: str) -> Sequence[int]:
    """Accounts with this handle or name, now or formerly; else those whose name has it somewhere."""
    bare = name.strip().removeprefix("@")
    named = Q(handle__iexact=bare) | Q(name__iexact=bare) | Q(former_names__handle__iexact=bare)
    for test in (named, Q(name__icontains=bare)):
        if found := list(Account.objects.filter(test).values_list("pk", flat=True).distinct()[:NAMESAKES]):
            return found
    return []


def _keys_of_days(since: date | None, until: date | None) -> tuple[int, int]:
    low = key_at(_midnight(since)) if since else index.FIRST
    high = key_at(_midnight(until) + timedelta(days=1)) - 1 if until else index.LAST
    return _held(low), _held(high)


def _held(key: int) -> int:
    """The year 1 and the year 9999 lie beyond what a key can hold."""
    return min(max(key, index.FIRST), index.LAST)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(min(max(day, EARLIEST), LATEST), time.min))


def key_at(moment: datetime) -> int:
    """The first key of this millisecond."""
    return int(moment.timestamp() * 1000) << 22
