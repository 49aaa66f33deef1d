"""How a person verifies an opt-out request without the team: by signing in, by a message with the code, or by the code on their domain.

Each proof ends in the permanent id of an account, and covers that account alone.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from homespun.conversations.actions.asking import clients
from homespun.conversations.actions.connecting import PATIENCE, TOO_LATE, sign_in
from homespun.conversations.actions.listening import address_of
from homespun.conversations.actions.opt_out_addresses import PROFILES, aliases
from homespun.conversations.actions.opt_out_codes import codes_in, requests_with_code
from homespun.conversations.actions.opt_out_effects import resume_digests
from homespun.conversations.actions.opt_out_requests import (
    OURS,
    Ignored,
    Purpose,
    State,
    add_digests,
    close,
    end,
    resolve,
    subject_of,
    take_effect,
)
from homespun.conversations.actions.opt_outs import digest
from homespun.conversations.actions.taking import is_theirs
from homespun.conversations.models import EFFECTIVE, Connection, OptOut, OptOutRequest
from homespun.core import audit, private_links
from homespun.core.security import sealing
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError, live
from homespun.networks import said as _
from homespun.networks.connecting import Ourselves
from homespun.networks.live import finds
from homespun.networks.values import Post
from homespun.people.models import Account

Proof = OptOutRequest.Proof
FILE = "/.well-known/homespun-opt-out"
CAP, DEADLINE = 4096, 10.0
THIS_MACHINE = ("localhost", "127.", "[::1]")  # without TLS, and only where an operator allows it
NOT_OPEN = _("This request has been decided already.")
OTHER_ACCOUNT = _("You signed in with another account than the one in the request.")
NOT_RESOLVED = _("Homespun couldn’t find out which account is at that address. Try again later.")
NO_CODE = _("The code isn’t at %(url)s yet.")
EXPIRED = _("The code has expired. Make a new request.")
OTHER_WAY = _("This opt-out was verified in another way. Use the same way to undo it.")
NO_SIGN_IN = _("You can’t sign in with that account here.")


@dataclass(frozen=True)
class Ways:
    """How a request can be verified, by the form of its address alone."""

    network: str = ""  # to sign in with; "" where that isn't possible
    message_to: tuple[str, ...] = ()  # accounts of ours on the same network
    takes_direct_messages: bool = False
    domain: str = ""
    file: str = ""  # address at which the code is looked for

    @property
    def any(self) -> bool:
        return bool(self.network or self.message_to or self.domain)


def ways_for(address: str, door: Door) -> Ways:
    handle = handle_of(address)
    network = next((network for network, client in clients(door) if finds(client) and client.knows(handle or address)), "")
    ours = Connection.objects.filter(network=network, state=Connection.State.WORKING).select_related("account") if handle else []
    domain = domain_of(address)
    return Ways(
        network=network if network in live.SIGN_INS and live.proves_identity(sign_in(network, door)) else "",
        message_to=tuple(address_of(connection.account) for connection in ours),
        takes_direct_messages=network in live.TAKES_DIRECT_MESSAGES,
        domain=domain,
        file=file_at(domain) if domain else "",
    )


def handle_of(address: str) -> str:
    """The address as a handle or did; "" for a website."""
    return next((name for name in aliases(address) if name.startswith(("@", "did:"))), "")


def domain_of(address: str) -> str:
    """The domain that belongs to whoever has this address; "" where it is somebody else's, such as a server with many accounts."""
    if address.startswith("did:web:"):
        return address.removeprefix("did:web:").partition(":")[0].replace("%3a", ":").replace("%3A", ":")
    handle = handle_of(address).removeprefix("@")
    if address.startswith("http") and not handle:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    is_shared = "@" in handle or "." not in handle or handle.startswith("did:") or handle in PROFILES
    return "" if is_shared or handle.endswith(live.HOSTED_HANDLES) else handle


def file_at(domain: str) -> str:
    return f"{'http' if domain.startswith(THIS_MACHINE) else 'https'}://{domain}{FILE}"


def verify(*, request: OptOutRequest, proof: str, uri: str, now: datetime) -> bool:
    """The person with this account made the request. False where it has been decided already. Raises `NetworkError` with a sentence."""
    if Account.objects.filter(uri=uri, is_own=True).exists():
        raise NetworkError(OURS)
    with transaction.atomic():
        fresh = OptOutRequest.objects.get(pk=request.pk)
        if fresh.state != State.OPEN:
            return False
        if fresh.purpose == Purpose.UNDO:
            _undo(fresh, proof, uri, now)
        else:
            _opt_out(fresh, proof, uri, now)
    return True


def _opt_out(request: OptOutRequest, proof: str, uri: str, now: datetime) -> None:
    proven = [
        name for name in aliases(request.address) if proof == Proof.DOMAIN or name.startswith(("@", "did:")) or name == request.address
    ]
    before = set(OptOut.objects.filter(request=request).values_list("digest", flat=True))
    covered = {digest(name) for name in (*proven, uri)}
    OptOut.objects.filter(request=request).exclude(digest__in=covered).delete()
    add_digests(request, covered)
    uris = [uri, *(proven if proof == Proof.DOMAIN else ())]
    posts = take_effect([request], list(Account.objects.filter(uri__in=uris, is_own=False)), by=None, now=now)
    resume_digests(before - covered, now=now)  # of accounts that only went by that address before
    others = OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT, state=State.OPEN, digests__digest=digest(uri)).exclude(pk=request.pk)
    OptOutRequest.objects.filter(pk__in=list(others.values_list("pk", flat=True))).update(
        ignored_because=Ignored.COVERED, address="", account_uri="", claimed_uri="", sign_in=""
    )
    close([request], state=State.VERIFIED, by=None, now=now, proof=proof)
    audit.record(by=None, now=now, verb="opt-out.verify", subject=subject_of(request), proof=proof, posts=posts)


