"""Asking the full-text index, which is SQLite's FTS5: rows are posts by key, newest last.

Answers come newest first, and lazily for words and for beginnings of two and three letters, which the index holds as such. It puts a longer
beginning together in memory from all its words each time, which takes long where it is common: `prefix_scan` goes around that.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import connection

from homespun.conversations.models import EVERYTHING

SHORT = 3  # the longest beginning that the index holds
FIRST, LAST = -(2**63), 2**63 - 1
VOCABULARY = "create virtual table if not exists temp.index_vocabulary using fts5vocab('main', 'conversations_postindex', 'col')"


def newest(expression: str, *, low: int = FIRST, high: int = LAST, limit: int) -> list[int]:
    """Keys of posts, newest first."""
    statement = "select rowid from conversations_postindex where conversations_postindex match ?"
    values: list[str | int] = [expression]
    if (low, high) != (FIRST, LAST):
        statement += " and rowid between ? and ?"
        values += [low, high]
    return [key for (key,) in _rows(f"{statement} order by rowid desc limit ?", [*values, limit])]


def newest_without(expression: str, *, low: int, high: int, limit: int) -> list[int]:
    """Keys of posts that the expression doesn't find, newest first."""
    statement = (
        "select id from conversations_post where id between ? and ? and id not in"
        " (select rowid from conversations_postindex where conversations_postindex match ?) order by id desc limit ?"
    )
    return [key for (key,) in _rows(statement, [low, high, expression, limit])]


class State:
    """How far the index and the list of its words have been built."""

    def __init__(self) -> None:
        row = next(iter(_rows("select complete_from, unlisted_batches from conversations_searchindex")), (EVERYTHING, 0))
        self.complete_from, self.lacks_words = int(row[0]), bool(row[1])

    @property
    def is_complete(self) -> bool:
        return self.complete_from == EVERYTHING


class Vocabulary:
    """The words of the index by how they begin, and by pieces of them."""

    MANY = 500

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    @cached_property
    def state(self) -> State:
        return State()

    def places(self, beginning: str) -> int:
        """In about how many posts words with this beginning are, to judge what looking for it costs. Many words count as many posts."""
        if beginning not in self._counts:
            statement = (
                "select sum(post_count), count(*) from (select post_count from conversations_word where word >= ? and word < ? limit ?)"
            )
            total, words = _rows(statement, [*_range(beginning), self.MANY])[0]
            self._counts[beginning] = LAST if words == self.MANY else total or 0
        return self._counts[beginning]

    def most_common(self, beginning: str, limit: int) -> list[str]:
        """The words with this beginning that are in most posts."""
        statement = "select word from conversations_word where word >= ? and word < ? order by post_count desc limit ?"
        return [word for (word,) in _rows(statement, [*_range(beginning), limit])]

    def containing(self, piece: str, limit: int) -> list[str]:
        """The words that hold these three or more letters, those first that are in most posts."""
        if self.state.lacks_words:
            _rows(VOCABULARY)
            statement = (
                "select term from temp.index_vocabulary where col <> 'tags' and instr(term, ?) group by term order by sum(doc) desc limit ?"
            )
            return [word for (word,) in _rows(statement, [piece, limit])]
        statement = (
            "select w.word from conversations_wordpiece p join conversations_word w on w.id = p.rowid"
            " where conversations_wordpiece match ? order by w.post_count desc limit ?"
        )
        return [word for (word,) in _rows(statement, [f'"{piece}"', limit])]


def _range(beginning: str) -> tuple[str, str]:
    return beginning, f"{beginning}\U0010ffff"


def _rows(statement: str, values: Sequence[str | int | None] = ()) -> list[Any]:
    """From SQLite itself: what Django does around each statement takes longer than many of these do."""
    connection.ensure_connection()
    rows: list[Any] = connection.connection.execute(statement, values).fetchall()
    return rows
