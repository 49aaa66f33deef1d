"""What somebody typed, as the clauses and dates that it means. Nothing of it reaches the index as syntax."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from homespun.conversations.queries.index_tokens import LINK, PICTURE
from homespun.conversations.queries.terms import Atom, Mark, Term, atoms, phrase

PIECES = re.compile(r'(-?)(?:([A-Za-z]+):)?"([^"]*)"?|(\S+)')
OPERATOR = re.compile(r"([A-Za-z][A-Za-z_]*):(?!//)(\S+)")
ADDRESS = re.compile(r"\w+://\S+")
DAY = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?")
HAS = {name: PICTURE for name in ("picture", "pictures", "photo", "image", "images", "media", "video")} | {"link": LINK, "links": LINK}
FIRST_DAY, DAY_AFTER = ("since", "after"), ("until", "before")
TOO_MANY = 32  # words and operators; what comes after them is left out


class Unclear(Enum):
    """Why a part of a question was not understood."""

    OPERATOR = "operator"
    DAY = "day"
    HAS = "has"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Person:
    """Posts `from` an account, or `to` one. Who goes by the name is looked up when the search is made."""

    to: bool
    name: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A post has all of any one of these groups, or of none of them where the clause is `excluded`."""

    groups: tuple[tuple[Atom | Person, ...], ...]
    excluded: bool = False


@dataclass(slots=True)
class Question:
    clauses: list[Clause] = field(default_factory=list)
    is_open: bool = False  # the last word may be a beginning
    since: date | None = None  # the first day
    until: date | None = None  # the day after the last
    address: str = ""  # where nothing but one was given: it may be that of a post
    unclear: list[tuple[Unclear, str]] = field(default_factory=list)
    text: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for, as it was typed."""
        wanted = (atom for clause in self.clauses if not clause.excluded for group in clause.groups for atom in group)
        return tuple(atom.shown for atom in wanted if not isinstance(atom, Person) and atom.shown)

    @property
    def is_empty(self) -> bool:
        return not self.clauses and self.since is None and self.until is None

    @property
    def is_unclear(self) -> bool:
        """Something was typed, and nothing of it can be looked for."""
        return bool(self.text) and self.is_empty

    def without_lone_letter(self) -> "Question":
        """Without a single letter at the end, with which another word is just beginning."""
        last = self.clauses[-1] if self.clauses else None
        if not self.is_open or last is None or len(last.groups) > 1 or len(last.groups[0]) > 1:
            return self
        term = last.groups[0][0]
        if isinstance(term, Term) and term.spaced and not term.phrase and len(term.text) == 1 and not term.text.isdigit():
            return Question(self.clauses[:-1], False, self.since, self.until, "", self.unclear, self.text)
        return self


def question(text: str) -> Question:
    """Read what was typed. What it may hold is described in docs/search.md."""
    asked = Question(text=text.strip())
    if ADDRESS.fullmatch(asked.text):
        asked.address = asked.text
    joins = False  # by OR, with the clause before
    for piece in PIECES.finditer(text):
        if piece[4] in ("OR", "AND"):
            joins = piece[4] == "OR" and bool(asked.clauses)
            continue
        clause = _quoted(asked, piece) if piece[3] is not None else _word(asked, piece[4])
        if clause is not None and clause.groups:
            _add(asked, clause, joins)
            asked.is_open = piece[3] is None and piece.end() == len(text) and not clause.excluded
        joins = False
    if len(asked.clauses) > TOO_MANY:
        asked.clauses, asked.is_open = asked.clauses[:TOO_MANY], False
        asked.unclear.append((Unclear.TOO_MANY, ""))
    return asked


def _add(asked: Question, clause: Clause, joins: bool) -> None:
    if joins and not clause.excluded and not asked.clauses[-1].excluded:
        clause = Clause((*asked.clauses.pop().groups, *clause.groups))
    asked.clauses.append(clause)


def _quoted(asked: Question, piece: re.Match[str]) -> Clause | None:
    excluded, name, words = bool(piece[1]), (piece[2] or "").lower(), piece[3]
    if name in ("from", "to"):
        return Clause(((Person(name == "to", words),),) if words.strip() else (), excluded)
    if name:
        asked.unclear.append((Unclear.OPERATOR, name))
    found = (*(atoms(name) if name else ()), *phrase(words))
    return Clause((found,) if found else (), excluded)


def _word(asked: Question, word: str) -> Clause | None:
    excluded = len(word) > 1 and word[0] == "-" and word[1] != "-"
    bare = word[1:] if excluded else word
    if (operator := OPERATOR.fullmatch(bare)) and (understood := _operator(asked, operator[1].lower(), operator[2])) is not None:
        return Clause(understood, excluded) if understood else None
    found = atoms(bare)
    return Clause((found,) if found else (), excluded)


Groups = tuple[tuple[Atom | Person, ...], ...]


def _operator(asked: Question, name: str, value: str) -> Groups | None:
    """What an operator asks for: nothing where it is a date, None where it is to be read as words."""
    if name in ("from", "to"):
        return ((Person(name == "to", value),),)
    if name == "has" and value.lower() in HAS:
        return ((Mark((HAS[value.lower()],)),),)
    if name in FIRST_DAY or name in DAY_AFTER:
        if (day := _day(value)) is None:
            asked.unclear.append((Unclear.DAY, f"{name}:{value}"))
        elif name in FIRST_DAY:
            asked.since = day
        else:
            asked.until = day
        return ()
    asked.unclear.append((Unclear.HAS, value) if name == "has" else (Unclear.OPERATOR, name))
    return () if name == "has" else None


def _day(text: str) -> date | None:
    """A day; of a year or a month alone its first."""
    match = DAY.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None
    except ValueError:
        return None
