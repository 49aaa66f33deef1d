"""The posts that one reading of a question finds, newest first.

The index puts a beginning of more than three letters together in memory, which takes up to a fifth of a second for one that a tenth of a
million posts have. So the posts with its first three letters are read instead, from the newest down and in growing steps. For a common
beginning, a page is found within a few steps. Whether there are more than are counted, the commonest words that begin so tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from homespun.conversations.queries import index
from homespun.conversations.queries.folding import Find
from homespun.conversations.queries.index import Vocabulary
from homespun.conversations.queries.terms import Atom, Term
from homespun.conversations.queries.texts import folded

STEPS = (60, 200, 600, 1_200)  # posts that are read
COMMON = 30_000  # places of a beginning that takes some six milliseconds to put together
LIKELY = 24  # words that tell how many posts have a common beginning
MOST = 300  # how far is counted
RANKED = 2_000  # how many of the newest are put in order of how well they fit

Write = Callable[[Callable[[Atom], str]], str]  # the question in the language of the index, given how each word of it is written


@dataclass(frozen=True, slots=True)
class Span:
    """Keys from `low` to `high`."""

    low: int = index.FIRST
    high: int = index.LAST


class Finder:
    """A question with certain words read as beginnings."""

    def __init__(
        self,
        write: Write,
        open: frozenset[Atom],
        scanned: Sequence[Term],
        vocabulary: Vocabulary,
        span: Span,
        *,
        most: int = MOST,
        is_inside: bool = False,
    ) -> None:
        self.write, self.open, self.vocabulary, self.span = write, open, vocabulary, span
        self.most = most  # how far is counted
        self.is_inside = is_inside  # words are found by pieces of them
        self.expression = write(self._exactly)
        # Those of the words that must be in every post found, else reading its text would not tell whether it is one.
        self.common = [term for term in scanned if term in open and len(term.last) > index.SHORT and vocabulary.places(term.last) > COMMON]
        self.scans: dict[int, PrefixScan] = {}

    def newest(self, limit: int, *, high: int = index.LAST) -> list[int]:
        high = min(high, self.span.high)
        if self.common:
            scan = self.scans.setdefault(high, self._scan(high))
            if scan.reaches(limit):
                return scan.keys[:limit]
        if high == self.span.high and limit <= self.most + 1:
            return self.first[:limit]
        return index.newest(self.expression, low=self.span.low, high=high, limit=limit)

    def count(self) -> tuple[int, bool]:
        """How many posts there are, up to `most`, and whether there are more."""
        if self.common:
            scan = self.scans.setdefault(self.span.high, self._scan(self.span.high))
            if scan.reaches(1) and scan.is_done:
                return len(scan.keys), False
            if len(self._likely(self.most + 1)) > self.most:
                return self.most, True
        return min(len(self.first), self.most), len(self.first) > self.most

    def candidates(self) -> list[int]:
        """Keys of the newest 2,000; of a common beginning those with its commonest words."""
        if self.common:
            scan = self.scans.setdefault(self.span.high, self._scan(self.span.high))
            if not scan.is_done:
                return sorted({*scan.keys, *self._likely(RANKED)}, reverse=True)[:RANKED]
        return self.newest(RANKED)

    @cached_property
    def first(self) -> list[int]:
        """The newest, one more than are counted: enough for the page and the count."""
        return index.newest(self.expression, low=self.span.low, high=self.span.high, limit=self.most + 1)

    def _likely(self, limit: int) -> list[int]:
        expression = self.write(
            lambda atom: atom.any_of(self.vocabulary.most_common(atom.last, LIKELY)) if atom in self.common else self._exactly(atom)
        )
        return index.newest(expression, low=self.span.low, high=self.span.high, limit=limit)

    def _scan(self, high: int) -> "PrefixScan":
        loose = self.write(
            lambda atom: atom.expression(open=True, last=atom.last[: index.SHORT]) if atom in self.common else self._exactly(atom)
        )
        return PrefixScan(loose, [term.find(open=True) for term in self.common], Span(self.span.low, high))

    def _exactly(self, atom: Atom) -> str:
        return atom.expression(open=atom in self.open)


class PrefixScan:
    """From one key down through all posts that have words with the right three letters."""

    def __init__(self, loose: str, finds: list[Find], span: Span) -> None:
        self.loose, self.finds, self.low, self.high = loose, finds, span.low, span.high
        self.steps = list(STEPS)
        self.keys: list[int] = []
        self.is_done = False  # there are no more

    def reaches(self, limit: int) -> bool:
        """Whether so many are found, or all that there are, within what is worth reading."""
        while not self.is_done and len(self.keys) < limit and self.steps:
            self._read(self.steps.pop(0))
        return self.is_done or len(self.keys) >= limit

    def _read(self, step: int) -> None:
        keys = index.newest(self.loose, low=self.low, high=self.high, limit=step)
        self.is_done = len(keys) < step
        self.high = keys[-1] - 1 if keys else self.low
        texts = folded(keys)
        self.keys += [key for key in keys if all(any(find.spans(texts.get(key, ""))) for find in self.finds)]
