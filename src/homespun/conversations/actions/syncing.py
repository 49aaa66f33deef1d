"""`sync`: ask what is listened to and due for what is new. Each page is stored in one short transaction together with its cursor, so that
whoever is killed goes on behind the last page, and what comes twice is here once.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import Min

from homespun.conversations.actions import recent_posts
from homespun.conversations.actions.aging import fetch_again
from homespun.conversations.actions.arriving import Arriving, Came, introduced, parted
from homespun.conversations.actions.asking import client_for, client_of, clients, reader
from homespun.conversations.actions.finding import sentence
from homespun.conversations.actions.hearing import is_covered
from homespun.conversations.actions.listening import ACCOUNT, HASHTAG, POST, address_of, listen_to_own, pace, pause_after, refuse_opted_out
from homespun.conversations.actions.locking import Busy, reading
from homespun.conversations.actions.renewing import worked
from homespun.conversations.actions.taking import Taking, speaks_of_us
from homespun.conversations.models import Connection, Listening
from homespun.conversations.worded import worded
from homespun.core.jobs import stopping
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.networks.errors import Foreign
from homespun.networks.live import finds, listens
from homespun.networks.protocols import MENTIONS, Finds, Found
from homespun.networks.values import Cursor, Page
from homespun.people.models import Account

log = logging.getLogger("homespun.listening")

SECONDS = 60.0  # of one asking; where there is more it is due again at once
A_PAGE = 500  # posts of one transaction
PERMANENT = timedelta(hours=1)  # at least, where asking again changes nothing by itself
LOOKED_AT = timedelta(days=1)
SELDOM = 300  # seconds at least between two askings of what a stream tells of
OURS_WAITS = timedelta(minutes=10)  # at most, after failures of what speaks to us
BROKEN = _("Something broke while this was read. It has been written to the log, and it is tried again.")
NOT_ONE = _("This is nothing that one can listen to.")


@dataclass
class Synced:
    """What came of asking one source."""

    address: str
    network: str
    new: int = 0
    updated: int = 0
    arrived: int = 0
    mentions: int = 0
    trouble: str = ""


def due(*, now: datetime) -> list[int]:
    """What is to be asked now, whoever waits longest first."""
    return list(Listening.objects.filter(due__lte=now).order_by("due").values_list("pk", flat=True))


def next_due(*, besides: Iterable[int]) -> datetime | None:
    """When a source is to be asked next, of all but these."""
    at: datetime | None = Listening.objects.exclude(pk__in=list(besides)).aggregate(at=Min("due"))["at"]
    return at


def ours(listening: Iterable[int]) -> set[int]:
    """Of these what is read as an account of ours."""
    return set(Listening.objects.filter(pk__in=list(listening), connection__isnull=False).values_list("pk", flat=True))


def ensure_own(*, now: datetime) -> None:
    """Every connected account is listened to, whoever connected it."""
    new = Connection.objects.filter(listening__isnull=True).exclude(state=Connection.State.ENDED)
    for connection in new.select_related("account", "connected_by"):
        listen_to_own(connection=connection, by=connection.connected_by, now=now)


def sync_due(*, now: datetime, door: Door, recheck_all: bool = False) -> list[Synced]:
    """Ask all that are due, one after the other. `recheck_all`: fetch every recent post of theirs again, for edits and deletions."""
    ensure_own(now=now)
    found = []
    for pk in due(now=now):
        if stopping():
            break
        if synced := sync(listening=pk, now=now, door=door, recheck_all=recheck_all):
            found.append(synced)
    return found


def sync(*, listening: int, now: datetime, door: Door, recheck_all: bool = False) -> Synced | None:
    """Ask one, if it is due and nobody else is at it. Whatever goes wrong is written in its row, in words."""
    try:
        with reading(f"listening-{listening}"):
            row = Listening.objects.select_related("source", "connection__account").filter(pk=listening, due__lte=now).first()
            return Turn(row, now, door, recheck_all=recheck_all).done() if row else None
    except Busy:
        return None


@dataclass
class Turn:
    """One asking of one source."""

    row: Listening
    now: datetime
    door: Door
    came: Came = field(default_factory=Came)
    notes: list[str] = field(default_factory=list)  # what could not be read, in words
    recheck_all: bool = False

    def done(self) -> Synced:
        begun, trouble = time.monotonic(), ""
        try:
            more = self.ask(begun + SECONDS)
            self.recheck()
        except (NetworkError, DoorError) as error:
            trouble = self.failed(error)
        except (DatabaseError, InterfaceError):
            raise  # nothing is known against the source: it stays due
        except Exception as error:
            log.exception("listening to %s failed", self.row.address)
            trouble = self.failed(error)
        else:
            self.succeeded(more)
        return Synced(self.row.address, self.row.network, **asdict(self.came), trouble=trouble or "\n".join(self.notes))

    def ask(self, until: float) -> bool:
        """Whether there is more. What stands at an address is looked at once, before it is listened to."""
        if self.row.connection is None:
            refuse_opted_out(self.row.address, str(self.row.source.declared.get("account", "")))
        client = self.client()
        if self.row.source.kind == POST and finds(client):
            self.look(client.find(self.row.address))
            return False
        if finds(client) and self.is_unknown():
            client, found = self.found(client)
            if found:
                self.recognise(found)
            if self.row.source.kind == POST:
                return False
        if not listens(client):
            raise NetworkError(NOT_ONE)
        try:
            return self.read(client.pages(self.row.address, self.cursor), until)
        except NetworkError as error:
            if not error.permanent or not self.is_renamed(client):
                raise
            return self.read(client.pages(self.row.address, self.cursor), until)

    @property
    def cursor(self) -> Cursor:
        cursor: Cursor = self.row.rewind or self.row.cursor
        return cursor

    def recheck(self) -> None:
        """Fetch recent posts again that were perhaps edited or deleted, where no stream tells of it."""
        source, last = self.row.source, self.row.heard
        uris: list[str] = []
        if self.recheck_all:
            uris = recent_posts.all_recent_posts(source, now=self.now)
        elif last and not is_covered(self.row, now=self.now):
            uris = recent_posts.due_posts(source, last=last, now=self.now)
        self.came.add(fetch_again(uris=uris, now=self.now, door=self.door, source=source))

    def is_unknown(self) -> bool:
        """What stands there is looked at once, and once a day who it is: their name and what they say of themselves may have changed."""
        source = self.row.source
        if source.kind in (HASHTAG, MENTIONS) or not source.declared:
            return source.kind not in (HASHTAG, MENTIONS)
        is_theirs = source.kind == ACCOUNT and self.row.connection is None
        return is_theirs and str(source.declared.get("at", "")) < (self.now - LOOKED_AT).isoformat()

    def client(self) -> object | None:
        """A hashtag is looked for as an account of ours where there is one, as some networks let no stranger search."""
        if self.row.connection:
            return client_for(self.row.connection, self.door)
        return (reader if self.row.source.kind == HASHTAG else client_of)(self.row.network, self.door)

    def found(self, client: Finds) -> tuple[object, Found | None]:
        """What stands there, of the first network whose it turns out to be; None for an account whose network shows its posts alone."""
        try:
            return client, client.find(self.row.address)
        except Foreign:
            if not (others := self.others()):
                raise
            self.row.network, other = others[0]
            Listening.objects.filter(pk=self.row.pk).update(network=self.row.network)
            return self.found(other)
        except NetworkError as error:
            if self.row.source.declared or (self.row.source.kind == ACCOUNT and error.permanent):
                return client, None
            raise

    def others(self) -> list[tuple[str, Finds]]:
        """Networks that also know such an address, which are asked after this one."""
        knowing = [(network, client) for network, client in clients(self.door) if finds(client) and client.knows(self.row.address)]
        names = [network for network, _client in knowing]
        return knowing[names.index(self.row.network) + 1 :] if self.row.network in names else []

    def is_renamed(self, client: object) -> bool:
        """Whether the account goes by another handle now: then it is listened to by that."""
        uri, before = str(self.row.source.declared.get("account", "")), self.row.address
        if self.row.source.kind != ACCOUNT or not uri or not finds(client):
            return False
        try:
            self.recognise(client.find(uri))
        except NetworkError:
            return False
        return self.row.address != before

    def recognise(self, found: Found) -> None:
        """What stands there: an account is listened to by what it is called, a post by looking at it again."""
        source, account = self.row.source, found.account
        if account and self.row.connection is None:
            refuse_opted_out(account.uri)
        source.kind = kind_found(found)
        uri = account.uri if account else ""
        source.declared = {"kind": found.kind, "server": found.server, "account": uri, "at": self.now.isoformat()}
        with transaction.atomic():
            if account:
                introduced(account, self.now)
                source.title = (account.name or address_of(Account(uri=account.uri, handle=account.handle)))[:300]
                if source.kind == ACCOUNT and account.handle and self.row.connection is None:
                    self.row.address = f"@{account.handle}"
                    self.row.save(update_fields=["address"])
            source.save(update_fields=["kind", "declared", "title"])
        if source.kind == POST:
            self.look(found)

    def look(self, found: Found) -> None:
        """A post and its thread, as they are now."""
        with transaction.atomic():
            arriving = self.arriving(ours=speaks_of_us(found.posts))
            self.came.add(arriving.take(self.row.source, found.posts))
            arriving.taking.write(self.row.source, (), found.absent)

    def read(self, pages: Iterator[Page], until: float) -> bool:
        for page in pages:
            self.keep(page)
            if time.monotonic() > until or stopping():
                return True
        return False

    def keep(self, page: Page) -> None:
        """Its posts, and its cursor with the last of them."""
        self.notes += [f"{worded(each.where)}: {worded(each.why)}" for each in page.unread]
        for start in range(0, max(len(page.posts), 1), A_PAGE):
            part = page.posts[start : start + A_PAGE]
            with transaction.atomic():
                for ours, posts in [(True, part)] if self.row.source.kind == MENTIONS else parted(part):
                    self.came.add(self.arriving(ours=ours).take(self.row.source, posts))
                if start + A_PAGE >= len(page.posts):
                    Listening.objects.filter(pk=self.row.pk).update(cursor=page.cursor, heard=self.now)
                    if self.row.rewind:
                        Listening.objects.filter(pk=self.row.pk, rewind=self.row.rewind).update(rewind={})

    def arriving(self, *, ours: bool) -> Arriving:
        connection = self.row.connection
        to = connection.account if connection and self.row.source.kind == MENTIONS else None
        return Arriving(Taking(None, self.now, ours=ours), self.row.source.added, to, again=self.row.heard is not None)

    def succeeded(self, more: bool) -> None:
        every = pace(self.row).after(self.row.every, came=bool(self.came.new or self.came.updated))
        every = max(every, SELDOM) if is_covered(self.row, now=self.now) else every
        fresh: dict[str, Any] = {"heard": self.now, "failures": 0, "trouble": "\n".join(self.notes), "every": every}
        with transaction.atomic():
            Listening.objects.filter(pk=self.row.pk).update(**fresh)
            self.put_off(timedelta(0) if more else timedelta(seconds=every))
            if self.row.connection_id:
                worked(connection=self.row.connection_id, now=self.now)

    def failed(self, error: Exception) -> str:
        """Written down with the next try: after growing pauses, and never before the other side wants to be asked again."""
        known = isinstance(error, NetworkError | DoorError)
        words = sentence(error) if isinstance(error, NetworkError | DoorError) else worded(BROKEN)
        failures = self.row.failures + 1
        pause = max(pause_after(failures), timedelta(seconds=asked_pause(error)))
        if known and getattr(error, "permanent", False):
            pause = max(pause, PERMANENT)
        if self.row.connection_id:
            pause = max(min(pause, OURS_WAITS), timedelta(seconds=asked_pause(error)))
        with transaction.atomic():
            Listening.objects.filter(pk=self.row.pk).update(failures=failures, trouble=words)
            self.put_off(pause)
        return words

    def put_off(self, pause: timedelta) -> None:
        """Unless somebody has paused it, or wants it asked at once, meanwhile."""
        Listening.objects.filter(pk=self.row.pk, due=self.row.due).update(due=self.now + pause)


def kind_found(found: Found) -> str:
    """What is found of posts alone is looked at again as one; what lists posts and is by nobody is a hashtag."""
    if found.kind in ("post", "thread"):
        return POST
    return HASHTAG if found.kind == "feed" and found.account is None else found.kind


def asked_pause(error: BaseException | None) -> float:
    """Seconds that the other side asked for, wherever in the chain of reasons it stands."""
    while error is not None:
        if isinstance(error, DoorError) and error.retry_after:
            return error.retry_after
        error = error.__cause__
    return 0.0
