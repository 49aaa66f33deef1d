"""What is rare of a question. Where few posts have it, their texts are read once, and tell all the rest without the index.

To put lists of the index together costs by the longest: milliseconds for each common word. Hence the rarest thing first, or the two
rarest, and what is more common is looked for in the texts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from homespun.conversations.queries import index
from homespun.conversations.queries.index import Narrowing, Vocabulary, Wanted
from homespun.conversations.queries.question import Term
from homespun.conversations.queries.texts import folded

FEW = 400  # posts whose texts are read
OF_TWO = 1_000  # the same, where the database leaves out most of them
FULL = 1  # full pages of what may be in so few
TRIED = 3


@dataclass(frozen=True, slots=True)
class Few:
    """All posts that one thing narrows a search to, with their folded texts."""

    texts: dict[int, str]
    term: Term | None = None  # the beginning that it is; None for what is no word: an author, pictures


def few(terms: tuple[Term, ...], within: Narrowing, vocabulary: Vocabulary) -> Few | None:
    """Of the rarest thing that is asked for. None where it is in many posts, or where nothing else is asked for."""
    if len(terms) + bool(within.expression()) < 2:
        return None
    asked = sorted(_asked(terms, within, vocabulary), key=lambda each: each[:2])
    for _, _, expression, term in (each for each in asked[:TRIED] if each[0] <= FULL):
        if (texts := _texts(expression, within)) is not None:
            return Few(texts, term)
    return None


def few_of_two(wanted: Wanted) -> Few | None:
    """Of the two rarest terms together, where there are more."""
    if len(wanted.terms) < 3:
        return None
    first, second = sorted(range(len(wanted.terms)), key=wanted.rarity)[:2]
    pair = Wanted((wanted.terms[first], wanted.terms[second]), _opened(wanted, first, second), wanted.within, wanted.vocabulary)
    if pair.long():
        return None
    others = [word for term in wanted.terms if term not in pair.terms for word in term.tokens]
    texts = _texts(pair.expression(), wanted.within, OF_TWO, others)
    return Few(texts) if texts is not None else None


def _asked(terms: tuple[Term, ...], within: Narrowing, vocabulary: Vocabulary) -> Iterator[tuple[int, int, str, Term | None]]:
    """How common each is, and how the index is asked for it; of those that are equally rare the longest first."""
    for term in terms:
        alone = Wanted((term,), frozenset({0} if term.can_be_open else ()), within, vocabulary)
        yield alone.rarity(0), -len(term.text), alone.expression(), term
    if narrowed := within.expression():
        tags = [sum(map(vocabulary.pages, within.authors))] if within.authors else []
        yield min([*tags, *map(vocabulary.pages, within.tags)]), 0, " AND ".join(narrowed), None


def _opened(wanted: Wanted, *places: int) -> frozenset[int]:
    return frozenset(here for here, place in enumerate(places) if place in wanted.open)


def _texts(expression: str, within: Narrowing, most: int = FEW, words: Sequence[str] = ()) -> dict[int, str] | None:
    keys = index.newest(expression, low=within.low, high=within.high, limit=most + 1)
    return folded(keys, words) if len(keys) <= most else None
