"""Why posts that are known to exist are not here: written down, asked for again after growing pauses, and forgotten once they are here."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from homespun.conversations.models import Absence, ConversationAlias, Post, PostName, State
from homespun.core import audit
from homespun.networks.protocols import Absent
from homespun.users.models import User

PAUSES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(weeks=1))  # of what cannot be reached; then never
HIDDEN_FOR = timedelta(weeks=1)  # then once more, as authors show and hide; what a block hides as long as it does
LONGEST = 500  # of a uri that can be kept
AT_ONCE = 500
TRIED_AT_ONCE = (Absence.Why.UNREACHABLE, Absence.Why.HIDDEN, Absence.Why.UNASKED)  # when somebody presses a button
MOST_UNASKED = 5_000  # of one completion


def note(absent: Iterable[Absent], *, by: User | None, now: datetime, conversation: int | None = None) -> None:
    """Write down why each is not here. What is held and gone at its source is marked so. Runs in the caller's transaction."""
    every = {each.uri: each.why for each in absent if len(each.uri) <= LONGEST and each.why in Absence.Why.values}
    if not every:
        return
    known = {row.uri: row for row in Absence.objects.filter(uri__in=every)}
    for uri, why in every.items():
        before = known.get(uri)
        if before and before.why == Absence.Why.GONE and why != Absence.Why.GONE:
            continue  # a deletion stands until its own host shows the post again
        tries = before.tries + 1 if before and before.why == why else 1
        named = conversation or (before.conversation if before else None)
        fresh = {"why": why, "asked": now, "tries": tries, "again": again(why, tries, now), "conversation": named}
        Absence.objects.update_or_create(uri=uri, defaults=fresh)
    mark_gone([uri for uri, why in every.items() if why == Absence.Why.GONE], by=by, now=now)


def note_unasked(uris: Iterable[str], *, by: User | None, now: datetime, conversation: int) -> int:
    """Keep which posts of a conversation were named and not asked for, so that they count as missing; how many there are.

    Posts that are held, or of which more is known, are passed over. Run in the caller's transaction.
    """
    named = {uri for uri in uris if len(uri) <= LONGEST}
    for part in _parts(named):
        named -= set(Post.objects.filter(uri__in=part).values_list("uri", flat=True))
        named -= set(PostName.objects.filter(name__in=part).values_list("name", flat=True))
        named -= set(Absence.objects.filter(uri__in=part).values_list("uri", flat=True))
    kept = sorted(named)[:MOST_UNASKED]
    fresh = [Absence(uri=uri, why=Absence.Why.UNASKED, asked=now, again=now, tries=0, conversation=conversation) for uri in kept]
    Absence.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(kept)


def unasked_of(conversation: int) -> list[str]:
    """Uris that earlier completions of this conversation left for the next one, in the order in which they were named."""
    keys = [conversation, *ConversationAlias.objects.filter(conversation=conversation).values_list("pk", flat=True)]
    return list(
        Absence.objects.filter(conversation__in=keys, why=Absence.Why.UNASKED).order_by("pk").values_list("uri", flat=True)[:MOST_UNASKED]
    )


def forget_unasked(uris: Iterable[str]) -> None:
    """They were asked for, or turned out not to belong here. Run in the caller's transaction."""
    for part in _parts(uris):
        Absence.objects.filter(uri__in=part, why=Absence.Why.UNASKED).delete()


def _parts(uris: Iterable[str]) -> Iterator[list[str]]:
    every = list(uris)
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


def note_paused(paused_by: Mapping[str, str]) -> None:
    """Remember which request holds these posts back, so that they are fetched if it is dismissed. Runs in the caller's transaction."""
    for uri, digest in paused_by.items():
        Absence.objects.filter(uri=uri, why=Absence.Why.PAUSED).update(paused_by=digest)


def again(why: str, tries: int, now: datetime) -> datetime | None:
    """When to ask again by itself; None for never."""
    if why == Absence.Why.UNREACHABLE and tries <= len(PAUSES):
        return now + PAUSES[tries - 1]
    is_to_be_looked_at = why == Absence.Why.BLOCKED or (why == Absence.Why.HIDDEN and tries == 1)
    return now + HIDDEN_FOR if is_to_be_looked_at else None


def mark_gone(uris: Iterable[str], *, by: User | None, now: datetime) -> list[str]:
    """Posts that we hold and that their authors have deleted since: kept on the desk, never to be quoted again."""
    named = list(uris)
    known = Q(uri__in=named) | Q(pk__in=PostName.objects.filter(name__in=named).values("post"))
    held = Post.objects.filter(known, state__in=[State.LIVE, State.EDITED])
    gone = list(held.values_list("uri", flat=True))
    Post.objects.filter(uri__in=gone).update(state=State.DELETED)
    for uri in gone:
        audit.record(by=by, now=now, verb="post.deleted-at-source", subject=f"post:{uri}"[:200])
    return gone


def forget(uris: Iterable[str]) -> None:
    """They are here. That one was deleted at its source is not forgotten by that."""
    for part in _parts(uris):
        Absence.objects.filter(uri__in=part).exclude(why=Absence.Why.GONE).delete()


def not_yet(uris: Iterable[str], *, now: datetime, pressed: bool) -> set[str]:
    """Those that are not asked for now. When somebody presses a button, what is only out of reach or hidden is asked for at once."""
    rows = Absence.objects.filter(uri__in=list(uris))
    if pressed:
        return set(rows.exclude(why__in=TRIED_AT_ONCE).values_list("uri", flat=True))
    return {row.uri for row in rows if row.again is None or row.again > now}
