"""What comes while we listen: stored with its cursor's transaction, noticed as new and as speaking to us."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Q

from homespun.conversations.actions import mentions, rows
from homespun.conversations.actions.completing import AGES
from homespun.conversations.actions.opt_out_codes import holds_code
from homespun.conversations.actions.opt_out_proofs import read_codes
from homespun.conversations.actions.taking import NOBOT, Taking, speaks_of_us
from homespun.conversations.models import Arrival, Completion, Post, Source
from homespun.networks import values
from homespun.people.actions import Accounts
from homespun.people.models import Account

SLACK = timedelta(hours=1)  # before we began to listen: clocks differ, and somebody may have done so because of a post
WAITING_SINCE = timedelta(days=14)  # before that: what has waited longer is history and waits no more
AT_ONCE = 500


@dataclass
class Came:
    new: int = 0
    updated: int = 0
    arrived: int = 0
    mentions: int = 0

    def add(self, other: "Came") -> None:
        self.new, self.updated = self.new + other.new, self.updated + other.updated
        self.arrived, self.mentions = self.arrived + other.arrived, self.mentions + other.mentions


@dataclass
class Arriving:
    """Kept for one asking of one source. `since`: when we began to listen to it; `to`: whom of us all of it speaks to; `again`: it has been
    asked before, so that what is new of it has come since then, whatever date it bears."""

    taking: Taking
    since: datetime
    to: Account | None = None
    again: bool = False
    ours: list[Account] = field(default_factory=lambda: list(Account.objects.filter(is_own=True)))

    def take(self, source: Source, posts: Sequence[values.Post]) -> Came:
        """Runs in the caller's transaction."""
        read_codes([post for post in posts if holds_code(post) and self.spoken_to(post)], now=self.taking.now)
        before = held(posts)
        done = self.taking.write(source, posts, ())
        after = held(posts)
        fresh = {uri: row for uri, row in after.items() if uri not in before}
        came = Came(done.new, done.updated)
        came.arrived = arrived((row for row in fresh.values() if self.is_news(row)), now=self.taking.now)
        bring_forward(uris=fresh, now=self.taking.now)
        came.mentions = self.notice([post for post in posts if post.uri in after], after)
        return came

    def is_news(self, row: "Row") -> bool:
        return row.published >= (self.taking.now - WAITING_SINCE if self.again else self.since - SLACK)

    def notice(self, posts: Sequence[values.Post], held: "dict[str, Row]") -> int:
        young = {uri: row for uri, row in held.items() if row.published >= self.since - WAITING_SINCE}
        named = {young[post.uri].pk: to for post in posts if post.uri in young and (to := self.spoken_to(post))}
        return mentions.notice(posts=[row.pk for row in young.values()], now=self.taking.now, named=named)

    def spoken_to(self, post: values.Post) -> int | None:
        """Which account of ours it speaks to, by name or by quoting it."""
        if self.to:
            return self.to.pk
        named = next((account.pk for account in self.ours if account.network == post.network and names(post, account)), None)
        return named or self.quoted(post)

    def quoted(self, post: values.Post) -> int | None:
        uris = {each.uri for each in post.references if each.kind == "quote"}
        authors = [author for _key, _conversation, author, _uri in rows.parents(uris).values()] if uris else []
        return next((account.pk for account in self.ours if account.pk in authors), None)


def parted(posts: Sequence[values.Post]) -> list[tuple[bool, Sequence[values.Post]]]:
    """What may be kept because it is said to us or where we take part; and what its author has to agree to, who says #nobot."""
    if not speaks_of_us(posts):
        return [(False, posts)]
    shy = shy_authors(posts)
    rest = [post for post in posts if post.author and post.author.uri in shy and not speaks_of_us([post])]
    return [(True, [post for post in posts if post not in rest]), *([(False, rest)] if rest else [])]


def shy_authors(posts: Iterable[values.Post]) -> set[str]:
    """Uris of the authors who do not wish to be collected by machines."""
    authors = {post.author.uri: post.author.bio for post in posts if post.author}
    known = dict(Account.objects.filter(uri__in=authors).values_list("uri", "bio"))
    return {uri for uri, bio in authors.items() if NOBOT.search(bio or known.get(uri, ""))}


def introduced(account: values.Account, now: datetime) -> None:
    """Somebody as they present themselves now, so that it is known before anything of theirs is kept. Runs in the caller's transaction."""
    when = rows.moment_stamp(now)
    Accounts(rows.database()).learn({account: (when, when)})
    Account.objects.filter(uri=account.uri).update(bio=account.bio)


@dataclass(frozen=True)
class Row:
    pk: int
    published: datetime
    text: str


def held(posts: Iterable[values.Post]) -> dict[str, Row]:
    """By uri those that are here."""
    uris = [post.uri for post in posts]
    found: dict[str, Row] = {}
    for start in range(0, len(uris), AT_ONCE):
        there = Post.objects.filter(uri__in=uris[start : start + AT_ONCE]).values_list("uri", "pk", "published", "text")
        found |= {uri: Row(pk, published, text) for uri, pk, published, text in there}
    return found


def bring_forward(*, uris: Iterable[str], now: datetime) -> None:
    """Something came, so there may be more of its conversation: it is asked about soon."""
    soon = now + AGES[0][1]
    there = Post.objects.filter(uri__in=list(uris)).values("conversation")
    Completion.objects.filter(Q(again__isnull=True) | Q(again__gt=soon), conversation__in=there).update(again=soon)


def arrived(posts: Iterable[Row], *, now: datetime) -> int:
    made = Arrival.objects.bulk_create((Arrival(post_id=row.pk, at=now) for row in posts), ignore_conflicts=True)
    return len(made)


def names(post: values.Post, account: Account) -> bool:
    """Whether a post names this account: among those that its network says it names, or by its whole handle."""
    if {each.lower() for each in post.mentions} & addresses(account):
        return True
    handle = re.escape(account.handle)
    return bool(account.handle) and bool(re.search(rf"(?<![\w@/])@{handle}(?![\w-]|[.@]\w)", post.text, re.IGNORECASE))


def addresses(account: Account) -> set[str]:
    """By which a network names it: its uri, and its profile's address at its server by either of the server's names."""
    name, _sign, server = account.handle.lower().partition("@")
    home = urlsplit(account.uri).netloc if server else ""
    return {account.uri.lower(), *(f"https://{host}/@{name}" for host in (server, home) if host)}
