"""How a search answers before one has typed on: newest first, in growing steps, reading only as far as it must.

Where a beginning is longer than the index knows, its first three letters are walked and the texts are read. A common beginning
is found within a few steps; one that is not is rare, and then asking the index for all of it is cheap.
"""

import re
from collections.abc import Sequence
from functools import cached_property

from django.db import connection

from homespun.conversations.queries import index
from homespun.conversations.queries.folding import fold
from homespun.conversations.queries.index import Wanted

STEPS = (100, 300)
RARE = 20  # less than one in so many: ask the index instead
MOST = 1_000  # how far is counted
RANKED = 2_000  # how many of the newest are put in order of how well they fit


class Finder:
    """One way of understanding a question, asked of the index."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.low, self.high = wanted.within.low, wanted.within.high
        self.walks: dict[int, Walk] = {}

    def newest(self, limit: int, *, high: int = index.LAST) -> list[int]:
        """Keys of posts up to `high`, newest first."""
        high = min(high, self.high)
        if self.wanted.long():
            walk = self.walk(high, limit)
            if walk.is_done or len(walk.keys) >= limit:
                return walk.keys[:limit]
        return index.newest(self.exact, low=self.low, high=high, limit=limit)

    def count(self) -> tuple[int, bool]:
        """How many posts there are, exact to 1,000, and whether there are more."""
        found = 0
        if self.wanted.long():
            walk = self.walk(self.high, 1)
            if walk.is_done:
                return min(len(walk.keys), MOST), len(walk.keys) > MOST
            found = self.counted(walk.seen()) if walk.words else 0
        if found <= MOST:
            found = self.counted(self.exact)
        return min(found, MOST), found > MOST

    def best(self, limit: int) -> list[int]:
        """Of the newest 2,000, the keys of those that fit best."""
        window = index.newest(self.exact, low=self.low, high=self.high, limit=RANKED)
        return index.best(self.exact, low=window[-1], high=self.high, limit=limit) if window else []

    @cached_property
    def exact(self) -> str:
        return self.wanted.tight()

    def counted(self, expression: str) -> int:
        return index.count(expression, low=self.low, high=self.high, limit=MOST + 1)

    def walk(self, high: int, limit: int) -> "Walk":
        """The walk down from `high`, as far as it takes to find `limit` posts; goes on where it stopped."""
        walk = self.walks.setdefault(high, Walk(self.wanted, high))
        walk.go(limit)
        return walk


class Walk:
    """From one key down through all that begin with the right three letters."""

    def __init__(self, wanted: Wanted, high: int) -> None:
        self.wanted, self.low, self.high = wanted, wanted.within.low, high
        self.loose = wanted.loose()
        self.finds = {place: wanted.terms[place].pattern(open=True) for place in wanted.long()}
        self.keys: list[int] = []
        self.words: dict[int, set[str]] = {}  # by place of the term, how it went on
        self.steps = list(STEPS)
        self.is_done = False  # nothing more is there

    def go(self, limit: int) -> None:
        while self.steps and not self.is_done and len(self.keys) < limit:
            step = self.steps.pop(0)
            keys = index.newest(self.loose, low=self.low, high=self.high, limit=step)
            found = self.read(keys)
            self.is_done = len(keys) < step
            if found * RARE < step:
                self.steps = []
            self.high = keys[-1] - 1 if keys else self.low

    def read(self, keys: Sequence[int]) -> int:
        texts, before = folded(keys), len(self.keys)
        for key in keys:
            matches = {place: find.search(texts.get(key, "")) for place, find in self.finds.items()}
            if all(matches.values()):
                self.keys.append(key)
                for place, match in matches.items():
                    self.words.setdefault(place, set()).add(match[0] if match else "")
        return len(self.keys) - before

    def seen(self) -> str:
        """The question with those whole words in place of each long beginning that were seen on the way."""
        instead = {}
        for place in self.wanted.long():
            lasts = {re.split(r"[\W_]+", match)[-1] for match in self.words[place]}
            instead[place] = self.wanted.terms[place].any_of(sorted(lasts))
        return self.wanted.expression(instead)


def folded(keys: Sequence[int]) -> dict[int, str]:
    """The texts of posts as they are compared."""
    with connection.cursor() as cursor:
        cursor.execute(f"select id, text from conversations_post where id in ({','.join(map(str, keys))})")
        return {key: fold(text) for key, text in cursor.fetchall()}
