"""What we do on a network, as it is decided: rows with a key, which is written before anything is asked (`sending` then does it)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from homespun.conversations.models import Connection, Outgoing
from homespun.core import audit
from homespun.networks.values import Visibility
from homespun.users.models import User

NOT_SENT = (Outgoing.State.DRAFT, Outgoing.State.WAITING, Outgoing.State.FAILED)


@dataclass(frozen=True)
class Written:
    """What somebody wrote, beside the words themselves. `target` and `quoted` are uris; `media` is of {"file": sha256, "alt": words}."""

    target: str = ""
    quoted: str = ""
    warning: str = ""
    lang: str = ""
    visibility: Visibility = Visibility.PUBLIC
    media: tuple[dict[str, str], ...] = ()
    whole: str = ""  # the words before they were cut into parts


def decide(
    *,
    by: User | None,
    now: datetime,
    key: str,
    connection: Connection,
    verb: Outgoing.Verb = Outgoing.Verb.POST,
    texts: Sequence[str] = ("",),
    written: Written | None = None,
    due: datetime | None = None,
    is_draft: bool = False,
) -> list[Outgoing]:
    """Write down what is to be done, one row for each of `texts`, which follow each other. The same key again gives the same rows.

    The first answers `target` and has the pictures. A draft waits until it is `let_go`.
    Whoever calls has asked that `visibility` is no wider than what is answered.
    """
    written = written or Written()
    with transaction.atomic():
        held = list(Outgoing.objects.filter(key__in=[part(key, number) for number in range(len(texts))]).order_by("pk"))
        if held:
            return held
        for number, text in enumerate(texts):
            held.append(
                Outgoing.objects.create(
                    key=part(key, number),
                    verb=verb,
                    connection=connection,
                    target=written.target if not number else "",
                    quoted=written.quoted if not number else "",
                    after=held[-1] if held else None,
                    text=text,
                    whole=written.whole if not number else "",
                    state=Outgoing.State.DRAFT if is_draft else Outgoing.State.WAITING,
                    warning=written.warning,
                    lang=written.lang,
                    visibility=written.visibility,
                    media=list(written.media) if not number else [],
                    due=due or now,
                    made=now,
                    made_by=by,
                )
            )
        audit.record(by=by, now=now, verb=f"outgoing.{verb}", subject=f"outgoing:{held[0].pk}", parts=len(held))
    return held


def part(key: str, number: int) -> str:
    return f"{key}-{number + 1}" if number else key


def let_go(*, by: User, now: datetime, outgoing: Outgoing) -> list[Outgoing]:
    """Send a draft, with what follows it, now or when it was meant to be. Gives what waits to be sent because of it."""
    with transaction.atomic():
        chain = Outgoing.objects.filter(pk__in=[row.pk for row in (outgoing, *following(outgoing))], state=Outgoing.State.DRAFT)
        late = [row.pk for row in chain if row.due < now]
        Outgoing.objects.filter(pk__in=late).update(due=now)
        if not chain.update(state=Outgoing.State.WAITING):
            return []
        audit.record(by=by, now=now, verb="outgoing.let_go", subject=f"outgoing:{outgoing.pk}")
    outgoing.refresh_from_db()
    return [outgoing]


def put_off(*, by: User, now: datetime, outgoing: Outgoing, due: datetime) -> bool:
    """Send it at another time, with what follows it. False where it is too late."""
    with transaction.atomic():
        chain = [row.pk for row in (outgoing, *following(outgoing))]
        waits = Outgoing.objects.filter(pk__in=chain, state__in=(Outgoing.State.WAITING, Outgoing.State.DRAFT), tries=0)
        moved = waits.filter(pk=outgoing.pk).exists() and waits.update(due=due)
        if moved:
            audit.record(by=by, now=now, verb="outgoing.put_off", subject=f"outgoing:{outgoing.pk}", due=due.isoformat())
    return bool(moved)


def cancel(*, by: User | None, now: datetime, outgoing: Outgoing) -> bool:
    """Keep it from being sent, with what follows it. False where it is too late."""
    unbegun = Q(state=Outgoing.State.WAITING, tries=0) | Q(state__in=(Outgoing.State.DRAFT, Outgoing.State.FAILED))
    with transaction.atomic():
        stopped = Outgoing.objects.filter(unbegun, pk=outgoing.pk).update(state=Outgoing.State.CANCELLED)
        if stopped:
            end_following(outgoing, Outgoing.State.CANCELLED, "", of=NOT_SENT)
            audit.record(by=by, now=now, verb="outgoing.cancel", subject=f"outgoing:{outgoing.pk}")
    return bool(stopped)


def retry(*, by: User | None, now: datetime, outgoing: Outgoing) -> bool:
    """Once more after it failed for good, by the same key, with what follows it."""
    with transaction.atomic():
        chain = [row.pk for row in (outgoing, *following(outgoing))]
        failed = Outgoing.objects.filter(pk__in=chain, state=Outgoing.State.FAILED)
        again = failed.update(state=Outgoing.State.WAITING, trouble="", tries=1, due=now)  # it may have been posted
        if again:
            audit.record(by=by, now=now, verb="outgoing.retry", subject=f"outgoing:{outgoing.pk}")
    return bool(again)


def following(row: Outgoing) -> list[Outgoing]:
    """The parts that come after this one, in their order."""
    found, last = [], row
    while following := Outgoing.objects.filter(after=last).first():
        found.append(following)
        last = following
    return found


def end_following(row: Outgoing, state: Outgoing.State, trouble: str, *, of: Sequence[str] = (Outgoing.State.WAITING,)) -> None:
    Outgoing.objects.filter(pk__in=[each.pk for each in following(row)], state__in=of).update(state=state, trouble=trouble)
