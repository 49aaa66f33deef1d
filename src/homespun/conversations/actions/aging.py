"""Conversations that we take part in, asked about by themselves: young ones often, old ones seldom; and what is used elsewhere, daily."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from homespun.conversations.actions import arriving, mentions
from homespun.conversations.actions.arriving import Arriving, Came
from homespun.conversations.actions.asking import reader
from homespun.conversations.actions.completing import AGES, Completed, complete
from homespun.conversations.actions.locking import Busy
from homespun.conversations.actions.taking import Taking, server_source
from homespun.conversations.models import Completion, Conversation, Post, Source
from homespun.conversations.queries import conversation_at
from homespun.conversations.queries.search import key_at
from homespun.core import audit
from homespun.http import Door
from homespun.networks import live
from homespun.networks.live import completes
from homespun.networks.protocols import Around
from homespun.users.models import User

CLAIM = timedelta(hours=1)  # after which one that was taken up and never ended is taken up again
SOON = timedelta(minutes=2)  # after the last post of a conversation that nobody has asked about: others answer, too
FEW = 20  # of one look, so that hosts are asked little by little
AT_ONCE = 900
GIVES_UP = timedelta(days=14)  # before that nobody waits for an answer of ours


def begin_asking(*, now: datetime) -> int:
    """Put young conversations that we take part in among those that are asked about, where one of their networks can be asked."""
    young = Conversation.objects.filter(own__gt=0, latest__gte=key_at(now - AGES[-1][0]))
    asked = Exists(Post.objects.filter(conversation=OuterRef("pk"), network__in=list(live.CLIENTS)))
    unknown = young.filter(asked).exclude(pk__in=Completion.objects.values("conversation")).order_by("-latest")
    fresh = [Completion(conversation=row.pk, begun=now, again=now + SOON) for row in unknown[:AT_ONCE]]
    return len(Completion.objects.bulk_create(fresh, ignore_conflicts=True))


def take_due(*, now: datetime) -> list[int]:
    """Those that are due, each given to one asker alone. Runs in the caller's transaction, with what asks for them."""
    due = list(Completion.objects.filter(again__lte=now).order_by("again").values_list("conversation", flat=True)[:FEW])
    Completion.objects.filter(conversation__in=due).update(again=now + CLAIM)
    return due


def complete_again(*, conversation: int, now: datetime, door: Door) -> Completed | None:
    """Ask, and notice what came of it. None where it is no more, or somebody asks already."""
    found = conversation_at(conversation)
    if found is None or found.pk != conversation:
        Completion.objects.filter(conversation=conversation).delete()
    if found is None:
        return None
    try:
        return completed(by=None, now=now, door=door, conversation=found, pressed=False)
    except Busy:
        return None


def completed(*, by: User | None, now: datetime, door: Door, conversation: Conversation, pressed: bool = True) -> Completed:
    """`complete`, and notice what came of it."""
    before = set(Post.objects.filter(conversation=conversation).values_list("pk", flat=True))
    done = complete(by=by, now=now, door=door, conversation=conversation, pressed=pressed)
    notice(conversation=done.conversation, before=before, now=now)
    return done


def notice(*, conversation: Conversation, before: set[int], now: datetime) -> None:
    """What completing brought has arrived, if it is of these days, and may wait for an answer."""
    fresh = Post.objects.filter(conversation=conversation, published__gte=now - GIVES_UP).exclude(pk__in=before)
    rows = [arriving.Row(*row) for row in fresh.values_list("pk", "published", "text")]
    with transaction.atomic():
        arriving.arrived(rows, now=now)
        mentions.notice(posts=[row.pk for row in rows], now=now)


def recheck(*, uris: Iterable[str], now: datetime, door: Door) -> Came:
    """Look at posts that are held once more, each at its own host: what was edited or deleted there is so here, and is logged."""
    wanted = list(uris)
    total = fetch_again(uris=wanted, now=now, door=door)
    audit.record(by=None, now=now, verb="posts.recheck", subject="posts", asked=len(wanted), updated=total.updated)
    return total


def fetch_again(*, uris: Iterable[str], now: datetime, door: Door, source: Source | None = None) -> Came:
    """The same, where what comes of it is all that is logged; seen in `source`, or else in the server that shows it."""
    total = Came()
    for network, theirs in _by_network(list(uris)).items():
        client = reader(network, door)
        if completes(client):
            for answer in client.fetch(theirs):
                total.add(_rechecked(answer, now, source))
    return total


def _by_network(uris: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in _parts(uris):
        for uri, network in Post.objects.filter(uri__in=part).values_list("uri", "network"):
            found.setdefault(network, []).append(uri)
    return {network: sorted(theirs) for network, theirs in sorted(found.items())}


def _rechecked(answer: Around, now: datetime, source: Source | None) -> Came:
    taking = Taking(None, now, ours=True)
    with transaction.atomic():
        source = source or server_source(answer.server, by=None, now=now)
        came = Arriving(taking, now).take(source, answer.posts)
        taking.write(source, (), answer.absent)
    return came


def _parts(uris: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(uris), AT_ONCE):
        yield uris[start : start + AT_ONCE]
