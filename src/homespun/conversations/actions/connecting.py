"""Accounts of ours, connected and let go: what their networks ask for that is in `networks.connecting`.

What has to be kept while a person is at the network is sealed, too, as it lets in whoever holds it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from homespun.conversations.actions import own
from homespun.conversations.actions.asking import asking, asking_for
from homespun.conversations.actions.listening import listen_to_own
from homespun.conversations.actions.renewing import worked
from homespun.conversations.models import Connection, Listening, Outgoing
from homespun.conversations.worded import worded
from homespun.core import audit
from homespun.core.security import sealing
from homespun.http import Door
from homespun.networks import NetworkError, live
from homespun.networks import said as _
from homespun.networks.connecting import Connected, Ourselves, SignsIn
from homespun.people.models import Account
from homespun.users.models import User

log = logging.getLogger("homespun.connecting")

PATIENCE = 30 * 60  # seconds that somebody may take at their network
TOO_LATE = _("The sign-in took too long, or was begun in another browser. Start again.")
CUT_OFF = _("The account was disconnected before this was sent.")


@dataclass(frozen=True)
class Begun:
    """Where the person is to say yes to what, and what their session keeps meanwhile."""

    url: str
    state: str
    server: str
    scopes: tuple[str, ...]
    sealed: str


def begin(*, network: str, typed: str, us: Ourselves, door: Door) -> Begun:
    """Raises `NetworkError`."""
    begun = sign_in(network, door).begin(typed, us)
    sealed = sealing.seal({"network": network, "state": begun.state, "kept": dict(begun.kept)})
    return Begun(begun.url, begun.state, begun.server, begun.scopes, sealed)


def finish(*, by: User, now: datetime, sealed: str, answer: Mapping[str, str], door: Door) -> Connection:
    """With what was kept, and what the network answered. Raises `NetworkError`."""
    try:
        held = sealing.opened(sealed, seconds=PATIENCE)
    except sealing.Lost as error:
        raise NetworkError(TOO_LATE) from error
    if answer.get("state") != held["state"]:
        raise NetworkError(TOO_LATE)
    network: str = held["network"]
    return connect(by=by, now=now, network=network, connected=sign_in(network, door).finish(held["kept"], answer))


def connect_by_password(*, by: User, now: datetime, network: str, typed: str, password: str, door: Door) -> Connection:
    """By a password that the network made for this application alone. Raises `NetworkError`."""
    way = sign_in(network, door)
    if not live.takes_passwords(way):
        raise NetworkError(_("This network has no passwords for single applications."))
    return connect(by=by, now=now, network=network, connected=way.by_password(typed, password))


def sign_in(network: str, door: Door) -> SignsIn:
    made = live.SIGN_INS.get(network)
    if made is None:
        raise NetworkError(_("No account can be connected on this network."))
    return made(asking(door, network))


def connect(*, by: User, now: datetime, network: str, connected: Connected) -> Connection:
    """Write it down; an account that was connected before has one connection still."""
    seen = connected.account
    names = {"network": network, "handle": seen.handle, "name": seen.name, "avatar": seen.avatar, "bio": seen.bio}
    told = {
        "network": network,
        "server": connected.server,
        "secret": sealing.seal(connected.secret),
        "scopes": connected.scopes,
        "limits": dict(connected.limits),
        "state": Connection.State.WORKING,
        "trouble": "",
        "connected": now,
        "connected_by": by,
        "worked": now,
        "renewing": None,
    }
    with transaction.atomic():
        account, _made = Account.objects.update_or_create(uri=seen.uri, defaults=names)
        own.mark(account.pk)
        connection, _made = Connection.objects.update_or_create(account=account, defaults=told)
        listen_to_own(connection=connection, by=by, now=now)
        audit.record(by=by, now=now, verb="connection.connect", subject=f"connection:{connection.pk}", account=seen.uri)
    return connection


def check(*, now: datetime, connection: Connection, door: Door) -> bool:
    """Whether its server still lets us in, and how it goes by now. A server that does not answer for now is asked again by itself."""
    working = Connection.objects.filter(pk=connection.pk, state=Connection.State.WORKING)
    try:
        seen = live.SIGN_INS[connection.network](asking_for(connection, door)).check()
    except NetworkError as error:
        working.update(trouble=worded(error.said))
        return False
    told = {"handle": seen.account.handle, "name": seen.account.name, "avatar": seen.account.avatar}
    with transaction.atomic():
        Account.objects.filter(pk=connection.account_id).update(**{key: value for key, value in told.items() if value})
        working.update(limits=dict(seen.limits))
        worked(connection=connection.pk, now=now)
    return True


def check_all(*, now: datetime, door: Door) -> None:
    for connection in Connection.objects.filter(state=Connection.State.WORKING).select_related("account"):
        check(now=now, connection=connection, door=door)


def disconnect(*, by: User, now: datetime, connection: Connection, door: Door) -> bool:
    """Forget the secret here and at its network, whose answer is not waited for by anything: False where it could not be told.

    What waits to be sent is kept, and says so; the account stays one of ours.
    """
    secret = connection.secret
    with transaction.atomic():
        if (
            not Connection.objects.filter(pk=connection.pk)
            .exclude(state=Connection.State.ENDED)
            .update(state=Connection.State.ENDED, secret="", trouble="", renewing=None)
        ):
            return True
        Listening.objects.filter(connection=connection).update(due=None)
        waiting = Outgoing.objects.filter(connection=connection, state=Outgoing.State.WAITING)
        waiting.update(state=Outgoing.State.FAILED, trouble=str(CUT_OFF))
        audit.record(by=by, now=now, verb="connection.disconnect", subject=f"connection:{connection.pk}", account=connection.account.uri)
    return _told(connection, secret, door)


def _told(connection: Connection, secret: str, door: Door) -> bool:
    try:
        sign_in(connection.network, door).forget(connection.server, sealing.opened(secret))
    except (NetworkError, sealing.Lost) as error:
        log.warning(
            "connection %d was ended here, and could not be ended at %s (%s)", connection.pk, connection.server, type(error).__name__
        )
        return False
    return True
