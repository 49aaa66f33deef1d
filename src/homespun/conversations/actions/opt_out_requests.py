"""Opt-out requests: made by anyone, confirmed, dismissed and undone by members. What a proof does is in `opt_out_proofs`.

An open request stops new collection of the account and changes nothing that is stored or published. A decision deletes the readable
address.
"""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from homespun.conversations.actions.asking import clients
from homespun.conversations.actions.opt_out_addresses import accounts_at, aliases, parse_address
from homespun.conversations.actions.opt_out_codes import code_hash, code_of
from homespun.conversations.actions.opt_out_effects import (
    forget_paused,
    resume_collecting,
    stop_listening_to,
    unwithdraw,
    withdraw,
)
from homespun.conversations.actions.opt_out_file import write_opt_out_file
from homespun.conversations.actions.opt_outs import digest, opted_out
from homespun.conversations.models import EFFECTIVE, Listening, OptOut, OptOutRequest
from homespun.core import audit, private_links
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.networks.live import finds
from homespun.networks.protocols import MENTIONS
from homespun.people.models import Account
from homespun.users.models import User

State, Purpose, Ignored = OptOutRequest.State, OptOutRequest.Purpose, OptOutRequest.Ignored
CODE_VALID = timedelta(days=7)
A_DAY, MOST_A_DAY = timedelta(days=1), 50
OURS = _("That is one of this site’s own accounts.")
NOT_OPEN = _("This request has been decided already.")
NOT_OPTED_OUT = _("This account isn’t opted out.")
VERIFIED_BY_PERSON = _("The person verified this opt-out, so only they can undo it.")


@dataclass(frozen=True)
class NewOptOutRequest:
    """A request just made, with what only the requester is shown."""

    request: OptOutRequest
    token: str  # of the private link to its page
    code: str


def request_opt_out(*, by: User | None, now: datetime, typed: str, purpose: str = Purpose.OPT_OUT) -> NewOptOutRequest:
    """Stop collecting the account until the request is decided. Raises `NetworkError` with a sentence.

    What comes of it is the same for every address, so that nobody can find out which accounts are known or opted out.
    """
    address = parse_address(typed)
    accounts = list(accounts_at(address))
    if any(account.is_own for account in accounts):
        raise NetworkError(OURS)
    token = private_links.make()
    code = code_of(token)
    with transaction.atomic():
        digests = [digest(name) for name in dict.fromkeys([*aliases(address), *(account.uri for account in accounts)])]
        ignored = ignored_because(digests, now=now) if purpose == Purpose.OPT_OUT else Ignored.NO
        request = OptOutRequest.objects.create(
            key=secrets.token_hex(8),
            purpose=purpose,
            address=address,
            token_hash=private_links.digest(token),
            code_hash=code_hash(code),
            code_expires_at=now + CODE_VALID,
            ignored_because=ignored,
            requested_at=now,
            cursors=mention_cursors(),
        )
        add_digests(request, digests)
        audit.record(by=by, now=now, verb=f"{purpose}.request", subject=subject_of(request))
        transaction.on_commit(write_opt_out_file, robust=True)
    return NewOptOutRequest(request, token, code)


def ignored_because(digests: Iterable[str], *, now: datetime) -> str:
    """Why a new request would have no effect unless it is verified; "" where it has one. Run in the caller's transaction."""
    found = OptOut.objects.filter(digest__in=list(digests), request__purpose=Purpose.OPT_OUT)
    if found.filter(request__state__in=EFFECTIVE).exists():
        return Ignored.COVERED
    if found.filter(request__state=State.DISMISSED).exists():
        return Ignored.DISMISSED
    recent = OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT, token_hash__isnull=False, requested_at__gt=now - A_DAY)
    return Ignored.LIMIT if recent.count() >= MOST_A_DAY else Ignored.NO


def mention_cursors() -> dict[str, object]:
    """Where the mentions of each connection go on, to read them again from here if the request is dismissed."""
    rows = Listening.objects.filter(source__kind=MENTIONS, connection__isnull=False)
    return {str(pk): rewind or cursor for pk, cursor, rewind in rows.values_list("pk", "cursor", "rewind") if cursor}


def add_digests(request: OptOutRequest, digests: Iterable[str]) -> None:
    OptOut.objects.bulk_create((OptOut(digest=each, request=request) for each in digests), ignore_conflicts=True)


def record_opt_out(*, by: User, now: datetime, typed: str) -> int:
    """A member was asked directly: request and confirmation in one. Returns how many posts can no longer be quoted."""
    with transaction.atomic():
        made = request_opt_out(by=by, now=now, typed=typed)
        OptOutRequest.objects.filter(pk=made.request.pk).update(token_hash=None, code_hash="", ignored_because=Ignored.NO)
        return confirm(by=by, now=now, request=made.request)


def confirm(*, by: User | None, now: datetime, request: OptOutRequest) -> int:
    """A member confirms the request, and every other open one for the same account. Returns how many posts can no longer be quoted."""
    with transaction.atomic():
        related = open_requests_like(request)
        accounts = accounts_of(related)
        add_digests(related[0], [digest(account.uri) for account in accounts])
        posts = take_effect(related, accounts, by=by, now=now)
        close(related, state=State.CONFIRMED, by=by, now=now)
        audit.record(by=by, now=now, verb="opt-out.confirm", subject=subject_of(request), posts=posts)
    return posts


