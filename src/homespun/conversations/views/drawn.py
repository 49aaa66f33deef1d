"""A conversation's lines with all that its page shows beside the shape: cards, ghosts, and what is new."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from homespun.conversations.queries import Card, Key, Shape, cards
from homespun.conversations.queries.lines import Cut, Line, Row
from homespun.conversations.queries.reading import STATUS
from homespun.people.models import Account

SNOWFLAKE = 1288834974657  # ms since 1970 of the first id of X that tells its own time
OLDEST = 30_000_000_000  # the last id before that


@dataclass(frozen=True, slots=True)
class DrawnGhost:
    """What is known of a post that is not here."""

    uri: str
    author: Account | None
    published: datetime | None


@dataclass(slots=True)
class DrawnRow:
    key: Key
    card: Card | None
    ghost: DrawnGhost | None
    is_new: bool
    branches: list["DrawnLine"] = field(default_factory=list)
    deeper: Cut | None = None
    further: Cut | None = None


@dataclass(slots=True)
class DrawnLine:
    depth: int
    rows: list[DrawnRow]
    rest: Cut | None


def drawn(shape: Shape, lines: Iterable[Line], *, since: datetime | None) -> list[DrawnLine]:
    """Six queries, however much there is."""
    lines = list(lines)
    hand = _Hand(shape, [key for line in lines for key in line.nodes()], since)
    return [hand.line(line) for line in lines]


def drawn_branches(shape: Shape, row: Row, *, since: datetime | None) -> DrawnRow:
    """A row of which only the branches are drawn."""
    hand = _Hand(shape, [key for line in row.branches for key in line.nodes()], since)
    return hand.row(row)


class _Hand:
    def __init__(self, shape: Shape, keys: list[Key], since: datetime | None) -> None:
        self.shape, self.since = shape, since
        self.cards = cards(key for key in keys if isinstance(key, int))
        ghosts = [shape.ghosts[key] for key in keys if isinstance(key, str)]
        self.accounts = Account.objects.in_bulk({ghost.author for ghost in ghosts if ghost.author})

    def line(self, line: Line) -> DrawnLine:
        return DrawnLine(line.depth, [self.row(row) for row in line.rows], line.rest)

    def row(self, row: Row) -> DrawnRow:
        card = self.cards.get(row.key) if isinstance(row.key, int) else None
        return DrawnRow(
            key=row.key,
            card=card,
            ghost=self.ghost(row.key) if isinstance(row.key, str) else None,
            is_new=bool(card and self.since and card.published > self.since),
            branches=[self.line(line) for line in row.branches],
            deeper=row.deeper,
            further=row.further,
        )

    def ghost(self, uri: str) -> DrawnGhost:
        return DrawnGhost(uri, self.accounts.get(self.shape.ghosts[uri].author or 0), said_at(uri))


def said_at(uri: str) -> datetime | None:
    """When a post on X was written, which its id tells."""
    status = STATUS.match(uri)
    if status is None or not OLDEST < int(status[1]) < 2**63:
        return None
    return datetime.fromtimestamp(((int(status[1]) >> 22) + SNOWFLAKE) / 1000, UTC)
