"""The full-text index as SQLite's FTS5 keeps it: rows are posts by key, newest last. PostgreSQL gets a file of its own beside this one.

Answers come lazily, newest first, for words, and for beginnings of two and three letters, which the index knows as such. A longer
beginning is put together in memory from all its words each time, which costs most where it is common; `search` goes around that.
How common something is tells the number of pages that it fills, which a few looks at the index's own list of pages give.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from homespun.conversations.queries.question import Term

SHORT = 3  # the longest beginning that the index knows
FEW = 24  # words that a long beginning is spelled out to
PAGES = 80  # of a beginning that is put together at once: some thirty thousand posts at most, in six milliseconds
VOCABULARY = "create virtual table if not exists temp.conversations_vocabulary using fts5vocab('main', 'conversations_words', 'instance')"
# From one word to the next by the least text that comes after it: one short look each, without reading where the words stand.
WORDS_FROM = """
with recursive seen(word, until) as (
    select (select term from temp.conversations_vocabulary where term >= beginning limit 1), beginning || char(1114111)
    from (select %s as beginning)
    union all
    select (select term from temp.conversations_vocabulary where term >= word || char(1) limit 1), until from seen where word < until
) select word from seen limit %s
"""
# The index is a few parts, each with its words in order on numbered pages, of which `idx` knows the first word. Words of the
# index proper begin with 0. The page of the last word before a range is where it begins, that of the first behind it where it ended.
FULL_PAGES = """
with recursive part(id) as (
    select min(segid) from conversations_words_idx
    union all
    select (select segid from conversations_words_idx where segid > part.id order by segid limit 1) from part where part.id is not null
) select sum(max(0, coalesce(
    (select pgno from conversations_words_idx where segid = part.id and term >= until order by term limit 1),
    (select max(pgno) from conversations_words_idx where segid = part.id), 0
) / 2 - coalesce((select pgno from conversations_words_idx where segid = part.id and term <= since order by term desc limit 1), 0) / 2 - 1))
from part, (select cast(%s as blob) as since, cast(%s as blob) as until) where part.id is not null
"""
FIRST, LAST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a search keeps to beside its words: alternatives of author tags, other tags, and keys from `low` to `high`."""

    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    low: int = FIRST
    high: int = LAST

    def expression(self) -> list[str]:
        alternatives = [" OR ".join(f'"{tag}"' for tag in self.authors)] if self.authors else []
        return [f"tags : ({each})" for each in (*alternatives, *(f'"{tag}"' for tag in self.tags))]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Terms that must all be there; those at the places in `open` are beginnings."""

    terms: tuple[Term, ...]
    open: frozenset[int]
    within: Narrowing
    vocabulary: "Vocabulary" = field(default_factory=lambda: Vocabulary(), compare=False)

    def expression(self, instead: dict[int, str] | None = None) -> str:
        """In the language of the index. `instead` stands in for terms, by their place."""
        words = [(instead or {}).get(place) or term.expression(open=place in self.open) for place, term in enumerate(self.terms)]
        texts = ["text : ({})".format(" AND ".join(f"({word})" for word in words))] if words else []
        return " AND ".join(texts + self.within.expression())

    def patterns(self) -> list[re.Pattern[str]]:
        """What the terms look like in a folded text."""
        return [term.pattern(open=place in self.open) for place, term in enumerate(self.terms)]

    def long(self) -> list[int]:
        """The places of the common beginnings that are longer than the index knows them."""
        return [place for place in sorted(self.open) if len(last := self.terms[place].last) > SHORT and self.vocabulary.pages(last) > PAGES]

    def rarity(self, place: int) -> int:
        """How much of the index a term fills: the smaller, the rarer."""
        *whole, last = self.terms[place].tokens
        return min([self.vocabulary.pages(last, open=place in self.open), *(self.vocabulary.pages(word, open=False) for word in whole)])

    def loose(self) -> str:
        """The same with long beginnings shortened to what the index knows: finds too much."""
        return self.expression({place: self.shortened(place) for place in self.long()})

    def spelled(self) -> "Spelled":
        """The same with whole words in place of each long beginning that begins but a few words: finds exactly that, and lazily."""
        instead, exact = {}, True
        for place in self.long():
            words = self.vocabulary.words_from(self.terms[place].last)
            exact = exact and words is not None
            instead[place] = self.shortened(place) if words is None else self.terms[place].any_of(words)
        return Spelled(self.expression(instead), exact)

    def shortened(self, place: int) -> str:
        return self.terms[place].expression(open=True, last=self.terms[place].last[:SHORT])


@dataclass(frozen=True, slots=True)
class Spelled:
    expression: str
    exact: bool  # else it finds too much: a beginning of many words was shortened


def newest(expression: str, *, low: int, high: int, limit: int) -> list[int]:
    """Keys of posts, newest first."""
    return _keys(
        "select rowid from conversations_words where conversations_words match %s and rowid between %s and %s order by rowid desc limit %s",
        [expression, low, high, limit],
    )


class Vocabulary:
    """The words of the index by how they begin; each beginning is looked up once."""

    def __init__(self) -> None:
        self.known: dict[str, list[str] | None] = {}
        self.begun: dict[str, bool] = {}
        self.filled: dict[tuple[str, bool], int] = {}

    def begins(self, term: Term) -> bool:
        """Whether any word begins as the last of a term's tokens does; each is looked up once."""
        if not term.spaced or self.filled.get((term.last, True)):
            return True
        if term.last not in self.begun:
            with connection.cursor() as cursor:
                cursor.execute(VOCABULARY)
                cursor.execute("select term from temp.conversations_vocabulary where term >= %s limit 1", [term.last])
                self.begun[term.last] = str((cursor.fetchone() or ("",))[0]).startswith(term.last)
        return self.begun[term.last]

    def pages(self, word: str, *, open: bool = True) -> int:
        """About how many pages of the index a word, or all with this beginning, fill: none, where they are in few posts."""
        if (word, open) not in self.filled:
            since = b"0" + word.encode(errors="surrogatepass")
            with connection.cursor() as cursor:
                cursor.execute(FULL_PAGES, [since, since + (b"\xff" if open else b"\x01")])
                self.filled[word, open] = int(cursor.fetchone()[0] or 0)
        return self.filled[word, open]

    def words_from(self, beginning: str) -> list[str] | None:
        """None where they are more than a few."""
        if beginning not in self.known:
            with connection.cursor() as cursor:
                cursor.execute(VOCABULARY)
                cursor.execute(WORDS_FROM, [beginning, FEW + 1])
                words = [word for (word,) in cursor.fetchall() if word and word.startswith(beginning)]
            self.known[beginning] = words if len(words) <= FEW else None
        return self.known[beginning]


def _keys(statement: str, values: Sequence[str | int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [key for (key,) in cursor.fetchall()]