def dismiss(*, by: User | None, now: datetime, request: OptOutRequest) -> None:
    """A member dismisses the request, and every other open one for the same account. Collection continues from the date of the request."""
    with transaction.atomic():
        related = open_requests_like(request)
        resume_collecting(related, now=now)
        close(related, state=State.DISMISSED, by=by, now=now)
        audit.record(by=by, now=now, verb="opt-out.dismiss", subject=subject_of(request))


def undo(*, by: User | None, now: datetime, typed: str, door: Door) -> None:
    """A member undoes a confirmation by typing the address. Raises `NetworkError` with a sentence where they can't."""
    address = parse_address(typed)
    uris = {*aliases(address), *(account.uri for account in accounts_at(address))}
    with suppress(NetworkError):
        uris.update(uris_at(address, door))
    with transaction.atomic():
        digests = [digest(uri) for uri in uris]
        found = list(OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT, state__in=EFFECTIVE, digests__digest__in=digests).distinct())
        if not found:
            raise NetworkError(NOT_OPTED_OUT)
        if any(each.state == State.VERIFIED for each in found):
            raise NetworkError(VERIFIED_BY_PERSON)
        end(found, by=by, now=now)


def end(requests: Sequence[OptOutRequest], *, by: User | None, now: datetime) -> None:
    """End these opt-outs: posts of accounts that no other one covers can be quoted again. Run in the caller's transaction."""
    close(requests, state=State.UNDONE, by=by, now=now)
    digests = set(OptOut.objects.filter(request__in=requests).values_list("digest", flat=True))
    unwithdraw(digests - set(opted_out().values_list("digest", flat=True)))
    for request in requests:
        audit.record(by=by, now=now, verb="opt-out.undo", subject=subject_of(request))


def resolve(*, request: OptOutRequest, now: datetime, door: Door) -> OptOutRequest:
    """Ask the network which account is at the address, so that it is covered whatever it is called later. Raises `NetworkError`."""
    if request.state != State.OPEN or not request.address:
        return request
    uri = next(iter(uris_at(request.address, door)), "")
    with transaction.atomic():
        fresh = OptOutRequest.objects.get(pk=request.pk)
        if not uri or fresh.state != State.OPEN:
            return fresh
        if Account.objects.filter(uri=uri, is_own=True).exists():
            close([fresh], state=State.DISMISSED, by=None, now=now)
            return fresh
        if fresh.purpose == Purpose.OPT_OUT and not fresh.ignored_because:
            others = OptOut.objects.filter(digest=digest(uri)).exclude(request=fresh)
            if others.filter(request__purpose=Purpose.OPT_OUT, request__state__in=[*EFFECTIVE, State.DISMISSED]).exists():
                fresh.ignored_because = ignored_because([digest(uri)], now=now)
        fresh.account_uri = uri
        fresh.save(update_fields=["account_uri", "ignored_because"])
        add_digests(fresh, [digest(uri)])
        transaction.on_commit(write_opt_out_file, robust=True)
    return fresh


def uris_at(address: str, door: Door) -> list[str]:
    """The permanent uri of the account at an address, where its network answers. Raises `NetworkError` where it doesn't for now."""
    try:
        found = next((client.find(address).account for _network, client in clients(door) if finds(client) and client.knows(address)), None)
    except (NetworkError, DoorError) as error:
        if not error.permanent:
            raise
        return []
    return [found.uri] if found else []


def open_requests_like(request: OptOutRequest) -> list[OptOutRequest]:
    """This request and every other open one that covers the same account; this one first. Raises `NetworkError` where it isn't open."""
    rows = OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT, state=State.OPEN)
    first = rows.filter(pk=request.pk).first()
    if first is None:
        raise NetworkError(NOT_OPEN)
    same = OptOut.objects.filter(request=first).values("digest")
    return [first, *rows.filter(digests__digest__in=same).exclude(pk=first.pk).distinct().order_by("pk")]


def accounts_of(requests: Iterable[OptOutRequest]) -> list[Account]:
    """The accounts that these requests are about, as far as they are known here; never our own."""
    found: dict[int, Account] = {}
    for request in requests:
        rows = [*(accounts_at(request.address) if request.address else ()), *Account.objects.filter(uri=request.account_uri or "?")]
        found |= {row.pk: row for row in rows if not row.is_own}
    return list(found.values())


def take_effect(requests: Sequence[OptOutRequest], accounts: Sequence[Account], *, by: User | None, now: datetime) -> int:
    """What a verified or confirmed request does to what is stored. Run in the caller's transaction."""
    addresses = [request.address for request in requests if request.address]
    stop_listening_to([*addresses, *(account.uri for account in accounts)], by=by, now=now)
    forget_paused(OptOut.objects.filter(request__in=requests).values_list("digest", flat=True))
    return withdraw(accounts)


def close(requests: Sequence[OptOutRequest], *, state: str, by: User | None, now: datetime, proof: str = "") -> None:
    """Decide them, and delete everything readable. Run in the caller's transaction."""
    for request in requests:
        request.state, request.decided_at, request.decided_by = state, now, by
        request.proof = proof or request.proof
        request.address = request.account_uri = request.claimed_uri = request.sign_in = ""
        request.cursors = {}
        request.save()
    transaction.on_commit(write_opt_out_file, robust=True)


def subject_of(request: OptOutRequest) -> str:
    """How the audit log names the request: by its key, from which nobody can read whose account it is."""
    return f"opt-out:{request.key}"
