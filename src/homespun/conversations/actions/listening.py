"""What is listened to: recognised from what somebody typed, kept with its pace, paused, taken up again, stopped."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from homespun.conversations.actions.asking import client_of, clients
from homespun.conversations.actions.opt_outs import is_opted_out, is_paused
from homespun.conversations.models import Connection, Listening, Source
from homespun.core import audit
from homespun.http import Door
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.networks.live import finds, listens
from homespun.networks.protocols import MENTIONS
from homespun.people.models import Account
from homespun.users.models import User

ACCOUNT, HASHTAG, ADDRESS, FEED, PAGE, POST = "account", "hashtag", "address", "feed", "page", "post"  # kinds of source, with MENTIONS
BARE_SITE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?")
BARE_HANDLE = re.compile(r"[\w-]+\.bsky\.social|[\w.-]+@[\w-]+(\.[\w-]+)+")  # as people write it, without the sign before it
LONGEST_PAUSE = timedelta(hours=6)
OPTED_OUT = _("This account is opted out, so Homespun doesn’t collect it.")
PAUSED = _("Somebody asked us to stop collecting this account. Confirm or dismiss the request under Settings > Opt-outs.")


@dataclass(frozen=True)
class Pace:
    """Seconds between two askings: at first the shortest, longer each time that nothing comes, shorter when something does."""

    shortest: int
    longest: int

    def after(self, every: int, *, came: bool) -> int:
        wanted = every // 2 if came else every + every // 4 + 1
        return max(self.shortest, min(self.longest, wanted))


OURS = Pace(30, 45)
PACES = {
    ACCOUNT: Pace(40, 600),
    HASHTAG: Pace(40, 600),
    FEED: Pace(600, 6 * 3600),
    PAGE: Pace(3600, 24 * 3600),
    POST: Pace(900, 24 * 3600),
    ADDRESS: Pace(600, 6 * 3600),
}


def pace(listening: Listening) -> Pace:
    return OURS if listening.connection_id else PACES.get(listening.source.kind, PACES[ADDRESS])


@dataclass(frozen=True)
class Recognised:
    """What was typed is this, by its form alone."""

    network: str
    kind: str
    address: str


def recognise(typed: str, door: Door) -> list[Recognised]:
    """Whose it is: a hashtag may be of several networks, all else is of the first that knows it. Raises `NetworkError` with a sentence."""
    address = tidied(typed)
    if not address:
        raise NetworkError(_("Type the address of an account, a feed or a page, or a hashtag."))
    if kind_of(address) == HASHTAG and (ours := on_our_servers(address, door)):
        return ours
    knowing = [network for network, client in clients(door) if listens(client) and finds(client) and client.knows(address)]
    if not knowing:
        raise NetworkError(_("“%(typed)s” is nothing that can be listened to from here.", typed=typed[:200]))
    refuse_opted_out(address)
    kind = kind_of(address)
    return [Recognised(network, kind, address) for network in (knowing if kind == HASHTAG else knowing[:1])]


def refuse_opted_out(*uris: str) -> None:
    """Raises `NetworkError` where an opt-out covers one of these, or an open request does."""
    if is_opted_out(*uris):
        raise NetworkError(OPTED_OUT)
    if is_paused(*uris):
        raise NetworkError(PAUSED)


def on_our_servers(tag: str, door: Door) -> list[Recognised]:
    """A bare hashtag, on every network that knows it so, and on the servers where we are connected."""
    found = [
        Recognised(network, HASHTAG, tag) for network, client in clients(door) if listens(client) and finds(client) and client.knows(tag)
    ]
    servers = Connection.objects.filter(state=Connection.State.WORKING).values_list("network", "server").distinct().order_by("pk")
    for network, server in servers if "@" not in tag else ():
        address = f"{tag}@{server.partition('://')[2]}"
        client = client_of(network, door)
        if finds(client) and client.knows(address):
            found.append(Recognised(network, HASHTAG, address))
    return list(dict.fromkeys(found))


def tidied(typed: str) -> str:
    """As it is kept: a handle with its sign, a site with its scheme; small letters where they make no difference."""
    address = " ".join(typed.split())
    if BARE_HANDLE.fullmatch(address):
        address = f"@{address}"
    elif BARE_SITE.fullmatch(address):
        address = f"https://{address}"
    return address.lower() if address.startswith(("@", "#")) else address


def kind_of(address: str) -> str:
    if address.startswith("#"):
        return HASHTAG
    return ACCOUNT if address.startswith(("@", "did:")) else ADDRESS


def listen(*, by: User | None, now: datetime, typed: str, door: Door) -> list[Listening]:
    """Listen to it from now on; what is listened to already is asked at once. Raises `NetworkError` with a sentence."""
    return [begun(by=by, now=now, recognised=each) for each in recognise(typed, door)]


def listen_to_own(*, connection: Connection, by: User | None, now: datetime) -> list[Listening]:
    """What speaks to a connected account, and what it posts itself, wherever; called again after it was connected again."""
    account = connection.account
    return [
        begun(by=by, now=now, recognised=Recognised(connection.network, MENTIONS, MENTIONS), connection=connection),
        begun(by=by, now=now, recognised=Recognised(connection.network, ACCOUNT, address_of(account)), connection=connection),
    ]


def address_of(account: Account) -> str:
    return f"@{account.handle}" if account.handle else account.uri


def begun(*, by: User | None, now: datetime, recognised: Recognised, connection: Connection | None = None) -> Listening:
    with transaction.atomic():
        source = _source(by, now, recognised, connection)
        held = Listening.objects.filter(pk=source.pk).first()
        if held:
            return _due_again(held, now)
        if source.added != now:
            Source.objects.filter(pk=source.pk).update(added=now)  # what came before we listened again is the past
        row = Listening(source=source, network=recognised.network, address=recognised.address, connection=connection, due=now)
        row.every = pace(row).shortest
        row.save(force_insert=True)
        audit.record(by=by, now=now, verb="listening.begin", subject=f"listening:{row.pk}", address=recognised.address)
    return row


def _source(by: User | None, now: datetime, recognised: Recognised, connection: Connection | None) -> Source:
    words = f"listening {recognised.network} {connection.account.uri if connection else ''} {recognised.address}"
    told = {
        "kind": recognised.kind,
        "title": (f"{address_of(connection.account)}: {MENTIONS}" if recognised.kind == MENTIONS and connection else recognised.address)[
            :300
        ],
        "is_ours": connection is not None,
        "added": now,
        "added_by": by,
    }
    return Source.objects.get_or_create(fingerprint=hashlib.sha256(words.encode()).hexdigest(), defaults=told)[0]


def _due_again(row: Listening, now: datetime) -> Listening:
    row.due, row.failures, row.trouble = now, 0, ""
    row.save(update_fields=["due", "failures", "trouble"])
    return row


def pause(*, by: User | None, now: datetime, listening: Listening) -> bool:
    """Ask no more until somebody goes on. What it has brought stays."""
    with transaction.atomic():
        paused = Listening.objects.filter(pk=listening.pk, due__isnull=False).update(due=None)
        if paused:
            audit.record(by=by, now=now, verb="listening.pause", subject=f"listening:{listening.pk}")
    return bool(paused)


def go_on(*, by: User | None, now: datetime, listening: Listening) -> None:
    """Ask at once, behind what it brought last, so that what came meanwhile comes now."""
    with transaction.atomic():
        _due_again(listening, now)
        audit.record(by=by, now=now, verb="listening.go-on", subject=f"listening:{listening.pk}")


def stop(*, by: User | None, now: datetime, listening: Listening) -> None:
    """No longer listen; what it has brought stays."""
    with transaction.atomic():
        if Listening.objects.filter(pk=listening.pk).delete()[0]:
            audit.record(by=by, now=now, verb="listening.stop", subject=f"listening:{listening.pk}", address=listening.address)


def pause_after(failures: int) -> timedelta:
    """How long to leave a source alone that has failed so many times: a minute, then twice as long each time."""
    longer: timedelta = timedelta(minutes=1) * 2 ** min(failures - 1, 12)
    return min(longer, LONGEST_PAUSE)
