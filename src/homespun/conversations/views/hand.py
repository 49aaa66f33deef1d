"""What one can do with the posts of a page, and what of it is on its way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.formats import time_format

from homespun.conversations.models import Connection, Outgoing, Post, State
from homespun.conversations.queries import Card
from homespun.conversations.queries import outgoing as asked
from homespun.conversations.views.drawn import DrawnLine, DrawnRow
from homespun.conversations.writing.pens import READABLE, SHARED, Pen, pens
from homespun.core import dates
from homespun.users.access import Right, holds
from homespun.users.models import User

Verb = Outgoing.Verb
SOON = 60  # seconds in which what is due counts as being sent


@dataclass(frozen=True)
class Sending:
    """Something on its way, as a page shows it."""

    row: Outgoing
    parts_behind: int
    now: datetime
    about: Post | None = None  # what it answers, or is done with, where the page does not show that anyhow

    @property
    def state(self) -> str:
        """draft, scheduled, moving, stuck (tried, and tried again by itself), failed, sent, cancelled."""
        row = self.row
        if row.state == Outgoing.State.WAITING and row.tries and row.trouble:
            return "stuck"
        if row.state == Outgoing.State.WAITING and (row.due - self.now).total_seconds() > SOON:
            return "scheduled"
        return "moving" if row.state in (Outgoing.State.WAITING, Outgoing.State.SENDING) else str(row.state)

    @property
    def is_moving(self) -> bool:
        return self.state in ("moving", "stuck")

    @property
    def can_wait(self) -> bool:
        """Whether it can be sent at another time, or taken back."""
        return self.state == "draft" or (self.state in ("scheduled", "moving") and not self.row.tries)


@dataclass(frozen=True)
class Acts:
    """What can be done with one post."""

    card: Card
    own: Connection | None = None  # with which it was posted
    can_answer: bool = False
    can_share: bool = False
    can_quote: bool = False
    can_edit: bool = False
    is_liked: bool = False
    is_reposted: bool = False
    others: list[Sending] = field(default_factory=list)  # answers, edits, deletions on their way

    @property
    def is_any(self) -> bool:
        return self.can_answer or self.own is not None

    @property
    def kind(self) -> tuple[bool, ...]:
        """What decides how it is drawn."""
        return (
            self.can_answer,
            self.can_share,
            self.can_quote,
            self.can_edit,
            self.own is not None,
            self.is_liked,
            self.is_reposted,
        )


@dataclass(frozen=True)
class Hand:
    """Of one member, for the posts of one page."""

    may_write: bool
    may_post: bool
    pens: list[Pen]
    rows: dict[str, list[Sending]]
    may_settle: bool = False  # connect accounts
    broken: list[Connection] = field(default_factory=list)  # which have to be connected again before one can write with them
    drawn: dict[tuple[bool, ...], str] = field(default_factory=dict)  # what a page has drawn of it, by kind of post

    def of(self, card: Card) -> Acts:
        rows = self.rows.get(card.uri, [])
        stands = card.state in (State.LIVE, State.EDITED)
        pen = next((pen for pen in self.pens if pen.connection.network == card.network), None)
        own = next((pen for pen in self.pens if card.author and pen.connection.account_id == card.author.pk), None) if stands else None
        writes, posts = self.may_write and pen is not None and stands, self.may_post and pen is not None and stands
        return Acts(
            card,
            own=own.connection if own and self.may_post else None,
            can_answer=writes and card.visibility in READABLE,
            can_share=posts and card.visibility in SHARED,
            can_quote=writes and card.visibility in SHARED and pen is not None and pen.limits.quotes,
            can_edit=self.may_post and own is not None and own.limits.edits,
            is_liked=stands_marked(rows, Verb.LIKE, Verb.UNLIKE),
            is_reposted=stands_marked(rows, Verb.REPOST, Verb.UNREPOST),
            others=[sending for sending in rows if sending.row.verb not in asked.MARKS or sending.state == "failed"],
        )


def stands_marked(rows: list[Sending], verb: Outgoing.Verb, undone: Outgoing.Verb) -> bool:
    """Whether the last that was done of the two is the first, on its way or there."""
    last = next((sending for sending in reversed(rows) if sending.row.verb in (verb, undone) and sending.state != "failed"), None)
    return last is not None and last.row.verb == verb


def hand(user: User, lines: Iterable[DrawnLine | DrawnRow]) -> Hand:
    """Three queries and one for each connected account, however many posts there are; one where no account is connected."""
    ours = list(connected())
    held = pens(each for each in ours if each.state == Connection.State.WORKING)
    rows = asked.of(card.uri for card in cards_in(lines)) if held else {}
    broken = [each for each in ours if each.state == Connection.State.BROKEN]
    return Hand(holds(user, Right.WRITE), holds(user, Right.PUBLISH), held, shown_by(rows), holds(user, Right.SETTLE), broken)


def connected() -> Iterable[Connection]:
    return Connection.objects.exclude(state=Connection.State.ENDED).select_related("account").order_by("pk")


def shown_by(rows: dict[str, list[Outgoing]]) -> dict[str, list[Sending]]:
    behind = asked.behind(row for some in rows.values() for row in some if row.state != Outgoing.State.SENT)
    now = timezone.now()
    return {uri: [Sending(row, behind.get(row.pk, 0), now) for row in some] for uri, some in rows.items()}


def shown(rows: Iterable[Outgoing]) -> list[Sending]:
    listed = list(rows)
    behind, now = asked.behind(row for row in listed if row.state != Outgoing.State.SENT), timezone.now()
    targets = {row.target for row in listed if row.target}
    about = {post.uri: post for post in Post.objects.filter(uri__in=targets).select_related("author")} if targets else {}
    return [Sending(row, behind.get(row.pk, 0), now, about.get(row.target)) for row in listed]


def at_the_clock(moment: datetime) -> str:
    """tomorrow at 9:00; 28 November 2026, 9:00."""
    local = timezone.localtime(moment)
    said, clock = dates.spoken(moment), time_format(local.time(), "TIME_FORMAT")
    return said if clock in said else f"{said}, {clock}"


def cards_in(lines: Iterable[DrawnLine | DrawnRow]) -> Iterator[Card]:
    for line in lines:
        if isinstance(line, DrawnRow):
            if line.card:
                yield line.card
            yield from cards_in(line.branches)
        else:
            yield from cards_in(line.rows)


def on_its_way(user: User) -> dict[str, object]:
    """How much is not sent, for who may write."""
    may_write = holds(user, Right.WRITE)
    return {"may_write": may_write, "unsent": asked.firsts().count() if may_write else 0}


def writable(user: User) -> set[str]:
    """The networks on which one can answer."""
    return {each.network for each in connected() if each.state == Connection.State.WORKING} if holds(user, Right.WRITE) else set()
