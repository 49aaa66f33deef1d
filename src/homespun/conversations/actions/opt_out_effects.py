"""What opt-outs do to what is stored: posts that can't be quoted any more, sources that are no longer listened to, and back again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Case, Q, QuerySet, Value, When

from homespun.conversations.actions.opt_outs import digest
from homespun.conversations.models import Absence, Listening, MissingParent, OptOut, OptOutRequest, Post, State
from homespun.core import audit
from homespun.people.models import Account
from homespun.users.models import User


def withdraw(accounts: Iterable[Account]) -> int:
    """Make their stored posts unquotable. Returns how many weren't before."""
    return Post.objects.filter(author__in=list(accounts), state__in=[State.LIVE, State.EDITED]).update(state=State.WITHDRAWN)


def unwithdraw(digests: set[str]) -> None:
    """Make the posts of these accounts as they were, except for those deleted meanwhile, and let missing ones be asked for again."""
    missing = MissingParent.objects.filter(author__isnull=False)
    known = Account.objects.filter(
        Q(pk__in=missing.values("author")) | Q(pk__in=Post.objects.filter(state=State.WITHDRAWN).values("author"))
    )
    accounts = [account for account in known if digest(account.uri) in digests]
    theirs = Post.objects.filter(author__in=accounts, state=State.WITHDRAWN)
    theirs.filter(uri__in=Absence.objects.filter(why=Absence.Why.GONE).values("uri")).update(state=State.DELETED)
    theirs.update(state=Case(When(edited__isnull=True, then=Value(State.LIVE)), default=Value(State.EDITED)))
    Absence.objects.filter(why=Absence.Why.LEFT_OUT, uri__in=missing.filter(author__in=accounts).values("uri")).delete()


def listened_to(uris: Iterable[str]) -> list[Listening]:
    """Sources of others with one of these addresses, or of an account with one of these uris."""
    digests = {digest(uri) for uri in uris}
    return [row for row in _of_others() if digests & _digests_of(row)]


def stop_listening_to(uris: Iterable[str], *, by: User | None, now: datetime) -> None:
    """Unlike `stop`, the audit row doesn't say whose source it was."""
    for row in listened_to(uris):
        if Listening.objects.filter(pk=row.pk).delete()[0]:
            audit.record(by=by, now=now, verb="listening.stop", subject=f"listening:{row.pk}")


def forget_paused(digests: Iterable[str]) -> None:
    """Posts that a request held back are opted out now. Only those that a reply names stay known, as missing posts."""
    held_back = Absence.objects.filter(why=Absence.Why.PAUSED, paused_by__in=list(digests))
    held_back.filter(uri__in=MissingParent.objects.values("uri")).update(why=Absence.Why.LEFT_OUT, again=None, paused_by="")
    held_back.delete()


def resume_collecting(requests: Sequence[OptOutRequest], *, now: datetime) -> None:
    """Go on from the date of the first of these requests: their sources, the mentions since then, and single posts held back."""
    resume_digests(OptOut.objects.filter(request__in=requests).values_list("digest", flat=True), now=now)
    for request in sorted(requests, key=lambda each: each.requested_at):
        if not request.ignored_because:
            for pk, cursor in request.cursors.items():
                Listening.objects.filter(pk=pk, rewind={}).update(rewind=cursor)
                Listening.objects.filter(pk=pk, due__isnull=False).update(due=now)


def resume_digests(digests: Iterable[str], *, now: datetime) -> None:
    wanted = set(digests)
    rows = [row.pk for row in _of_others() if row.due is not None and wanted & _digests_of(row)]
    Listening.objects.filter(pk__in=rows).update(due=now, failures=0, trouble="")
    Absence.objects.filter(why=Absence.Why.PAUSED, paused_by__in=wanted).update(again=now)


def _of_others() -> "QuerySet[Listening]":
    return Listening.objects.filter(connection=None).select_related("source")


def _digests_of(row: Listening) -> set[str]:
    return {digest(uri) for uri in (row.address, str(row.source.declared.get("account", ""))) if uri}
