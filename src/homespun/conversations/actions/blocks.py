"""Who has blocked an account of ours: asked where a network tells it, kept as an `Absence` of the account, forgotten when it is no more.

`Taking` refuses what they write from then on. What of it was held before stays on the desk.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from homespun.conversations.actions import absences, rows
from homespun.conversations.actions.asking import client_for, client_of
from homespun.conversations.models import Absence, Connection, MissingParent
from homespun.core import audit
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.networks.live import TELLS_BY_ITSELF, tells_blocks
from homespun.networks.protocols import Absent, TellsBlocks
from homespun.networks.values import Account as Shown
from homespun.networks.values import Post
from homespun.people.actions import Accounts
from homespun.people.models import Account
from homespun.users.models import User

LATELY = timedelta(days=30)
MOST = 300  # accounts of one daily look


@dataclass
class Blocks:
    """Kept for a whole asking, so that each account is asked about once.

    `known_only`: who has blocked us alone is asked about, as the others were today. `everybody`: on networks, too, that tell it by
    themselves of whatever is asked.
    """

    by: User | None
    now: datetime
    door: Door
    known_only: bool = False
    everybody: bool = False
    met: set[str] = field(default_factory=set)
    clients: dict[str, list[TellsBlocks]] = field(default_factory=dict)

    def authors(self, posts: Sequence[Post]) -> None:
        """Ask about those who wrote these."""
        for network in sorted({post.network for post in posts}):
            self.meet(network, (post.author for post in posts if post.network == network))

    def meet(self, network: str, accounts: Iterable[Shown | None]) -> None:
        """Ask about those who were not met before. Where nobody tells, what is known stays so."""
        fresh = {each.uri: each for each in accounts if each and each.uri not in self.met}
        self.met |= fresh.keys()
        if not fresh:
            return
        others = [fresh[uri] for uri in self.concerned(network, fresh)]
        try:
            asked = self.asked(network) if others else []
            blocking = set().union(*(client.blocking(others) for client in asked))
        except (NetworkError, DoorError):
            return
        if not asked:
            return
        with transaction.atomic():
            Accounts(rows.database()).learn({}, [account for account in others if account.uri in blocking])
            self.note(blocking)
            self.forget({account.uri for account in others} - blocking)

    def concerned(self, network: str, uris: Iterable[str]) -> list[str]:
        """Of these accounts those to be asked about."""
        wanted = list(uris)
        if self.known_only or (network in TELLS_BY_ITSELF and not self.everybody):
            return list(Absence.objects.filter(uri__in=wanted, why=Absence.Why.BLOCKED).values_list("uri", flat=True))
        own = set(Account.objects.filter(uri__in=wanted, is_own=True).values_list("uri", flat=True))
        return [uri for uri in wanted if uri not in own]

    def asked(self, network: str) -> list[TellsBlocks]:
        """Who is asked: as each connected account, as some networks tell nobody else; else as nobody."""
        if network not in self.clients:
            self.clients[network] = list(self._asked(network))
        return self.clients[network]

    def _asked(self, network: str) -> Iterator[TellsBlocks]:
        found = False
        for connection in Connection.objects.filter(network=network, state=Connection.State.WORKING).select_related("account"):
            client = client_for(connection, self.door)
            if tells_blocks(client):
                found = True
                yield client
        client = None if found else client_of(network, self.door)
        if tells_blocks(client):
            yield client

    def note(self, blocking: set[str]) -> None:
        known = set(Absence.objects.filter(uri__in=blocking, why=Absence.Why.BLOCKED).values_list("uri", flat=True))
        absences.note([Absent(uri, "blocked") for uri in sorted(blocking)], by=self.by, now=self.now)
        for uri in sorted(blocking - known):
            audit.record(by=self.by, now=self.now, verb="account.blocks-us", subject=f"account:{uri}"[:300])

    def forget(self, uris: set[str]) -> None:
        """Those that have blocked us no longer, and what of theirs was not taken because of it: it may be asked for again."""
        freed = list(Absence.objects.filter(uri__in=uris, why=Absence.Why.BLOCKED).values_list("uri", flat=True))
        for uri in freed:
            theirs = MissingParent.objects.filter(author__uri=uri).values("uri")
            named = Q(uri=uri) | Q(uri__startswith=f"{uri}/") | Q(uri__startswith=f"at://{uri}/") | Q(uri__in=theirs)
            Absence.objects.filter(named, why=Absence.Why.BLOCKED).delete()
            audit.record(by=self.by, now=self.now, verb="account.blocks-us-no-longer", subject=f"account:{uri}"[:300])


def look(*, by: User | None, now: datetime, door: Door) -> None:
    """Ask anew about those that have blocked us, and about those who spoke lately where we take part."""
    blocked = Q(uri__in=Absence.objects.filter(why=Absence.Why.BLOCKED).values("uri"))
    lately = Q(posts__published__gte=now - LATELY, posts__conversation__own__gt=0)
    blocks = Blocks(by, now, door, everybody=True)
    for concerned in (blocked, lately):  # those who have are asked about in any case
        rows = Account.objects.filter(concerned, is_own=False).distinct().order_by("-pk")[:MOST]
        by_network: dict[str, list[Shown]] = {}
        for row in rows:
            by_network.setdefault(row.network, []).append(Shown(uri=row.uri, handle=row.handle, network=row.network))
        for network, accounts in by_network.items():
            blocks.meet(network, accounts)
