"""Looking inside words, when neither whole words nor beginnings find anything: `ltimos` in "últimos"."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from django.db import connection

from homespun.conversations.queries import index
from homespun.conversations.queries.folding import fold
from homespun.conversations.queries.index import Narrowing, Vocabulary, Wanted
from homespun.conversations.queries.question import Term
from homespun.conversations.queries.walking import ROUGH, folded

FAR, NEAR = 400, 200  # posts that are read at most: for a question that has been asked, for one that is being typed
EACH = 200  # posts that are read for one choice of terms
NEWEST = 4_000  # posts that the database looks through where no term begins any word
ROUGHLY = """
select id, text from (select id, text from conversations_post where id between %s and %s order by id desc limit %s) as newest
where {} order by id desc limit %s
"""
CHOICES = 24


@dataclass(slots=True)
class Inside:
    """Posts that have all terms somewhere inside. Candidates are those that the other terms, taken as beginnings, find."""

    terms: tuple[Term, ...]
    within: Narrowing
    vocabulary: Vocabulary
    reads: int  # how many posts may still be read

    def keys(self) -> list[int]:
        """Newest first, as far as was read."""
        known = [term for term in self.terms if (len(term.text) > 1 or not term.spaced) and self.vocabulary.begins(term)]
        for size in range(min(len(known), max(len(self.terms) - 1, 1)), 0, -1):
            found = {key for chosen in islice(combinations(known, size), CHOICES) for key in self.among(chosen)}
            if found or self.reads <= 0:
                return sorted(found, reverse=True)
        return [] if known else list(self.anywhere())

    def among(self, chosen: tuple[Term, ...]) -> list[int]:
        limit = min(EACH, self.reads)
        if limit <= 0:
            return []
        expression = Wanted(chosen, frozenset(range(len(chosen))), self.within, self.vocabulary).spelled().expression
        keys = index.newest(expression, low=self.within.low, high=self.within.high, limit=limit)
        self.reads -= len(keys)
        texts = folded(keys)
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
