"""A conversation as a tree: ghosts in their place, depth first, answers by time. Nothing here recurses: lines are 10,000 deep."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection
from msgspec import Struct

from homespun.conversations.models import Conversation, MissingParent, PostName

Key = int | str  # of a post; the uri of a ghost
LARGE = 2_000  # posts from which the shape of a conversation is kept
KEPT = 16
LEAVES = "select id, uri, parent_id, author_id from conversations_post where conversation_id = %s"  # in SQL, as there are thousands


class Leaf(Struct, frozen=True, gc=False):
    """A post as a tree needs it."""

    id: int
    uri: str
    parent: int | None
    author: int | None


@dataclass(frozen=True, slots=True)
class Ghost:
    """A post that something answers and that no source has shown; `author` is what the answers tell of whose it is.

    It stands below the `root` that they tell of, as what it answers itself is unknown; a root that is not held is a ghost, too.
    """

    uri: str
    author: int | None
    root: str = ""


@dataclass(slots=True)
class Shape:
    """Who answers whom. `order` is depth first; `sizes` counts a node and all below it."""

    leaves: dict[int, Leaf]
    ghosts: dict[str, Ghost]
    parents: dict[Key, Key]
    answers: dict[Key, list[Key]]
    roots: list[Key]
    order: list[Key] = field(default_factory=list)
    depths: dict[Key, int] = field(default_factory=dict)
    sizes: dict[Key, int] = field(default_factory=dict)

    def uri(self, key: Key) -> str:
        return self.leaves[key].uri if isinstance(key, int) else key

    def line(self, key: Key) -> Iterator[Key]:
        """From a node straight on: its first answer, the first answer to that, and so on."""
        seen: set[Key] = set()
        while key not in seen:
            yield key
            seen.add(key)
            if not (below := self.answers.get(key)):
                return
            key = below[0]

    def ancestors(self, key: Key) -> Iterator[Key]:
        """From the one that it answers up to the root."""
        while (above := self.parents.get(key)) is not None:
            yield above
            key = above


def shape(conversation: Conversation) -> Shape:
    """Two queries, and one more where a root is missing; that of a large one is kept until its counts change, for a minute at most."""
    if conversation.posts < LARGE:
        return _read(conversation.pk)
    return _kept(conversation.pk, conversation.latest, conversation.posts, conversation.missing, this_minute())


def this_minute() -> int:
    return int(time.time() // 60)


def forget() -> None:
    """Let go of all that is kept."""
    _kept.cache_clear()


@lru_cache(maxsize=KEPT)
def _kept(pk: int, latest: int, posts: int, missing: int, minute: int) -> Shape:
    return _read(pk)


def _read(pk: int) -> Shape:
    return arranged(*parts_of(pk))


def parts_of(pk: int) -> tuple[list[Leaf], dict[int, Ghost], dict[str, int]]:
    """Of what a shape is made: posts, ghosts by the key of an answer, and roots by other names of theirs."""
    missing = MissingParent.objects.filter(child__conversation=pk).values_list("child_id", "uri", "author_id", "root")
    ghosts = {child: Ghost(uri, author, root) for child, uri, author, root in missing}
    with connection.cursor() as cursor:
        cursor.execute(LEAVES, [pk])
        leaves = [Leaf(*row) for row in cursor.fetchall()]
    roots = {ghost.root for ghost in ghosts.values()} - {leaf.uri for leaf in leaves} - {""}
    named = dict(PostName.objects.filter(name__in=roots).values_list("name", "post_id")) if roots else {}
    return leaves, ghosts, named


def arranged(posts: Iterable[Leaf], missing: Mapping[int, Ghost], named: Mapping[str, int] | None = None) -> Shape:
    """The shape of posts in any order, and of the ghosts that some of them answer, by the key of the answer; `named` are roots by other
    names of theirs."""
    made = _joined({post.id: post for post in posts}, missing)
    if roots := {ghost.root for ghost in missing.values() if ghost.root}:
        _hang(made, roots, named or {})
    _walk(made)
    _count(made)
    return made


def _joined(leaves: dict[int, Leaf], missing: Mapping[int, Ghost]) -> Shape:
    made = Shape(leaves, {}, {}, {}, [])
    for leaf in sorted(leaves.values(), key=lambda leaf: (leaf.id >> 22, leaf.uri)):
        above: Key | None = leaf.parent if leaf.parent in leaves else None
        if above is None and (ghost := missing.get(leaf.id)):
            above = ghost.uri
            if above not in made.ghosts:
                made.ghosts[above] = ghost
                made.roots.append(above)
            else:
                known = made.ghosts[above]
                made.ghosts[above] = Ghost(above, known.author or ghost.author, known.root or ghost.root)
        if above is None:
            made.roots.append(leaf.id)
        else:
            made.parents[leaf.id] = above
            if above in made.answers:
                made.answers[above].append(leaf.id)
            else:
                made.answers[above] = [leaf.id]
    return made


def _hang(made: Shape, told: set[str], named: Mapping[str, int]) -> None:
    """Ghosts below the roots that are told of, in order of time; those that are roots themselves stay where they are."""
    hung = [ghost for ghost in made.ghosts.values() if ghost.root and ghost.uri not in told]
    held: dict[str, Key] = {leaf.uri: leaf.id for leaf in made.leaves.values() if leaf.uri in told}
    held |= {name: key for name, key in named.items() if key in made.leaves}
    first = {ghost.uri: made.leaves[made.answers[ghost.uri][0]] for ghost in hung}  # type: ignore[index]
    for ghost in hung:
        above = made.parents[ghost.uri] = held.get(ghost.root, ghost.root)
        made.answers.setdefault(above, []).append(ghost.uri)
    lost = told - held.keys() - made.ghosts.keys()
    made.ghosts |= {uri: Ghost(uri, None) for uri in sorted(lost)}
    made.roots = [*sorted(lost), *(key for key in made.roots if key not in first)]

    def when(key: Key) -> tuple[int, str]:
        leaf = made.leaves[key] if isinstance(key, int) else first[key]
        return (leaf.id >> 22, leaf.uri)

    for above in {made.parents[uri] for uri in first}:
        made.answers[above].sort(key=when)


def _walk(made: Shape) -> None:
    """Depth first from the roots; what hangs on no root answers itself in a circle, and is cut open at its first post."""
    for root in made.roots:
        _descend(made, root)
    circles = iter(sorted(made.leaves.keys() - made.depths.keys()))
    for key in circles:
        if key not in made.depths:
            made.answers[made.parents.pop(key)].remove(key)
            made.roots.append(key)
            _descend(made, key)


def _descend(made: Shape, root: Key) -> None:
    order, depths, waiting = made.order, made.depths, [root]
    while waiting:
        key = waiting.pop()
        order.append(key)
        depths[key] = depths[made.parents[key]] + 1 if key != root else 0
        if below := made.answers.get(key):
            waiting += below[::-1]


def _count(made: Shape) -> None:
    sizes = made.sizes = dict.fromkeys(made.order, 1)
    for key in reversed(made.order):
        if (above := made.parents.get(key)) is not None:
            sizes[above] += sizes[key]
