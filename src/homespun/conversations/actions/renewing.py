"""The secret of a connection exchanged for a new one, by one worker at a time, and what is written when it is no longer taken.

Exchanging it takes seconds, in which nobody may hold the database's write lock. So whoever exchanges it first claims the row until
a moment that is written in it; the others wait for what that one writes, and claim it themselves only when that moment has passed.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from homespun.conversations.models import Connection
from homespun.core import audit
from homespun.core.security import sealing
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.networks.connecting import Secret
from homespun.networks.said import Said

CLAIM = timedelta(seconds=120)  # longer than the longest exchange
LOOK = 0.1  # seconds between two looks at who has it
BUSY = _("Another worker is renewing the access of this account. It is tried again.")


def renewed(*, connection: int, old: Secret, exchange: Callable[[Secret], Secret], now: Callable[[], datetime]) -> dict[str, Any]:
    """The secret that took the place of `old`. Raises what `exchange` raises, and `NetworkError` where another takes too long over it."""
    until = time.monotonic() + CLAIM.total_seconds()
    while time.monotonic() < until:
        held = sealing.opened(Connection.objects.values_list("secret", flat=True).get(pk=connection))
        if held != dict(old):
            return held
        if claimed := _claim(connection, now()):
            return _exchanged(connection, claimed, old, exchange)
        time.sleep(LOOK)
    raise NetworkError(BUSY, permanent=False)


def _claim(connection: int, now: datetime) -> datetime | None:
    """Until when it is ours alone; None where it is another's."""
    free = Q(renewing__isnull=True) | Q(renewing__lt=now)
    taken = Connection.objects.filter(free, pk=connection).update(renewing=now + CLAIM)
    return now + CLAIM if taken else None


def _exchanged(connection: int, claimed: datetime, old: Secret, exchange: Callable[[Secret], Secret]) -> dict[str, Any]:
    """Looked at once more under the claim: another may have exchanged it between our look and our claim."""
    ours = Connection.objects.filter(pk=connection, renewing=claimed)
    try:
        held = sealing.opened(Connection.objects.values_list("secret", flat=True).get(pk=connection))
        if held != dict(old):
            return held
        fresh = dict(exchange(old))
        Connection.objects.filter(pk=connection).update(secret=sealing.seal(fresh))  # even where our claim has run out: no other is newer
        return fresh
    finally:
        ours.update(renewing=None)


def worked(*, connection: int, now: datetime) -> None:
    """Its server answered us just now. Runs in the caller's transaction."""
    Connection.objects.filter(pk=connection, state=Connection.State.WORKING).update(worked=now, trouble="")


def lost(*, connection: Connection, trouble: Said, now: datetime) -> None:
    """Its server no longer takes what we have: it is not asked any more until somebody connects it again, which may be done already."""
    as_it_was = Connection.objects.filter(pk=connection.pk, connected=connection.connected, state=Connection.State.WORKING)
    with transaction.atomic():
        if as_it_was.update(state=Connection.State.BROKEN, trouble=str(trouble)):
            audit.record(by=None, now=now, verb="connection.broke", subject=f"connection:{connection.pk}")
