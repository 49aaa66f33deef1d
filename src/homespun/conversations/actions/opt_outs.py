"""Opt-outs as `store` sees them: the salted hashes of accounts and posts from which nothing new may be stored."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from homespun.conversations.actions.merging import Sight
from homespun.conversations.models import EFFECTIVE, Absence, OptOut, OptOutRequest
from homespun.networks.values import Account, Post
from homespun.people.models import Account as Row

OPT_OUT = Q(request__purpose=OptOutRequest.Purpose.OPT_OUT)
OPEN = OPT_OUT & Q(request__state=OptOutRequest.State.OPEN, request__ignored_because=OptOutRequest.Ignored.NO)
DECIDED = OPT_OUT & Q(request__state__in=EFFECTIVE)


def opted_out() -> "QuerySet[OptOut]":
    """Hashes that a decided opt-out covers."""
    return OptOut.objects.filter(DECIDED)


def paused() -> "QuerySet[OptOut]":
    """Hashes that an open request covers."""
    return OptOut.objects.filter(OPEN)


class OptOuts:
    """All opt-outs that count now. Without any, filtering costs one query."""

    def __init__(self) -> None:
        self.opted_out: set[str] = set()
        self.paused: set[str] = set()
        self.reload()

    def reload(self) -> None:
        """Read them again. In a write transaction no decision can come between this and what is stored."""
        rows = list(OptOut.objects.filter(DECIDED | OPEN).values_list("digest", "request__state"))
        self.paused = {found for found, state in rows if state == OptOutRequest.State.OPEN}
        self.opted_out = {found for found, state in rows if state != OptOutRequest.State.OPEN}

    def filter(self, posts: Sequence[Post]) -> Sequence[Post]:
        return [post for post in posts if not self.reason(post)] if self.opted_out or self.paused else posts

    def filter_sightings(self, sights: Iterable[Sight]) -> Iterable[Sight]:
        return (sight for sight in sights if not self.reason(sight.post)) if self.opted_out or self.paused else sights

    def reason(self, post: Post) -> str:
        """Why a post may not be stored, as an `Absence.Why`; "" where it may."""
        return self.reason_and_digest(post)[0]

    def reason_and_digest(self, post: Post) -> tuple[str, str]:
        uris = [post.uri, *post.names, *(names_of(post.author) if post.author else ())]
        return self._reason_of(uris)

    def covers(self, account: Account) -> bool:
        return bool(self._reason_of(names_of(account))[0])

    def covers_row(self, account: Row | None) -> bool:
        """The same for an account as it is stored."""
        return account is not None and self.covers(Account(account.uri, account.handle))

    def _reason_of(self, uris: Iterable[str]) -> tuple[str, str]:
        if not (self.opted_out or self.paused):
            return "", ""
        digests = [digest(uri) for uri in uris]
        if any(each in self.opted_out for each in digests):
            return Absence.Why.LEFT_OUT, ""
        found = next((each for each in digests if each in self.paused), "")
        return (Absence.Why.PAUSED, found) if found else ("", "")


def names_of(account: Account) -> tuple[str, ...]:
    """What a request can name an account by: its uri, or its handle where nobody could tell yet whose that is."""
    return (account.uri, f"@{account.handle.lower()}") if account.handle else (account.uri,)


def is_opted_out(*uris: str) -> bool:
    return opted_out().filter(digest__in=[digest(uri) for uri in uris]).exists()


def is_paused(*uris: str) -> bool:
    return paused().filter(digest__in=[digest(uri) for uri in uris]).exists()


def verified_among(uris: Iterable[str]) -> set[str]:
    """Of these accounts those that verified their opt-out themselves."""
    return _among(uris, Q(request__state=OptOutRequest.State.VERIFIED) & OPT_OUT)


def recorded_among(uris: Iterable[str]) -> set[str]:
    """Of these accounts those with an opt-out that they verified or a member confirmed."""
    states = (OptOutRequest.State.VERIFIED, OptOutRequest.State.CONFIRMED)
    return _among(uris, Q(request__state__in=states) & OPT_OUT)


def earlier_among(uris: Iterable[str]) -> set[str]:
    """Of these accounts those whose only opt-out was made before verification existed."""
    wanted = set(uris)
    return _among(wanted, Q(request__state=OptOutRequest.State.EARLIER) & OPT_OUT) - recorded_among(wanted)


def paused_among(uris: Iterable[str]) -> set[str]:
    """Of these accounts those with an open request."""
    return _among(uris, OPEN)


def _among(uris: Iterable[str], condition: Q) -> set[str]:
    wanted = {digest(uri): uri for uri in uris}
    found = OptOut.objects.filter(condition, digest__in=list(wanted)).values_list("digest", flat=True) if wanted else ()
    return {wanted[each] for each in found}


def digest(uri: str) -> str:
    return hashlib.sha256(f"{salt()}{uri}".encode()).hexdigest()


@cache
def salt() -> str:
    path = Path(settings.DATA) / "secrets" / "salt"
    return path.read_text().strip() if path.exists() else ""
