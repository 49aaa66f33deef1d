"""How a search answers before one has typed on: newest first, in growing steps, reading only as far as it must.

Where a beginning is longer than the index knows, its first three letters are walked and the texts are read. A common beginning
is found within a few steps; one that is not is rare, and then asking the index for all of it is cheap.
"""

import re
from collections.abc import Sequence
from functools import cached_property

from homespun.conversations.queries import index
from homespun.conversations.queries.index import Spelled, Wanted
from homespun.conversations.queries.scarce import Few, few_of_two
from homespun.conversations.queries.texts import folded

STEPS = (60, 200)
FURTHER = 600
FEWEST = 20  # found on a walk: enough to know how a beginning goes on
RARE = 20  # less than one in so many: ask the index instead
MOST = 1_000  # how far is counted
BEGUN = 100  # the same while the word that is being typed is still a common beginning
READ = 2_000  # posts that are read to count them, before the index is asked for a whole beginning
DEARER = 30  # the texts of the posts of a page cost so many times what a page of a beginning costs
RANKED = 2_000  # how many of the newest are put in order of how well they fit


class Finder:
    """One way of understanding a question, asked of the index."""

    def __init__(self, wanted: Wanted, few: Few | None = None, *, typing: bool) -> None:
        self.wanted, self.few, self.typing = wanted, few or few_of_two(wanted), typing
        self.low, self.high = wanted.within.low, wanted.within.high
        self.walks: dict[int, Walk] = {}
        self.held: dict[str, list[int]] = {}  # by expression the newest that it finds, one more than are counted
        self.long = wanted.long() if self.few is None else []
        self.most = BEGUN if typing and self.long else MOST

    def newest(self, limit: int, *, high: int = index.LAST) -> list[int]:
        """Keys of posts up to `high`, newest first; while somebody is typing, as far as a short look goes."""
        high = min(high, self.high)
        if not self.long or self.wanted.expression() in self.held:
            return self.keys(self.wanted.expression(), high, limit)
        walk = self.walk(high, 1)
        if walk.is_done or len(walk.keys) >= limit:
            return walk.keys[:limit]
        if self.spelled.exact:
            return self.keys(self.spelled.expression, high, limit)
        walk.go(limit)
        walk.go_further(self.spelled.expression, limit)
        if walk.is_done or len(walk.keys) >= limit or self.typing:
            return walk.keys[:limit]
        return self.keys(self.wanted.expression(), high, limit)

    def count(self) -> tuple[int, bool]:
        """How many posts there are, exact to `most`, and whether there are more; while somebody is typing, at least so many."""
        if not self.long:
            return self.capped(self.counted(self.wanted.expression()))
        walk = self.walk(self.high, 1)
        if walk.is_done:
            return self.capped(len(walk.keys))
        if self.spelled.exact:
            return self.capped(self.counted(self.spelled.expression))
        found = self.counted(walk.seen()) if walk.words else 0
        if found > self.most:
            return self.capped(found)
        if self.typing:
            return min(max(found, len(walk.keys)), self.most), True
        if self.reading_is_cheaper():
            walk.go_to_the_end(READ)
        return self.capped(len(walk.keys) if walk.is_done else self.counted(self.wanted.expression()))

    def capped(self, found: int) -> tuple[int, bool]:
        return min(found, self.most), found > self.most

    def best(self, limit: int) -> list[int]:
        """Of the newest 2,000, the keys of those whose texts the words make most of (BM25; all have all words, so none is rarer)."""
        keys, terms = self.many(), self.wanted.patterns()
        texts = folded(keys) if self.few is None else {key: self.few.texts[key] for key in keys}
        usual = sum(map(len, texts.values())) / max(len(texts), 1)
        scores = {
            key: sum(weight(sum(1 for _ in term.finditer(text)), len(text) / usual) for term in terms)
            for key, text in texts.items()
            if text
        }
        return sorted(scores, key=lambda key: (-scores[key], -key))[:limit]

    def many(self) -> list[int]:
        """Keys of the newest 2,000; of a common beginning those with the words that were seen to go on from it in the newest."""
        if self.long:
            walk = self.walk(self.high, MOST)
            if not walk.is_done and len(walk.keys) >= FEWEST:
                return sorted({*walk.keys, *self.keys(walk.seen(), self.high, RANKED)}, reverse=True)[:RANKED]
        return self.newest(RANKED)

    def reading_is_cheaper(self) -> bool:
        """Whether to read all posts with another term costs less than to put a common beginning together."""
        rarity = {place: self.wanted.rarity(place) for place in range(len(self.wanted.terms))}
        others = rarity.keys() - set(self.long)
        return bool(others) and min(rarity[place] for place in others) * DEARER < min(rarity[place] for place in self.long)

    @cached_property
    def spelled(self) -> Spelled:
        return self.wanted.spelled()

    def keys(self, expression: str, high: int, limit: int) -> list[int]:
        if self.few is not None:
            return [key for key in self.fitting if key <= high][:limit]
        if high < self.high or limit > self.most + 1:
            return index.newest(expression, low=self.low, high=high, limit=limit)
        if expression not in self.held:
            self.held[expression] = index.newest(expression, low=self.low, high=high, limit=self.most + 1)
        return self.held[expression][:limit]

    def counted(self, expression: str) -> int:
        return len(self.keys(expression, self.high, self.most + 1))

    @cached_property
    def fitting(self) -> list[int]:
        """Of few posts those that have all terms, newest first."""
        terms, texts = self.wanted.patterns(), self.few.texts if self.few else {}
        return sorted((key for key, text in texts.items() if all(term.search(text) for term in terms)), reverse=True)

    def walk(self, high: int, limit: int) -> "Walk":
        """The walk down from `high`, as far as it takes to find `limit` posts; goes on where it stopped."""
        walk = self.walks.setdefault(high, Walk(self.wanted, high))
        walk.go(limit)
        return walk


