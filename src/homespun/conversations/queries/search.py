"""Finding posts by words: newest first or best first, by whom, to whom, when, with a picture or a link. `question` has the syntax."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from homespun.conversations.models import Post
from homespun.conversations.queries import index
from homespun.conversations.queries.cards import Card, cards
from homespun.conversations.queries.folding import Find, excerpt
from homespun.conversations.queries.index import Vocabulary
from homespun.conversations.queries.index_tokens import MENTION, OWN, PICTURE, token
from homespun.conversations.queries.prefix_scan import MOST, Finder, Span
from homespun.conversations.queries.question import Clause, Person, Question, question
from homespun.conversations.queries.ranking import best_first
from homespun.conversations.queries.reading import post_at
from homespun.conversations.queries.search_notes import notes
from homespun.conversations.queries.terms import NEVER, Atom, Mark, Term
from homespun.people.models import Account

Order = Literal["newest", "ranked"]
US = "us"
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
NAMESAKES = 20  # accounts that one name may mean
MOST_TYPED = 100  # how far is counted while somebody is typing
SHORTEST_PIECE, PIECES = 3, 200  # letters of a piece of a word; words that have it and are looked for


@dataclass(frozen=True, slots=True)
class Hit:
    card: Card
    excerpt: SafeString  # the words around what was found, as safe html with <mark>


@dataclass(frozen=True, slots=True)
class Found:
    hits: list[Hit]
    count: int  # exact as far as was counted: to 300, and to 100 while somebody is typing
    more: bool = False  # there are more than `count`
    next: int | None = None  # `before` of the next part, newest first only
    words: tuple[str, ...] = ()  # what was looked for, for a sentence
    notes: tuple[str, ...] = ()  # sentences: what was not understood, and what can't be found yet


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
    count_to: int = MOST,
) -> Found:
    """Posts that fit `query` and pass the filters.

    `author` is a handle, a name, or `us`; `since` and `until` are days, both included; `before` is `next` of the part before. The last word
    may be a beginning. Where nothing is found so, all words may be, and then pieces of words. While somebody is `typing`, a lone letter
    at the end is left out, and less far is counted.
    """
    asked = Search(
        question(query), author=author or "", since=since, until=until, has_picture=has_picture, typing=typing, count_to=count_to
    )
    return asked.found(limit, before=before, order=order)


def shown_excerpt(card: Card, finds: list[Find]) -> SafeString:
    """Return an excerpt of the words as pages show them; of all words where only those that pages hide were looked for."""
    shown = excerpt(card.shown.text, finds)
    return shown if "<mark>" in shown or card.shown.text == card.text else excerpt(card.text if finds else card.shown.text, finds)


class Search:
    """A question that has been understood in the first way that finds something: as typed, with all words as beginnings, with pieces."""

    def __init__(
        self,
        asked: Question,
        *,
        author: str = "",
        since: date | None = None,
        until: date | None = None,
        has_picture: bool = False,
        typing: bool = False,
        count_to: int = MOST,
    ) -> None:
        self.asked = asked.without_lone_letter() if typing else asked
        self.most = min(count_to, MOST_TYPED) if typing else count_to
        self.vocabulary = Vocabulary()
        self.post = post_at(asked.address) if asked.address else None
        self.clauses = [_resolved(clause) for clause in self.asked.clauses]
        if author:
            self.clauses.append(_resolved(Clause(((Person(False, author),),))))
        if has_picture:
            self.clauses.append(Clause(((Mark((PICTURE,)),),)))
        self.wanted = [clause for clause in self.clauses if not clause.excluded]
        self.unwanted = [clause for clause in self.clauses if clause.excluded]
        self.span = _span(self.asked, since, until)
        self.is_cut = False  # some of the words that have a piece were left out

    def found(self, limit: int, *, before: int | None = None, order: Order = "newest") -> Found:
        if self.post is not None:
            return self._at_address(self.post)
        if self.asked.is_unclear and not self.clauses:
            return Found([], 0, notes=self.notes)
        count, more = self.count()
        keys = self.best(limit) if order == "ranked" else self.newest(limit + 1, before=before)
        finds = self.finds()
        hits = [Hit(card, shown_excerpt(card, finds)) for card in cards(keys[:limit]).values()]
        following = keys[limit - 1] if order == "newest" and len(keys) > limit else None
        return Found(hits, count, more, following, self.asked.words, self.notes)

    @property
    def notes(self) -> tuple[str, ...]:
        return notes(self.asked, self.vocabulary.state)

    def _at_address(self, post: int) -> Found:
        return Found([Hit(card, shown_excerpt(card, [])) for card in cards([post]).values()], 1, words=(self.asked.address,))

    def newest(self, limit: int, *, before: int | None = None) -> list[int]:
        high = min(before - 1 if before is not None else index.LAST, self.span.high)
        if self.wanted:
            return self.finder.newest(limit, high=high)
        if self.unwanted:
            return index.newest_without(self._any(self.unwanted), low=self.span.low, high=high, limit=limit)
        return list(self._posts().filter(pk__lte=high).order_by("-pk").values_list("pk", flat=True)[:limit])

    def best(self, limit: int) -> list[int]:
        if not self._words:
            return self.newest(limit)
        return best_first(self.finder.candidates(), self.finds())[:limit]

    def count(self) -> tuple[int, bool]:
        if self.wanted:
            counted, more = self.finder.count()
            return counted, more or (self.is_cut and counted > 0)
        counted = len(self.newest(self.most + 1)) if self.unwanted else self._posts()[: self.most + 1].count()
        return min(counted, self.most), counted > self.most

    def finds(self) -> list[Find]:
        """What to highlight."""
        if not self.wanted:
            return []
        finder = self.finder
        return [atom.find(open=atom in finder.open, inside=finder.is_inside and _may_be_piece(atom)) for atom in self._words]

    @cached_property
    def finder(self) -> Finder:
        """The first reading of the question that finds something; the first of all where none does."""
        last = self._words[-1:] if self.asked.is_open else []
        begun = frozenset(atom for atom in self._words if atom.is_always_open or (atom in last and atom.can_be_open))
        first = self._reading(begun)
        if first.newest(1):
            return first
        beginnings = frozenset(atom for atom in self._words if atom.can_be_open)
        if beginnings - begun and (all_begun := self._reading(beginnings)).newest(1):
            return all_begun
        pieces = self._by_pieces()
        return pieces if pieces and pieces.newest(1) else first

    def _by_pieces(self) -> Finder | None:
        words: dict[Atom, list[str]] = {}
        for atom in filter(_may_be_piece, self._words):
            assert isinstance(atom, Term)
            words[atom] = self.vocabulary.containing(atom.last, PIECES + 1)
            self.is_cut = self.is_cut or len(words[atom]) > PIECES
        if not words or not all(words.values()):
            return None
        begun = frozenset(atom for atom in self._words if atom.can_be_open and atom not in words)

        def write(read: Callable[[Atom], str]) -> str:
            return self._written(lambda atom: atom.any_of(words[atom][:PIECES]) if isinstance(atom, Term) and atom in words else read(atom))

        return Finder(write, begun, (), self.vocabulary, self.span, most=self.most, is_inside=True)

    def _reading(self, open: frozenset[Atom]) -> Finder:
        scanned = [group[0] for clause in self.wanted if len(clause.groups) == 1 for group in clause.groups if len(group) == 1]
        return Finder(self._written, open, [term for term in scanned if isinstance(term, Term)], self.vocabulary, self.span, most=self.most)

    def _written(self, read: Callable[[Atom], str]) -> str:
        """The question in the language of the index."""
        wanted = " AND ".join(f"({self._any([clause], read)})" for clause in self.wanted)
        return f"({wanted}) NOT ({self._any(self.unwanted)})" if self.unwanted else wanted

    def _any(self, clauses: Sequence[Clause], read: Callable[[Atom], str] = lambda atom: atom.expression()) -> str:
        groups = (group for clause in clauses for group in clause.groups)
        return " OR ".join(f"({' AND '.join(map(read, group))})" for group in groups) or NEVER  # type: ignore[arg-type]  # resolved

    @cached_property
    def _words(self) -> list[Atom]:
        """What is wanted and can be seen in a text."""
        atoms = (atom for clause in self.wanted for group in clause.groups for atom in group)
        return [atom for atom in atoms if not isinstance(atom, Person) and atom.text]

    def _posts(self) -> QuerySet[Post]:
        return Post.objects.filter(pk__gte=self.span.low, pk__lte=self.span.high)


def _may_be_piece(atom: Atom) -> bool:
    return isinstance(atom, Term) and atom.spaced and not atom.phrase and len(atom.last) >= SHORTEST_PIECE


def _resolved(clause: Clause) -> Clause:
    groups = tuple(tuple(_person(each) if isinstance(each, Person) else each for each in group) for group in clause.groups)
    return Clause(groups, clause.excluded)


def _person(person: Person) -> Mark:
    """The tags of the accounts that go by this name; where nobody does, a mark that no post has."""
    is_us = person.name.lower() == US
    if not person.to:
        return Mark((OWN,)) if is_us else Mark(tuple(f"a{pk}" for pk in accounts_called(person.name)))
    accounts = Account.objects.filter(is_own=True) if is_us else Account.objects.filter(pk__in=accounts_called(person.name))
    named = {account.handle for account in accounts if account.handle} | ({person.name.removeprefix("@")} - {US, ""})
    return Mark((*(f"r{account.pk}" for account in accounts), *sorted(token(MENTION, handle) for handle in named)))


def accounts_called(name: str) -> Sequence[int]:
    """Accounts with this handle or name, now or formerly; else those whose name has it somewhere."""
    bare = name.strip().removeprefix("@")
    named = Q(handle__iexact=bare) | Q(name__iexact=bare) | Q(former_names__handle__iexact=bare)
    for test in (named, Q(name__icontains=bare)):
        if found := list(Account.objects.filter(test).values_list("pk", flat=True).distinct()[:NAMESAKES]):
            return found
    return []


def _span(asked: Question, since: date | None, until: date | None) -> Span:
    """Keys within the days of the question and those of the filters, whichever are narrower."""
    starts = [day for day in (asked.since, since) if day]
    ends = [day for day in (asked.until, until + timedelta(days=1) if until and until < LATEST else until) if day]
    low = key_at(_midnight(max(starts))) if starts else index.FIRST
    high = key_at(_midnight(min(ends))) - 1 if ends else index.LAST
    return Span(_held(low), _held(high))


def _held(key: int) -> int:
    """The year 1 and the year 9999 lie beyond what a key can hold."""
    return min(max(key, index.FIRST), index.LAST)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(min(max(day, EARLIEST), LATEST), time.min))


def key_at(moment: datetime) -> int:
    """The first key of this millisecond."""
    return int(moment.timestamp() * 1000) << 22
