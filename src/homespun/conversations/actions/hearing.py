"""What streams tell: stored with their cursor in one transaction, under what is listened to; deletions, renames and closures followed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from homespun.conversations.actions import absences, changes, rows
from homespun.conversations.actions.arriving import Arriving, Came, parted
from homespun.conversations.actions.listening import ACCOUNT, HASHTAG
from homespun.conversations.actions.opt_outs import OptOuts
from homespun.conversations.actions.taking import Taking, speaks_of_us
from homespun.conversations.models import Connection, Listening, MissingParent, Post, PostName, Source, State, Stream
from homespun.core import audit, wakeups
from homespun.networks import live, values
from homespun.networks.protocols import MENTIONS, Absent, Heard
from homespun.people.actions import Accounts
from homespun.people.models import Account

COVERS = timedelta(minutes=2)
TAG = re.compile(r"#([\w·]+)")
Told = tuple[str, int | None]  # a network, and the key of the connected account whose stream it is


@dataclass
class Sources:
    """Under what that is listened to a post is kept: what its author says; else what speaks to us; else it is not ours to keep."""

    of_accounts: dict[str, Source]  # by uri
    of_mentions: dict[int, Source]  # by the key of the account of ours that they speak to
    of_hashtags: dict[str, Source] = field(default_factory=dict)  # by the hashtag in small letters, of the server whose stream it is

    @classmethod
    def of(cls, stream: Stream) -> "Sources":
        rows = Listening.objects.filter(network=stream.network, due__isnull=False).select_related("source", "connection__account")
        accounts = {uri: row.source for row in rows if (uri := uri_of(row))}
        ours = [row for row in rows if row.source.kind == MENTIONS and row.connection and stream.connection_id in (None, row.connection_id)]
        tags = {tag: row.source for row in rows if (tag := hashtag_of(row, stream))}
        return cls(accounts, {row.connection.account_id: row.source for row in ours if row.connection}, tags)

    def by_accounts(self, posts: Iterable[values.Post]) -> dict[int, list[values.Post]]:
        """What is said by who is listened to, or under a hashtag that is, by the key of its source."""
        found: dict[int, list[values.Post]] = {}
        for post in posts:
            source = self.of_accounts.get(post.author.uri) if post.author else None
            if source := source or self.tagged(post):
                found.setdefault(source.pk, []).append(post)
        return found

    def tagged(self, post: values.Post) -> Source | None:
        if not self.of_hashtags:
            return None
        return next((self.of_hashtags[tag] for tag in TAG.findall(post.text.lower()) if tag in self.of_hashtags), None)

    def by_others(self, posts: Iterable[values.Post], arriving: Arriving) -> dict[int, list[values.Post]]:
        """What others say to us. Asked once what we say is here, which may be told together with its answers."""
        found: dict[int, list[values.Post]] = {}
        for post in posts:
            heard = post.author and post.author.uri in self.of_accounts
            if not heard and (source := self.speaking_to_us(post, arriving)):
                found.setdefault(source.pk, []).append(post)
        return found

    @property
    def every(self) -> dict[int, Source]:
        return {source.pk: source for source in (*self.of_accounts.values(), *self.of_mentions.values(), *self.of_hashtags.values())}

    def speaking_to_us(self, post: values.Post, arriving: Arriving) -> Source | None:
        if (to := arriving.spoken_to(post)) and to in self.of_mentions:
            return self.of_mentions[to]
        return next(iter(self.of_mentions.values()), None) if speaks_of_us([post]) else None


def uri_of(row: Listening) -> str:
    """Of the account that is listened to, once it is known."""
    if row.source.kind != ACCOUNT:
        return ""
    return row.connection.account.uri if row.connection else str(row.source.declared.get("account", ""))


def hashtag_of(row: Listening, stream: Stream) -> str:
    """Of a hashtag on the server whose stream it is."""
    if row.source.kind != HASHTAG or stream.connection_id is None:
        return ""
    server = Connection.objects.values_list("server", flat=True).get(pk=stream.connection_id)
    tag, _at, host = row.address.removeprefix("#").partition("@")
    return tag.lower() if host == server.partition("://")[2] else ""


def wanted(network: str) -> list[str]:
    """Uris of the accounts of a network that are listened to, and the hashtags where each server has a stream of its own."""
    listening = Listening.objects.filter(network=network, due__isnull=False).select_related("source", "connection__account")
    tags = [row.address for row in listening if row.source.kind == HASHTAG and network not in live.OPEN_STREAMS]
    return sorted({*tags, *(uri for row in listening if (uri := uri_of(row)))})


def to_be_open() -> dict[str, Told]:
    """By name the streams that there should be."""
    found: dict[str, Told] = {}
    for row in Listening.objects.filter(due__isnull=False).values("network", "connection", "connection__state").distinct():
        network, connection = row["network"], row["connection"]
        if network in live.OPEN_STREAMS:
            found |= {network: (network, None)} if network not in found and wanted(network) else {}
        elif connection and row["connection__state"] == "working" and network in live.CLIENTS:
            found[f"{network}-{connection}"] = (network, connection)
    return found


def fill(*, stream: Stream, now: datetime) -> None:
    """What a stream did not tell is asked for at once."""
    asked = Listening.objects.filter(network=stream.network, due__isnull=False)
    (asked.filter(connection=stream.connection_id) if stream.connection_id else asked).update(due=now)
    wakeups.notify_on_commit(wakeups.CHANGES)


def ask_soon(*, network: str, uris: Iterable[str], at: datetime) -> None:
    """Ask these accounts at that time, whenever they were asked last."""
    new = set(uris)
    rows = Listening.objects.filter(network=network, due__isnull=False).select_related("source", "connection__account")
    Listening.objects.filter(pk__in=[row.pk for row in rows if uri_of(row) in new]).update(due=at)


def failed(*, stream: Stream, why: str, anew: bool, now: datetime) -> None:
    """A stream that broke off says so. `anew`: it cannot go on behind its cursor, and begins with what happens from now on."""
    with transaction.atomic():
        row = Stream.objects.filter(pk=stream.pk)
        row.update(trouble=why, failures=F("failures") + 1, **({"cursor": {}} if anew else {}))
        fill(stream=stream, now=now)


def is_covered(row: Listening, *, now: datetime) -> bool:
    """Whether a stream that was heard just now tells of this account, so that asking it is only a look at whether that is so."""
    if row.network not in live.OPEN_STREAMS or row.source.kind != ACCOUNT:
        return False
    return Stream.objects.filter(name=row.network, trouble="", heard__gte=now - COVERS).exists()


def opened(*, name: str, told: Told, now: datetime) -> Stream:
    """Its row, from now on open."""
    fresh = {"network": told[0], "connection_id": told[1], "begun": now}
    return Stream.objects.update_or_create(name=name, defaults=fresh)[0]


def close_others(names: Iterable[str]) -> None:
    """Forget streams that there should be no more."""
    others = Stream.objects.exclude(name__in=list(names))
    if others.exists():  # asked without the write lock, as it is asked all day long
        others.delete()


@dataclass
class Hearing:
    """Kept for as long as a stream is open with the same addresses."""

    stream: Stream
    sources: Sources = field(init=False)

    def __post_init__(self) -> None:
        self.sources = Sources.of(self.stream)

    def keep(self, heard: Heard, *, now: datetime) -> Came:
        """All that was told since the last, with its cursor. Told again it changes nothing."""
        came = Came()
        with transaction.atomic():
            arriving = Arriving(Taking(None, now, ours=True), now)
            for posts in self.sources.by_accounts(heard.posts).items():
                came.add(self.take(*posts, arriving))
            for posts in self.sources.by_others(heard.posts, arriving).items():
                came.add(self.take(*posts, arriving))
            gone(uris=heard.gone, now=now)
            renamed(accounts=heard.renamed, now=now)
            Stream.objects.filter(pk=self.stream.pk).update(cursor=heard.cursor, heard=now, failures=0, trouble="")
        return came

    def take(self, key: int, posts: list[values.Post], arriving: Arriving) -> Came:
        source, now, came = self.sources.every[key], arriving.taking.now, Came()
        for ours, part in [(True, posts)] if source.kind == MENTIONS else parted(posts):
            came.add(Arriving(Taking(None, now, ours=ours), source.added, ours=arriving.ours).take(source, part))
        return came


def gone(*, uris: Sequence[str], now: datetime) -> None:
    """Posts that were deleted and are known here; of an account all that is theirs. Runs in the caller's transaction."""
    if not uris:
        return
    known = {*Post.objects.filter(uri__in=uris).values_list("uri", flat=True)}
    known |= {*PostName.objects.filter(name__in=uris).values_list("post__uri", flat=True)}
    known |= {*MissingParent.objects.filter(uri__in=uris).values_list("uri", flat=True)}
    closed = Account.objects.filter(uri__in=uris, is_own=False)
    absences.note([Absent(uri, "gone") for uri in (*sorted(known), *(account.uri for account in closed))], by=None, now=now)
    for account in closed:
        if Post.objects.filter(author=account, state__in=[State.LIVE, State.EDITED]).update(state=State.DELETED):
            audit.record(by=None, now=now, verb="account.closed-at-source", subject=f"account:{account.uri}"[:200])


def renamed(*, accounts: Sequence[values.Account], now: datetime) -> None:
    """Accounts of known people as they are called now. Who had closed theirs is back. Runs in the caller's transaction."""
    opt_outs = OptOuts()
    held = {row.uri: row for row in Account.objects.filter(uri__in=[each.uri for each in accounts])}
    known = [each for each in accounts if each.uri in held and not opt_outs.covers(each)]
    if not known:
        return
    before, when = changes.handles(held), rows.moment_stamp(now)
    Accounts(rows.database()).learn({each: (when, when) for each in known})
    changes.note_renamed(before, by=None, now=now)
    for account in held.values():
        changes.account_back(account, now=now)
    listen_by_new_names({each.uri: each.handle for each in known if each.handle})


def listen_by_new_names(handles: dict[str, str]) -> None:
    for row in Listening.objects.filter(source__kind=ACCOUNT).select_related("source", "connection__account"):
        handle = handles.get(uri_of(row))
        if handle and row.address.startswith("@") and row.address != f"@{handle}":
            Listening.objects.filter(pk=row.pk).update(address=f"@{handle}")
