"""What we said on two networks at once is one conversation to whoever reads it: found anew each time, so that nothing is merged for good.

Two posts are twins where both are by accounts of ours, on different networks, of the same words but for their links, and within ten
minutes. Conversations are shown as one where their first posts are twins. What one network takes in one post may go out in numbered
parts on another: the first part begins as the whole does, and those that follow it hold no more than is said already.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from msgspec.structs import replace

from homespun.conversations.models import Conversation, Post
from homespun.conversations.queries.tree import Ghost, Leaf, Shape, arranged, parts_of, shape

NEAR = 600_000 << 22  # ten minutes of keys
LINK = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)+/\S*")  # networks shorten them, each in its own way
NUMBER = re.compile(r"\s*\(\d+/\d+\)$")  # of a part, as networks.splitting writes it
SHORTEST = 40  # letters of a first part that is known by its beginning
FIELDS = ("pk", "conversation_id", "network", "text", "warning")


class Said(NamedTuple):
    """A post of ours, as far as it takes to find its twin."""

    pk: int
    conversation: int
    network: str
    text: str
    warning: str

    @property
    def is_part(self) -> bool:
        return bool(NUMBER.search(self.text))

    @property
    def words(self) -> str:
        return bare_words(NUMBER.sub("", self.text))

    @property
    def warned_words(self) -> str:
        """As a network writes them that knows no warnings."""
        return bare_words(NUMBER.sub("", f"{self.warning} {self.text}"))

    def is_near(self, other: "Said") -> bool:
        return abs(self.pk - other.pk) <= NEAR and self.network != other.network

    def is_twin_of(self, other: "Said") -> bool:
        if not (self.is_near(other) and self.words):
            return False
        return self._says(self.words, other, other.words) or self._says(self.warned_words, other, other.warned_words)

    def _says(self, mine: str, other: "Said", its: str) -> bool:
        (shorter, first), (longer, _) = sorted(((mine, self), (its, other)), key=lambda said: len(said[0]))
        begins = first.is_part and len(shorter) >= SHORTEST and longer.startswith(shorter)
        return mine == its or begins

    def goes_on_from(self, whole: "Said") -> bool:
        """Whether it is a further part of what was said at once elsewhere."""
        return self.is_part and self.is_near(whole) and self.words in whole.words


def bare_words(text: str) -> str:
    """A text without its links, in small letters, so that two networks' ways of writing it are the same."""
    return " ".join(LINK.sub(" ", text).split()).casefold()


def twins(conversations: Iterable[Conversation]) -> dict[int, list[int]]:
    """By conversation the keys of those that are the same on another network. Two queries; one where none begins with us."""
    firsts = _firsts([row.pk for row in conversations])
    found: dict[int, list[int]] = {}
    if firsts:
        near = _near(firsts)
        for first in firsts:
            if others := [each.conversation for each in near if each.is_twin_of(first)]:
                found[first.conversation] = others
    return found


def others_of(conversation: Conversation) -> list[Conversation]:
    """The same conversation on other networks."""
    keys = twins([conversation]).get(conversation.pk, [])
    return list(Conversation.objects.filter(pk__in=keys).order_by("pk")) if keys else []


def _firsts(keys: Sequence[int]) -> list[Said]:
    """The first post of each, where it is ours and answers nothing; one query, whatever the size of any of them."""
    if not keys:
        return []
    one = (
        "select * from (select id, conversation_id, network, text, warning, parent_id,"
        " (select is_own from people_account where id = author_id)"
        " from conversations_post where conversation_id = %s order by id limit 1) as one{}"
    )
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(one.format(place) for place in range(len(keys))), keys)
        return [Said(*row) for *row, parent, is_own in cursor.fetchall() if is_own and parent is None]


def _near(firsts: Iterable[Said]) -> list[Said]:
    """First posts of ours from around the same times. Asked for by key alone: by what has no parent, SQLite reads half of all posts."""
    times = Q()
    for first in firsts:
        times |= Q(pk__range=(first.pk - NEAR, first.pk + NEAR))
    ours = Post.objects.filter(times, author__is_own=True).values_list(*FIELDS, "parent", "missing_parent")
    return [Said(*row) for *row, parent, missing in ours if parent is None and missing is None]


def joined(conversations: Sequence[Conversation]) -> tuple[Shape, dict[int, list[int]]]:
    """The shape of all of them as one, and by key of a post those of its twins, which it stands for."""
    if len(conversations) == 1:
        return shape(conversations[0]), {}
    leaves: dict[int, Leaf] = {}
    ghosts: dict[int, Ghost] = {}
    named: dict[str, int] = {}
    for conversation in conversations:
        there, missing, names = parts_of(conversation.pk)
        leaves |= {leaf.id: leaf for leaf in there}
        ghosts, named = ghosts | missing, named | names
    kept = _folded(conversations, leaves)
    left = [_under(leaf, kept) for leaf in leaves.values() if leaf.id not in kept]
    made = arranged(left, {child: ghost for child, ghost in ghosts.items() if child not in kept}, named)
    stands: dict[int, list[int]] = defaultdict(list)
    for twin, key in kept.items():
        stands[key].append(twin)
    return made, dict(stands)


def _folded(conversations: Sequence[Conversation], leaves: Mapping[int, Leaf]) -> dict[int, int]:
    """By key of a post the one that stands for it: its twin, which came first and answers the same."""
    ours = Post.objects.filter(conversation__in=[row.pk for row in conversations], author__is_own=True).order_by("pk")
    kept: dict[int, int] = {}
    stand: list[Said] = []
    for said in (Said(*row) for row in ours.values_list(*FIELDS)):
        above = _above(leaves[said.pk], kept) if said.pk in leaves else None
        twin = next((each for each in stand if _stands_for(each, said, above, _above(leaves[each.pk], kept))), None)
        if twin is None:
            stand = [each for each in stand if said.pk - each.pk <= NEAR] + [said]
        else:
            kept[said.pk] = twin.pk
    return kept


def _stands_for(each: Said, said: Said, above: int | None, its_above: int | None) -> bool:
    return (above == its_above and said.is_twin_of(each)) or (above == each.pk and said.goes_on_from(each))


def _above(leaf: Leaf, kept: Mapping[int, int]) -> int | None:
    return kept.get(leaf.parent, leaf.parent) if leaf.parent else None


def _under(leaf: Leaf, kept: Mapping[int, int]) -> Leaf:
    above = _above(leaf, kept)
    return leaf if above == leaf.parent else replace(leaf, parent=above)
