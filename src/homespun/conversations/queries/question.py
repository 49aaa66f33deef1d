"""What somebody typed, as the terms and filters that it means. Nothing of it reaches the index as syntax."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from homespun.conversations.queries.folding import WORD, fold
from homespun.conversations.words import UNSPACED, cut, written

PIECES = re.compile(r'"([^"]*)"?|(\S+)')
EDGES = re.compile(r"^[\W_]+|[\W_]+$")
ADDRESS = re.compile(r"\w+://\S+")
NAMED = re.compile(r"(from|after|before):(\S+)", re.IGNORECASE)
NEVER = '"\U0010ffff"'
TOO_MANY = 16  # terms; what comes after them is not looked for


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that stand together. `text` is what is highlighted; one of a `phrase` stays as it was typed."""

    text: str
    tokens: tuple[str, ...]
    phrase: bool = False
    spaced: bool = True  # of a script with spaces between its words

    @property
    def last(self) -> str:
        return self.tokens[-1]

    @property
    def can_be_open(self) -> bool:
        """Whether it can be taken as a beginning; of scripts without spaces the index knows pairs of signs, and one sign begins a pair."""
        return not self.phrase and (len(self.last) > 1 if self.spaced else len(self.text) == 1)

    def expression(self, *, open: bool, last: str = "") -> str:
        """In the language of the index; an open one is a beginning. `last` stands in for the last token."""
        tokens = [*self.tokens[:-1], last or self.last]
        return " + ".join(f'"{token}"' for token in tokens) + (" *" if open else "")

    def any_of(self, words: Iterable[str]) -> str:
        """The same with each of these whole words in place of its last token; something that is never found where there are none."""
        return " OR ".join(f"({self.expression(open=False, last=word)})" for word in words) or NEVER

    def pattern(self, *, open: bool, inside: bool = False) -> re.Pattern[str]:
        """What it looks like in a folded text. The letters stand first, so that a search leaps to them, and then looks back."""
        if inside or not self.spaced:
            return re.compile(re.escape(self.text))
        first, *others = map(re.escape, self.tokens)
        together = r"[\W_]+".join([rf"{first}(?<![^\W_]{first})", *others])
        return re.compile(together + (r"[^\W_]*" if open else r"(?![^\W_])"))


@dataclass(frozen=True, slots=True)
class Question:
    terms: tuple[Term, ...] = ()
    is_open: bool = False  # the last term may be a beginning
    author: str = ""
    since: date | None = None
    until: date | None = None
    address: str = ""  # of a post, where nothing but one was given
    is_unclear: bool = False  # something was typed, and nothing of it can be looked for

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(written(term.text) for term in self.terms)


def question(text: str) -> Question:
    """Read what was typed: words, "words together", from:@handle, after:2019-01-01, before:2020-01-01, or the address of a post."""
    if ADDRESS.fullmatch(text.strip()):
        return Question(address=text.strip())
    asked = Question()
    for match in PIECES.finditer(text):
        together, word = match[1], match[2]
        if together is not None:
            asked = replace(asked, terms=asked.terms + _terms(together, phrase=True), is_open=False)
        elif (named := NAMED.fullmatch(word)) and (narrowed := _narrowed(asked, named[1].lower(), named[2])):
            asked = narrowed
        else:
            asked = replace(asked, terms=asked.terms + _terms(word), is_open=not text[match.end() :])
    asked = replace(asked, terms=_worth_looking_for(asked.terms, is_open=asked.is_open))
    return replace(asked, is_unclear=bool(text.strip()) and asked == Question(is_open=asked.is_open))


def _narrowed(asked: Question, name: str, value: str) -> Question | None:
    if name == "from":
        return replace(asked, author=value)
    try:
        day = date.fromisoformat(value)
        return replace(asked, since=day) if name == "after" else replace(asked, until=day - timedelta(days=1))
    except (ValueError, OverflowError):
        return None


def _terms(text: str, *, phrase: bool = False) -> tuple[Term, ...]:
    """One term for what stands together; a run of a script without spaces is a term of its own."""
    terms: list[Term] = []
    here = 0
    folded = fold(text)
    for run in UNSPACED.finditer(folded):
        terms += _spaced(folded[here : run.start()], phrase=phrase)
        terms += _unspaced(run[0], phrase=phrase)
        here = run.end()
    return (*terms, *_spaced(folded[here:], phrase=phrase))


def _spaced(text: str, *, phrase: bool) -> list[Term]:
    tokens = tuple(WORD.findall(text))
    return [Term(EDGES.sub("", text), tokens, phrase)] if tokens else []


def _unspaced(run: str, *, phrase: bool) -> list[Term]:
    """The index knows a run by its pairs of signs, and its last sign alone, which is none of what goes on."""
    pairs = cut(run).split()
    tokens = tuple(pair for pair in pairs[:-1] or pairs if WORD.search(pair))
    return [Term(run, tokens, phrase, spaced=False)] if tokens else []


def _worth_looking_for(terms: tuple[Term, ...], *, is_open: bool) -> tuple[Term, ...]:
    """Without a lone letter that is still being typed."""
    if is_open and terms and terms[-1].spaced and len(terms[-1].tokens) == 1 and len(terms[-1].last) == 1 and not terms[-1].last.isdigit():
        terms = terms[:-1]
    return terms[:TOO_MANY]