def _undo(request: OptOutRequest, proof: str, uri: str, now: datetime) -> None:
    covering = OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT, state__in=EFFECTIVE, digests__digest=digest(uri)).distinct()
    if any(each.state == State.VERIFIED and each.proof != proof for each in covering):
        raise NetworkError(OTHER_WAY)
    end(list(covering), by=None, now=now)
    close([request], state=State.VERIFIED, by=None, now=now, proof=proof)


def read_codes(posts: Sequence[Post], *, now: datetime) -> None:
    """Verify requests by posts to us that hold their codes. `Taking` stores no such post. Run in the caller's transaction."""
    for post in posts:
        for request in requests_with_code(post):
            is_valid = request.state == State.OPEN and request.code_expires_at and now < request.code_expires_at
            if not (is_valid and post.author and is_theirs(post)):
                continue
            if not request.account_uri:  # its network hasn't said yet which account that is; `resolve_claimed` goes on
                OptOutRequest.objects.filter(pk=request.pk).update(claimed_uri=post.author.uri)
            elif post.author.uri == request.account_uri:
                _verify_quietly(request, post.author.uri, now)


def _verify_quietly(request: OptOutRequest, uri: str, now: datetime) -> None:
    """Nobody waits for an answer here: what can't be done shows on the page of the request, which stays open."""
    try:
        verify(request=request, proof=Proof.MESSAGE, uri=uri, now=now)
    except NetworkError:
        return


def resolve_claimed(*, request: OptOutRequest, now: datetime, door: Door) -> None:
    """Find out whose account the request is about, and verify it if that account has sent the code. Raises `NetworkError`."""
    fresh = resolve(request=request, now=now, door=door)
    if fresh.state != State.OPEN or not fresh.claimed_uri or not fresh.account_uri:
        return
    if fresh.claimed_uri == fresh.account_uri:
        _verify_quietly(fresh, fresh.account_uri, now)
    else:
        OptOutRequest.objects.filter(pk=fresh.pk).update(claimed_uri="")


@dataclass(frozen=True)
class IdentityCheck:
    """Where the person signs in, and the secret that their browser keeps meanwhile."""

    url: str
    browser: str


def begin_sign_in(*, request: OptOutRequest, us: Ourselves, now: datetime, door: Door) -> IdentityCheck:
    """Raises `NetworkError` with a sentence."""
    if request.state != State.OPEN:
        raise NetworkError(NOT_OPEN)
    network = ways_for(request.address, door).network
    if not network:
        raise NetworkError(NO_SIGN_IN)
    way = sign_in(network, door)
    assert live.proves_identity(way)  # `ways_for` has looked
    begun = way.begin_proof(handle_of(request.address), us)
    browser = secrets.token_urlsafe(24)
    held = {"network": network, "state": begun.state, "kept": dict(begun.kept), "browser": private_links.digest(browser)}
    OptOutRequest.objects.filter(pk=request.pk, state=State.OPEN).update(sign_in=sealing.seal(held))
    return IdentityCheck(begun.url, browser)


def finish_sign_in(*, request: OptOutRequest, browser: str, answer: Mapping[str, str], now: datetime, door: Door) -> None:
    """With what the person brought back. The sign-in works once, in the browser that began it. Raises `NetworkError` with a sentence."""
    sealed = request.sign_in
    if not sealed or not OptOutRequest.objects.filter(pk=request.pk, state=State.OPEN, sign_in=sealed).update(sign_in=""):
        raise NetworkError(TOO_LATE)
    try:
        held = sealing.opened(sealed, seconds=PATIENCE)
    except sealing.Lost as error:
        raise NetworkError(TOO_LATE) from error
    if answer.get("state") != held["state"] or private_links.digest(browser) != held["browser"]:
        raise NetworkError(TOO_LATE)
    way = sign_in(held["network"], door)
    assert live.proves_identity(way)  # `begin_sign_in` has looked
    account = way.finish_proof(held["kept"], answer)
    fresh = resolve(request=request, now=now, door=door)
    if not fresh.account_uri:
        raise NetworkError(NOT_RESOLVED, permanent=False)
    if account.uri != fresh.account_uri:
        raise NetworkError(OTHER_ACCOUNT)
    if not verify(request=fresh, proof=Proof.SIGN_IN, uri=account.uri, now=now):
        raise NetworkError(NOT_OPEN)


def check_domain(*, request: OptOutRequest, code: str, now: datetime, door: Door) -> None:
    """Look for the code on the domain. Raises `NetworkError` with a sentence where it isn't there."""
    domain = domain_of(request.address)
    if request.state != State.OPEN or not domain:
        raise NetworkError(NOT_OPEN)
    if request.code_expires_at is None or now >= request.code_expires_at:
        raise NetworkError(EXPIRED)
    url = file_at(domain)
    try:
        text = door.fetch(url, cap_bytes=CAP, deadline=DEADLINE, onward=False).text
    except DoorError as error:
        raise NetworkError(_("Homespun couldn’t read %(url)s: %(why)s", url=url, why=error.sentence), permanent=error.permanent) from error
    if code not in codes_in(text):
        raise NetworkError(_(NO_CODE.sentence, url=url))
    fresh = resolve(request=request, now=now, door=door)
    if not verify(request=fresh, proof=Proof.DOMAIN, uri=fresh.account_uri or request.address, now=now):
        raise NetworkError(NOT_OPEN)
