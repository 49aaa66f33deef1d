"""What opt-out requests need from time to time: posts fetched after a dismissal, stale requests deleted, owners reminded."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from homespun.conversations.actions.arriving import Arriving, parted
from homespun.conversations.actions.asking import clients
from homespun.conversations.actions.opt_out_proofs import resolve_claimed
from homespun.conversations.actions.opt_out_requests import CODE_VALID, Ignored, Purpose, State
from homespun.conversations.actions.taking import Taking, server_source
from homespun.conversations.models import Absence, OptOutRequest
from homespun.core import audit
from homespun.http import Door
from homespun.networks import NetworkError
from homespun.networks.live import completes, finds
from homespun.networks.protocols import Around, Completes

AT_ONCE = 200
OPEN_TOO_LONG = timedelta(days=14)


def fetch_held_back(*, now: datetime, door: Door) -> int:
    """Fetch single posts that a request held back and that may be stored again. Returns how many are stored now."""
    due = Absence.objects.filter(why=Absence.Why.PAUSED, again__lte=now).order_by("asked")
    uris = list(due.values_list("uri", flat=True)[:AT_ONCE])
    if not uris:
        return 0
    stored, left = 0, set(uris)
    for _network, client in clients(door, read=True):
        theirs = [uri for uri in uris if uri in left and finds(client) and client.knows(uri)]
        if theirs and completes(client):
            left.difference_update(theirs)
            stored += _fetch(client, theirs, now)
    unanswered = Absence.objects.filter(uri__in=uris, why=Absence.Why.PAUSED, again__lte=now)
    unanswered.update(why=Absence.Why.UNREACHABLE, again=None, paused_by="")
    return stored


def _fetch(client: Completes, uris: Iterable[str], now: datetime) -> int:
    return sum(_store(answer, now) for answer in client.fetch(uris))


def _store(answer: Around, now: datetime) -> int:
    with transaction.atomic():
        source = server_source(answer.server, by=None, now=now)
        new = 0
        for ours, posts in parted(answer.posts):
            new += Arriving(Taking(None, now, ours=ours), now - OPEN_TOO_LONG).take(source, posts).new
        Taking(None, now).write(source, (), answer.absent)
    return new


def resolve_waiting(*, now: datetime, door: Door) -> None:
    """Requests whose code was sent before their network had said whose account they are about."""
    for request in OptOutRequest.objects.filter(state=State.OPEN).exclude(claimed_uri=""):
        try:
            resolve_claimed(request=request, now=now, door=door)
        except NetworkError:
            continue  # its server doesn't answer for now


def delete_stale(*, now: datetime) -> int:
    """Delete open requests that have no effect and whose code has expired."""
    without_effect = ~Q(ignored_because=Ignored.NO) & ~Q(ignored_because=Ignored.DISMISSED) | Q(purpose=Purpose.UNDO)
    expired = OptOutRequest.objects.filter(without_effect, state=State.OPEN, requested_at__lt=now - CODE_VALID)
    return expired.delete()[1].get(OptOutRequest._meta.label, 0)


def overdue(*, now: datetime) -> "list[OptOutRequest]":
    """Requests that have been open for 14 days, and of which the owners haven't been told."""
    rows = OptOutRequest.objects.filter(purpose=Purpose.OPT_OUT, state=State.OPEN, ignored_because=Ignored.NO, reminded_at=None)
    return list(rows.filter(requested_at__lte=now - OPEN_TOO_LONG).order_by("requested_at"))


def mark_reminded(*, requests: Iterable[OptOutRequest], now: datetime) -> None:
    with transaction.atomic():
        for request in requests:
            OptOutRequest.objects.filter(pk=request.pk).update(reminded_at=now)
            audit.record(by=None, now=now, verb="opt-out.remind", subject=f"opt-out:{request.key}")
