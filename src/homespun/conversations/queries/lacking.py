"""What a conversation lacks, and why: ghosts, posts that are known by name alone, and answers that only a count tells of."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from homespun.conversations.models import Absence, Conversation, ConversationAlias, Post
from homespun.conversations.queries.tree import Ghost, Shape
from homespun.people.models import Account

AT_ONCE = 900


@dataclass(frozen=True, slots=True)
class Lacking:
    """`why` counts by reason (`missing`: nobody has been asked, or nobody has said); `unseen` are answers that a network counts only."""

    why: Counter[str]
    unseen: int

    @property
    def ghosts(self) -> int:
        return sum(self.why.values())


def lacking(conversation: Conversation, shape: Shape) -> Lacking:
    """Four queries at most."""
    reasons = whys(shape.ghosts)
    why = Counter(reasons.values())
    named = _named(conversation, shape)
    why.update(named.values())
    return Lacking(why, max(0, _counted(conversation, shape) - len(named)))


def whys(ghosts: Mapping[str, Ghost]) -> dict[str, str]:
    """By uri why a post is not here, of those that were asked for, and of those whose author has blocked us."""
    wanted = list(ghosts)
    authors = Account.objects.filter(pk__in={ghost.author for ghost in ghosts.values() if ghost.author})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        named = Q(uri__in=wanted[start : start + AT_ONCE]) | Q(uri__in=authors.values("uri"), why=Absence.Why.BLOCKED)
        found |= {uri: reason(why) for uri, why in Absence.objects.filter(named).values_list("uri", "why")}
    blocking = found.keys() - ghosts.keys()
    theirs = set(authors.filter(uri__in=blocking).values_list("pk", flat=True)) if blocking else set()
    return {uri: Absence.Why.BLOCKED.value if ghosts[uri].author in theirs else found.get(uri, "missing") for uri in ghosts}


def reason(why: str) -> str:
    """What was named and not asked for yet is simply missing."""
    return "missing" if why == Absence.Why.UNASKED else why


def absences(uris: Iterable[str]) -> dict[str, Absence]:
    """What was written down of each of these, few enough for one query."""
    return Absence.objects.in_bulk(set(uris), field_name="uri")


def _named(conversation: Conversation, shape: Shape) -> dict[str, str]:
    """Answers that a server named and nobody showed, which nothing here answers in turn."""
    keys = [conversation.pk, *ConversationAlias.objects.filter(conversation=conversation).values_list("pk", flat=True)]
    named = {uri: reason(why) for uri, why in Absence.objects.filter(conversation__in=keys).values_list("uri", "why")}
    held = {leaf.uri for leaf in shape.leaves.values()}
    return {uri: why for uri, why in named.items() if uri not in held and uri not in shape.ghosts}


def _counted(conversation: Conversation, shape: Shape) -> int:
    """How many answers the networks count beyond those that are held."""
    told = Post.objects.filter(conversation=conversation, replies_told__gt=0).values_list("pk", "replies_told")
    return sum(max(0, number - len(shape.answers.get(key, ()))) for key, number in told)
