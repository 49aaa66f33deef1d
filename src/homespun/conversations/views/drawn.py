"""A conversation's lines with all that its page shows beside the shape: cards, ghosts, and what is new."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from homespun.conversations.models import Absence, Mention
from homespun.conversations.queries import Card, Key, Shape, cards
from homespun.conversations.queries.lacking import absences
from homespun.conversations.queries.lines import Cut, Line, Row
from homespun.conversations.queries.mentions import of_posts
from homespun.conversations.queries.reading import STATUS
from homespun.people.models import Account

SNOWFLAKE = 1288834974657  # ms since 1970 of the first id of X that tells its own time
OLDEST = 30_000_000_000  # the last id before that

Stands = Mapping[int, Collection[int]]
NONE: Stands = {}


@dataclass(frozen=True, slots=True)
class DrawnGhost:
    """What is known of a post that is not here."""

    uri: str
    author: Account | None
    published: datetime | None
    why: str  # of Absence; "" where nobody has asked for it
    asked: datetime | None
    again: datetime | None  # when it is asked for again by itself
    network: str


@dataclass(frozen=True, slots=True)
class Parent:
    """A post that is answered further down than right below it."""

    key: Key
    author: Account | None
    published: datetime | None


@dataclass(slots=True)
class DrawnRow:
    key: Key
    card: Card | None
    ghost: DrawnGhost | None
    is_new: bool
    is_first_new: bool = False
    mention: Mention | None = None
    also: list[Card] = field(default_factory=list)  # the same post on other networks
    branches: list["DrawnLine"] = field(default_factory=list)
    deeper: Cut | None = None
    further: list[Cut] = field(default_factory=list)


@dataclass(slots=True)
class DrawnLine:
    depth: int
    rows: list[DrawnRow]
    rest: Cut | None
    parent: "Parent | None" = None  # the post that it answers, where it stands after another


def drawn(shape: Shape, lines: Iterable[Line], *, new: Collection[int] = (), stands: Stands = NONE) -> list[DrawnLine]:
    """Seven queries, however much there is. `new` are keys of posts that stand out, `stands` those for which a post stands."""
    lines = list(lines)
    hand = _Hand(shape, [key for line in lines for key in line.nodes()], new, stands)
    return [hand.line(line) for line in lines]


def drawn_branches(shape: Shape, row: Row, *, new: Collection[int] = (), stands: Stands = NONE) -> DrawnRow:
    """A row of which only the branches are drawn."""
    hand = _Hand(shape, [row.key, *(key for line in row.branches for key in line.nodes())], new, stands)
    return hand.row(row)


def part_off(lines: Iterable[DrawnLine]) -> None:
    """The first post of a page that is new, as one reads it, says since when."""
    first = next((row for line in lines for row in in_order(line) if row.is_new), None)
    if first is not None:
        first.is_first_new = True


def in_order(line: DrawnLine) -> Iterator[DrawnRow]:
    for row in line.rows:
        yield row
        for branch in row.branches:
            yield from in_order(branch)


class _Hand:
    def __init__(self, shape: Shape, keys: list[Key], new: Collection[int], stands: Stands) -> None:
        self.shape, self.new, self.stands = shape, new, stands
        self.cards = cards(each for key in keys if isinstance(key, int) for each in (key, *stands.get(key, ())))
        self.mentions = of_posts(self.cards)
        ghosts = [shape.ghosts[key] for key in keys if isinstance(key, str)]
        self.accounts = Account.objects.in_bulk({ghost.author for ghost in ghosts if ghost.author})
        self.absences = absences([ghost.uri for ghost in ghosts] + [account.uri for account in self.accounts.values()])

    def line(self, line: Line) -> DrawnLine:
        parent = self.parent(line.parent) if line.parent is not None else None
        return DrawnLine(line.depth, [self.row(row) for row in line.rows], line.rest, parent)

    def parent(self, key: Key) -> Parent:
        if isinstance(key, str):
            return Parent(key, self.accounts.get(self.shape.ghosts[key].author or 0), said_at(key))
        card = self.cards.get(key)
        return Parent(key, card.author if card else None, card.published if card else None)

    def row(self, row: Row) -> DrawnRow:
        card = self.cards.get(row.key) if isinstance(row.key, int) else None
        return DrawnRow(
            key=row.key,
            card=card,
            ghost=self.ghost(row.key) if isinstance(row.key, str) else None,
            mention=self.mentions.get(card.id) if card else None,
            also=[self.cards[key] for key in self.stands.get(card.id, ()) if key in self.cards] if card else [],
            is_new=bool(card and card.id in self.new),
            branches=[self.line(line) for line in row.branches],
            deeper=row.deeper,
            further=row.further,
        )

    def ghost(self, uri: str) -> DrawnGhost:
        author = self.accounts.get(self.shape.ghosts[uri].author or 0)
        theirs = self.absences.get(author.uri) if author else None
        absence = theirs if theirs and theirs.why == Absence.Why.BLOCKED else self.absences.get(uri)
        why, asked, again = (absence.why, absence.asked, absence.again) if absence else ("", None, None)
        return DrawnGhost(uri, author, said_at(uri), why, asked, again, self.network(uri, author))

    def network(self, uri: str, author: Account | None) -> str:
        """By its author, or by who answers it."""
        return author.network if author else next((card.network for card in self.cards.values() if card.id in self.answers(uri)), "")

    def answers(self, uri: str) -> list[Key]:
        return self.shape.answers.get(uri, [])


def said_at(uri: str) -> datetime | None:
    """When a post on X was written, which its id tells."""
    status = STATUS.match(uri)
    if status is None or not OLDEST < int(status[1]) < 2**63:
        return None
    return datetime.fromtimestamp(((int(status[1]) >> 22) + SNOWFLAKE) / 1000, UTC)
