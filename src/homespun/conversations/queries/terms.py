"""What a search is made of: words that stand together, and marks such as hashtags, emoji, authors and pictures."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from homespun.conversations.queries.folding import WORD, Find, FindPattern, FindWord, fold
from homespun.conversations.queries.index_tokens import (
    EMOJIS,
    HASHTAG,
    MENTION,
    MENTIONED,
    NAMED,
    SELECTORS,
    TAGGED,
    emoji_tokens,
    name_token,
    token,
)
from homespun.conversations.words import UNSPACED, cut, written

NEVER = '"no0post0has0this"'
EDGES = re.compile(r"^[\W_]+|[\W_]+$")
ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://(?:www\.)?|www\.)(\S+)", re.IGNORECASE)
# A status of X has several addresses; its number is in all of them.
STATUS = re.compile(r"(?:mobile\.|m\.)?(?:twitter|x)\.com/(?:i/web|[^/\s]+)/(status(?:es)?/\d+)", re.IGNORECASE)
AFTER_A_MARK = ",.;:!?)"


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together. `text` is what is highlighted; a `phrase` was typed in quotes and is never read as a beginning."""

    text: str
    tokens: tuple[str, ...]
    phrase: bool = False
    spaced: bool = True  # of a script with spaces between its words

    @property
    def last(self) -> str:
        return self.tokens[-1]

    @property
    def shown(self) -> str:
        return written(self.text)

    @property
    def can_be_open(self) -> bool:
        """Whether it can be read as a beginning. Of scripts without spaces the index holds pairs of signs, and one sign begins a pair."""
        return not self.phrase and (len(self.last) > 1 if self.spaced else len(self.text) == 1)

    @property
    def is_always_open(self) -> bool:
        return self.can_be_open and not self.spaced

    def expression(self, *, open: bool = False, last: str = "") -> str:
        """In the language of the index; an open term is a beginning. `last` takes the place of the last token."""
        tokens = [*self.tokens[:-1], last or self.last]
        return "{text more} : (" + " + ".join(f'"{token}"' for token in tokens) + (" *)" if open else ")")

    def any_of(self, words: Iterable[str]) -> str:
        """The same with each of these whole words in place of its last token."""
        phrases = (" + ".join(f'"{token}"' for token in (*self.tokens[:-1], word)) for word in words)
        return f"{{text more}} : ({' OR '.join(phrases) or NEVER})"

    def find(self, *, open: bool = False, inside: bool = False) -> Find:
        """What it looks like in a folded text."""
        if inside or not self.spaced:
            return FindWord(self.text, inside=True)
        if len(self.tokens) == 1:
            return FindWord(self.last, open=open)
        together = r"[\W_]+".join(map(re.escape, self.tokens))
        return FindPattern(re.compile(rf"(?<![^\W_]){together}" + (r"[^\W_]*" if open else r"(?![^\W_])")))


@dataclass(frozen=True, slots=True)
class Mark:
    """Any of these tokens in the column of tags: a hashtag, a mention, an emoji, "C++", an author, a picture, a link."""

    tokens: tuple[str, ...]
    text: str = ""  # what is highlighted, folded; nothing for what is not in the text
    can_be_open: bool = False
    is_always_open: bool = False

    @property
    def shown(self) -> str:
        return self.text

    def expression(self, *, open: bool = False) -> str:
        star = " *" if open else ""
        return "tags : (" + (" OR ".join(f'"{token}"{star}' for token in self.tokens) or NEVER) + ")"

    def find(self, *, open: bool = False, inside: bool = False) -> Find:
        if open or not self.text[-1:].isalnum():
            return FindWord(self.text, inside=True)
        return FindPattern(re.compile(re.escape(self.text) + r"(?![^\W_])"))


Atom = Term | Mark


def atoms(word: str) -> tuple[Atom, ...]:
    """What one word of a question asks for; all of them together."""
    if mark := _mark(word) or _mark(word.rstrip(AFTER_A_MARK)):
        return (mark,)
    if address := ADDRESS.fullmatch(word):
        return terms(_bare_address(address[1]))
    found: list[Atom] = []
    here = 0
    for emoji in EMOJIS.finditer(word):
        found += terms(word[here : emoji.start()])
        found.append(_emoji(emoji[0]))
        here = emoji.end()
    return (*found, *terms(word[here:]))


def phrase(text: str) -> tuple[Atom, ...]:
    """What words in quotes ask for. Emoji are looked for anywhere in the post."""
    words = EMOJIS.sub(" ", text)
    return (*terms(words, phrase=True), *(_emoji(emoji[0]) for emoji in EMOJIS.finditer(text)))


def _mark(word: str) -> Mark | None:
    if match := TAGGED.fullmatch(word):
        return Mark((token(HASHTAG, match[1]),), fold(word), can_be_open=True)
    if match := MENTIONED.fullmatch(word):
        return Mark((token(MENTION, match[1]),), fold(word), can_be_open=True)
    if match := NAMED.fullmatch(word):
        return Mark((name_token(match),), fold(word))
    return None


def _emoji(emoji: str) -> Mark:
    return Mark(emoji_tokens(emoji)[:1], fold(emoji).strip(SELECTORS))


def _bare_address(address: str) -> str:
    """An address without what differs between two ways to write it: its scheme, www, a slash at the end, the host of a status of X."""
    status = STATUS.match(address)
    return status[1] if status else address.rstrip("/")


def terms(text: str, *, phrase: bool = False) -> tuple[Term, ...]:
    """One term for what stands together; a run of a script without spaces is a term of its own."""
    found: list[Term] = []
    here = 0
    folded = fold(text)
    for run in UNSPACED.finditer(folded):
        found += _spaced(folded[here : run.start()], phrase=phrase)
        found += _unspaced(run[0], phrase=phrase)
        here = run.end()
    return (*found, *_spaced(folded[here:], phrase=phrase))


def _spaced(text: str, *, phrase: bool) -> Iterator[Term]:
    if tokens := tuple(WORD.findall(text)):
        yield Term(EDGES.sub("", text), tokens, phrase)


def _unspaced(run: str, *, phrase: bool) -> Iterator[Term]:
    """The index holds a run as its pairs of signs, and its last sign alone, which is no part of what goes on after it."""
    pairs = cut(run).split()
    if tokens := tuple(pair for pair in pairs[:-1] or pairs if WORD.search(pair)):
        yield Term(run, tokens, phrase, spaced=False)
