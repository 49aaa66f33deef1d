"""Leaving out: somebody's wish not to be collected, done at once, kept as hashes, and undone by a member where it was a mistake.

Anybody may say so of any account. What we hold of it stays on the desk, withdrawn: it can be quoted nowhere any more. What comes later
is not kept. The wishes are also written to a file of their own, which a restore reads before it opens the doors.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When

from homespun.conversations.actions.asking import clients
from homespun.conversations.actions.listening import stop, tidied
from homespun.conversations.actions.tombstones import digest
from homespun.conversations.models import Absence, Listening, Post, State, Tombstone
from homespun.core import audit
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.networks.live import finds
from homespun.people.models import Account
from homespun.users.models import User

FILE = "tombstones.txt"
LONGEST = 500
SITE = re.compile(r"[\w-]+(\.[\w-]+)+")  # a handle of Bluesky, a site, or both
OURS = _("That is an account of this site’s own.")
NO_ACCOUNT = _("Type the address of an account, such as @name@server, @name.example or the address of its page.")


@dataclass(frozen=True)
class Left:
    """What came of a wish."""

    address: str  # as it was understood
    posts: int  # that were held and can no longer be quoted


def leave_out(*, by: User | None, now: datetime, typed: str) -> Left:
    """At once, for all that is known here of the account; `learn` asks its network for more. Raises `NetworkError` with a sentence."""
    address = understood(typed)
    accounts = known(address)
    if any(account.is_own for account in accounts):
        raise NetworkError(OURS)
    with transaction.atomic():
        bury(names(address, accounts), now=now)
        posts = withdraw(accounts)
        cease(address, accounts, by=by, now=now)
        subject = f"tombstone:{digest(address)[:16]}"  # the wish is not to be known, so it is not written down whose it is
        audit.record(by=by, now=now, verb="account.leave-out", subject=subject, posts=posts)
    return Left(address, posts)


def learn(*, address: str, now: datetime, door: Door) -> None:
    """Ask the network of an address which account it is, so that it is left out whatever it is called later."""
    for _network, client in clients(door):
        if finds(client) and client.knows(address):
            found = client.find(address).account
            if found and digest(address) in wishes() and not Account.objects.filter(uri=found.uri, is_own=True).exists():
                with transaction.atomic():
                    bury([found.uri], now=now)
                    withdraw(Account.objects.filter(uri=found.uri))
            return


def take_back(*, by: User, now: datetime, typed: str, door: Door) -> bool:
    """Undo it, by the address that it was said of; False where it was not said of that one. What it withdrew can be quoted again."""
    address = understood(typed)
    accounts = known(address)
    uris = {*names(address, accounts), *asked(address, door)}
    with transaction.atomic():
        gone = Tombstone.objects.filter(digest__in=[digest(uri) for uri in uris]).delete()[0]
        if gone:
            restore(Account.objects.filter(uri__in=uris))
            audit.record(by=by, now=now, verb="account.take-back", subject=f"tombstone:{digest(address)[:16]}", address=address)
            transaction.on_commit(write_down)
    return bool(gone)


def understood(typed: str) -> str:
    address = tidied(f"@{typed.strip()}" if SITE.fullmatch(typed.strip()) else typed)
    if not address or len(address) > LONGEST or address.startswith("#") or " " in address or not address.startswith(("@", "did:", "http")):
        raise NetworkError(NO_ACCOUNT)
    return address


def known(address: str) -> "QuerySet[Account]":
    """Accounts that go by this address here."""
    handle = address.removeprefix("@") if address.startswith("@") else ""
    named = Q(handle__iexact=handle) | Q(former_names__handle__iexact=handle) if handle else Q()
    server, _at, name = address.partition("/@")
    if address.startswith("http") and name:
        named = Q(handle__iexact=f"{name.rstrip('/')}@{server.partition('://')[2]}")
    elif address.startswith(BY_ADDRESS):
        last = address.rstrip("/").rpartition("/")[2]
        named = Q(handle__iexact=last) | Q(uri=last)
    found = Q(uri__iexact=address) | named if named else Q(uri__iexact=address)
    return Account.objects.filter(pk__in=Account.objects.filter(found).values("pk"))


BY_ADDRESS = ("https://bsky.app/profile/", "https://x.com/", "https://twitter.com/")


def names(address: str, accounts: Iterable[Account]) -> list[str]:
    """By which it is left out: what was typed, a site that it may be, and what its accounts are known by for ever."""
    handle = address.removeprefix("@")
    sites = [f"https://{handle}", f"https://{handle}/"] if address.startswith("@") and SITE.fullmatch(handle) else []
    return list(dict.fromkeys([address, *sites, *(account.uri for account in accounts)]))


def asked(address: str, door: Door) -> list[str]:
    """The uri of the account at an address, where its network answers."""
    try:
        found = next((client.find(address).account for _network, client in clients(door) if finds(client) and client.knows(address)), None)
    except (NetworkError, DoorError):
        return []
    return [found.uri] if found else []


def bury(uris: Iterable[str], *, now: datetime) -> None:
    """Runs in the caller's transaction; the file follows it."""
    Tombstone.objects.bulk_create((Tombstone(digest=digest(uri), at=now) for uri in uris), ignore_conflicts=True)
    transaction.on_commit(write_down)


def withdraw(accounts: "QuerySet[Account]") -> int:
    """Their posts can be quoted nowhere any more."""
    return Post.objects.filter(author__in=accounts, state__in=[State.LIVE, State.EDITED]).update(state=State.WITHDRAWN)


def restore(accounts: "QuerySet[Account]") -> None:
    """Their posts are as they were, but for those that were deleted meanwhile."""
    theirs = Post.objects.filter(author__in=accounts, state=State.WITHDRAWN)
    theirs.filter(uri__in=Absence.objects.filter(why=Absence.Why.GONE).values("uri")).update(state=State.DELETED)
    theirs.update(state=Case(When(edited__isnull=True, then=Value(State.LIVE)), default=Value(State.EDITED)))


def cease(address: str, accounts: Iterable[Account], *, by: User | None, now: datetime) -> None:
    """Nobody listens to them any more."""
    uris = {account.uri for account in accounts}
    for row in Listening.objects.filter(connection=None).select_related("source"):
        if row.address == address or row.source.declared.get("account") in uris:
            stop(by=by, now=now, listening=row)


def wishes() -> set[str]:
    return set(Tombstone.objects.values_list("digest", flat=True))


def write_down() -> None:
    """All wishes into their file, whole or not at all: one line each, the hash and when it was said."""
    path = Path(settings.DATA) / FILE
    lines = [f"{each.digest} {each.at.astimezone(UTC).replace(tzinfo=None)}\n" for each in Tombstone.objects.order_by("at", "digest")]
    text = "".join(lines)
    if (path.read_text() if path.exists() else "") == text:
        return
    fresh = path.with_name(f"{FILE}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
