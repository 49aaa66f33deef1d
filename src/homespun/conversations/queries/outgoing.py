"""What is on its way to the networks, or was: for a page of posts, and all that waits."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from homespun.conversations.models import Outgoing
from homespun.conversations.queries.cards import parts

State, Verb = Outgoing.State, Outgoing.Verb
MARKS = (Verb.LIKE, Verb.REPOST, Verb.UNLIKE, Verb.UNREPOST)
UNSENT = (State.DRAFT, State.WAITING, State.SENDING, State.FAILED)
LATELY = 20
MOST = 200


def of(uris: Iterable[str]) -> dict[str, list[Outgoing]]:
    """By the uri of the post that it is about: what is not sent, and which likes and reposts were, or were taken back; the oldest first."""
    found: dict[str, list[Outgoing]] = defaultdict(list)
    kept = Q(state__in=UNSENT) | Q(state=State.SENT, verb__in=MARKS)
    for some in parts(list(dict.fromkeys(uri for uri in uris if uri))):
        rows = outgoing().filter(kept, Q(target__in=some) | Q(quoted__in=some)).order_by("pk")
        for row in rows:
            found[row.target or row.quoted].append(row)
    return found


def outgoing() -> QuerySet[Outgoing]:
    return Outgoing.objects.select_related("connection__account", "made_by")


def firsts() -> QuerySet[Outgoing]:
    """What is not sent: of a long one, the first part that is not."""
    behind = Q(after__isnull=False, after__state__in=UNSENT)
    return outgoing().filter(state__in=UNSENT).exclude(behind).order_by("due", "pk")[:MOST]


def lately() -> QuerySet[Outgoing]:
    """The newest posts that were sent."""
    return outgoing().filter(state=State.SENT, verb=Verb.POST).order_by("-sent", "-pk")[:LATELY]


def behind(rows: Iterable[Outgoing]) -> dict[int, int]:
    """By key, how many parts follow each of these; one query, however long they are."""
    wanted = {row.pk for row in rows}
    links = dict(Outgoing.objects.filter(after__isnull=False, state__in=UNSENT).values_list("pk", "after")) if wanted else {}
    after = {before: pk for pk, before in links.items()}
    return {pk: _length(pk, after) for pk in wanted}


def _length(pk: int, after: dict[int | None, int]) -> int:
    count = 0
    while (pk := after.get(pk, 0)) != 0:
        count += 1
    return count