def weight(times: int, length: float) -> float:
    """What a word tells that stands so many times in a text of that length (1 is usual)."""
    return times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length))


class Walk:
    """From one key down through all that begin with the right three letters."""

    def __init__(self, wanted: Wanted, high: int) -> None:
        self.wanted, self.low, self.high = wanted, wanted.within.low, high
        self.loose = wanted.loose()
        self.finds = {place: wanted.terms[place].pattern(open=True) for place in wanted.long()}
        self.keys: list[int] = []
        self.words: dict[int, set[str]] = {}  # by place of the term, how it went on
        self.steps = list(STEPS)
        self.further = FURTHER
        self.is_done = False  # nothing more is there

    def go(self, limit: int) -> None:
        while self.steps and not self.is_done and len(self.keys) < limit:
            step = self.steps.pop(0)
            if self.step(self.loose, step) * RARE < step:
                self.steps = []

    def go_to_the_end(self, most: int) -> None:
        """To the last post, if that takes no more than one step of `most`."""
        if not self.is_done:
            self.step(self.loose, most)

    def go_further(self, expression: str, limit: int) -> None:
        """Once more, and a long step, with what finds less in vain."""
        if self.further and not self.is_done and len(self.keys) < limit:
            self.step(expression, self.further)
            self.further = 0

    def step(self, expression: str, step: int) -> int:
        keys = index.newest(expression, low=self.low, high=self.high, limit=step)
        self.is_done = len(keys) < step
        self.high = keys[-1] - 1 if keys else self.low
        return self.read(keys)

    def read(self, keys: Sequence[int]) -> int:
        texts, before = folded(keys, [self.wanted.terms[place].last for place in self.finds]), len(self.keys)
        for key in (key for key in keys if key in texts):
            matches = {place: find.search(texts[key]) for place, find in self.finds.items()}
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
