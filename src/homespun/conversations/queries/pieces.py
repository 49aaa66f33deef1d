"""Looking inside words, when neither whole words nor beginnings find anything: `ltimos` in "últimos"."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from django.db import connection

from homespun.conversations.queries import index
from homespun.conversations.queries.folding import fold
from homespun.conversations.queries.index import Narrowing, Vocabulary, Wanted
from homespun.conversations.queries.question import Term
from homespun.conversations.queries.scarce import Few
from homespun.conversations.queries.texts import ROUGH, folded

FAR, NEAR = 400, 200  # posts that are read at most: for a question that has been asked, for one that is being typed
EACH = 200  # posts that are read for one choice of terms
NEWEST = 4_000  # posts that the database looks through where no term begins any word
ROUGHLY = """
select id, text from (select id, text from conversations_post where id between %s and %s order by id desc limit %s) as newest
where {} order by id desc limit %s
"""
CHOICES = 6
RARE = 4  # pages of what is in some two thousand posts at most


@dataclass(slots=True)
class Inside:
    """Posts that have all terms somewhere inside. Candidates are those that the other terms, taken as beginnings, find."""

    terms: tuple[Term, ...]
    within: Narrowing
    vocabulary: Vocabulary
    few: Few | None  # what has been read already
    typing: bool
    reads: int = 0  # how many posts may still be read

    def __post_init__(self) -> None:
        self.reads = NEAR if self.typing else FAR

    def keys(self) -> list[int]:
        """Newest first, as far as was read."""
        if self.few:
            found = {key for key, text in self.few.texts.items() if self.has_all(text)}
            if found or not self.few.term:
                return sorted(found, reverse=True)
        known = [term for term in self.terms if self.is_known(term)]
        for size in range(min(len(known), max(len(self.terms) - 1, 1)), 0, -1):
            found = {key for chosen in islice(self.choices(known, size), CHOICES) for key in self.among(chosen)}
            if found or self.reads <= 0:
                return sorted(found, reverse=True)
        return [] if known or (self.few and self.few.texts) else list(self.anywhere())

    def is_known(self, term: Term) -> bool:
        """Whether something begins with it that has not been read yet."""
        is_read = self.few is not None and term == self.few.term
        return not is_read and (len(term.text) > 1 or not term.spaced) and self.vocabulary.begins(term)

    def choices(self, known: list[Term], size: int) -> Iterator[tuple[Term, ...]]:
        """One term alone is left out where many posts have it and others are known: the newest of them hardly have pieces of the others."""
        for chosen in combinations(known, size):
            if size > 1 or len(known) == 1 or self.vocabulary.pages(chosen[0].last) <= RARE:
                yield chosen

    def among(self, chosen: tuple[Term, ...]) -> list[int]:
        limit = min(EACH, self.reads)
        if limit <= 0:
            return []
        wanted = Wanted(chosen, frozenset(range(len(chosen))), self.within, self.vocabulary)
        expression = wanted.loose() if self.typing else wanted.spelled().expression
        keys = index.newest(expression, low=self.within.low, high=self.within.high, limit=limit)
        self.reads -= len(keys)
        texts = folded(keys, [term.text for term in self.terms if term not in chosen])
        return [key for key in keys if self.has_all(texts.get(key, ""))]

    def anywhere(self) -> Iterator[int]:
        """No term begins any word: read the newest posts themselves."""
        if narrowed := self.within.expression():
            keys = index.newest(" AND ".join(narrowed), low=self.within.low, high=self.within.high, limit=min(EACH, self.reads))
            yield from (key for key, text in sorted(folded(keys).items(), reverse=True) if self.has_all(text))
            return
        likes = [f"%{term.text}%" for term in self.terms]
        with connection.cursor() as cursor:
            statement = ROUGHLY.format(" and ".join([ROUGH] * len(likes)))
            cursor.execute(statement, [self.within.low, self.within.high, NEWEST, *likes, FAR])
            yield from (key for key, text in cursor.fetchall() if self.has_all(fold(text)))

    def has_all(self, text: str) -> bool:
        return all(term.text in text for term in self.terms)
