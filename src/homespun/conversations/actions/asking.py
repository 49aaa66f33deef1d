"""The clients of the networks that can be asked, as this installation is configured, and those that act for a connected account."""

from collections.abc import Iterator
from contextlib import suppress

import msgspec
from django.conf import settings
from django.utils import timezone

from homespun.conversations.actions import renewing
from homespun.conversations.models import Connection
from homespun.core.security import sealing, signing
from homespun.http import Door
from homespun.networks import NetworkError, live
from homespun.networks import said as _
from homespun.networks.live import Asking
from homespun.networks.protocols import Speaks
from homespun.people.models import Account

PREFIX = "HOMESPUN_"
BROKEN = _("This account has to be connected again under Settings > Connections.")


def asking(door: Door, network: str) -> Asking:
    """What a client of this network asks with, for nobody in particular."""
    own = Account.objects.filter(is_own=True, network=network).values_list("uri", flat=True)
    return Asking(door=door, settings=told(network), own=tuple(own), sign=signing.signed, private_url=signing.private_url())


def told(network: str) -> dict[str, str]:
    """What the operator has set of it."""
    begins = f"{PREFIX}{network.upper()}_"
    return {name.removeprefix(PREFIX).lower(): str(getattr(settings, name)) for name in dir(settings) if name.startswith(begins)}


def clients(door: Door, *, read: bool = False) -> Iterator[tuple[str, object]]:
    """Each network with a client that acts for nobody, in the order in which they are asked whose an address is; to `read`, with the one
    that is shown most."""
    for network in live.CLIENTS:
        yield network, reader(network, door) if read else live.client(network, asking(door, network))


def client_of(network: str, door: Door) -> object | None:
    return live.client(network, asking(door, network))


def reader(network: str, door: Door) -> object | None:
    """The client that is shown most: that of the account of ours that was connected first and works, with what the others are shown, too;
    else that of nobody."""
    working = Connection.objects.filter(network=network, state=Connection.State.WORKING).select_related("account")
    askings = []
    for connection in working.order_by("connected"):
        with suppress(NetworkError):
            askings.append(asking_for(connection, door))
    if not askings:
        return client_of(network, door)
    return live.client(network, msgspec.structs.replace(askings[0], others=tuple(askings[1:])))


def client_for(connection: Connection, door: Door) -> object | None:
    """The client that reads as this account. Raises `NetworkError` where it has to be connected again first."""
    return live.client(connection.network, asking_for(connection, door))


def speaker(connection: Connection, door: Door) -> Speaks:
    """What posts as this account. Raises `NetworkError` where it has to be connected again first."""
    return live.speaker(connection.network, asking_for(connection, door))


def asking_for(connection: Connection, door: Door) -> Asking:
    """What a client asks with for this account, its secret opened."""
    if connection.state != Connection.State.WORKING:
        raise NetworkError(BROKEN)
    try:
        secret = sealing.opened(connection.secret)
    except sealing.Lost as error:
        renewing.lost(connection=connection, trouble=LOST_KEY, now=timezone.now())
        raise NetworkError(BROKEN) from error
    return msgspec.structs.replace(
        asking(door, connection.network),
        server=connection.server,
        me=connection.account.uri,
        limits=connection.limits,
        secret=secret,
        renew=lambda old, exchange: renewing.renewed(connection=connection.pk, old=old, exchange=exchange, now=timezone.now),
        lost=lambda trouble: renewing.lost(connection=connection, trouble=trouble, now=timezone.now()),
    )


LOST_KEY = _("The key that opens its token is not the one with which it was sealed. Connect the account again.")
