"""Reading one conversation: found by any address of a post in it, as a tree in reading order."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from homespun.conversations.models import Conversation, ConversationAlias, MissingParent, Post, PostName, State
from homespun.conversations.queries.lacking import whys
from homespun.conversations.queries.tree import shape
from homespun.people.models import Account

STATUS = re.compile(r"https?://(?:[\w-]+\.)?(?:twitter|x)\.com/(?:i/web|[^/]+)/status(?:es)?/(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Node:
    """One post, or a ghost: a post that something answers and no source has shown."""

    uri: str
    parent: str  # uri, "" for none
    depth: int
    author: Account | None
    post: Post | None  # None for a ghost
    why: str = "missing"  # why a ghost is not here: gone, blocked, hidden, left out, paused, unreachable; missing where nobody was asked

    @property
    def own(self) -> bool:
        return self.author is not None and self.author.is_own

    @property
    def published(self) -> datetime | None:
        return self.post.published if self.post else None

    @property
    def state(self) -> str:
        return State(self.post.state).name.lower() if self.post else self.why


@dataclass(frozen=True, slots=True)
class Tree:
    conversation: Conversation
    nodes: list[Node]  # in reading order

    @property
    def missing(self) -> int:
        return sum(node.post is None for node in self.nodes)


def conversation(at: int | str) -> Tree | None:
    """All of a conversation, found by its key, the key of one that was merged into it, or any address of a post or ghost in it."""
    found = conversation_at(at)
    if found is None:
        return None
    tree = shape(found)
    posts = {post.pk: post for post in Post.objects.filter(conversation=found).select_related("author")}
    ghosts = Account.objects.in_bulk({ghost.author for ghost in tree.ghosts.values() if ghost.author})
    reasons = whys(tree.ghosts)
    nodes = []
    for key in tree.order:
        above = tree.uri(tree.parents[key]) if key in tree.parents else ""
        if isinstance(key, str):
            nodes.append(Node(key, above, tree.depths[key], ghosts.get(tree.ghosts[key].author or 0), None, reasons.get(key, "missing")))
        elif post := posts.get(key):
            nodes.append(Node(post.uri, above, tree.depths[key], post.author, post))
    return Tree(found, nodes)


def conversation_uris(pk: int) -> list[str]:
    """The uris of a conversation's held posts in reading order; none for a conversation that is not there."""
    found = conversation_at(pk)
    if found is None:
        return []
    tree = shape(found)
    return [tree.uri(key) for key in tree.order if isinstance(key, int)]


def conversation_at(at: int | str) -> Conversation | None:
    if isinstance(at, str):
        key = post_at(at)
        return Conversation.objects.filter(post_set=key).first() if key else _around_ghost(at)
    found = Conversation.objects.filter(pk=at).first()
    if found is None:
        alias = ConversationAlias.objects.select_related("conversation").filter(pk=at).first()
        return alias.conversation if alias else None
    return found


def post_at(address: str) -> int | None:
    """The key of the post with this uri, other name, or address on its network."""
    for uri in dict.fromkeys((address, canonical(address))):
        if (key := Post.objects.filter(uri=uri).values_list("pk", flat=True).first()) is not None:
            return key
        if (key := PostName.objects.filter(name=uri).values_list("post_id", flat=True).first()) is not None:
            return key
    return None


def _around_ghost(address: str) -> Conversation | None:
    uris = {address, canonical(address)}
    named = Q(uri__in=uris) | Q(root__in=uris, root__gt="")
    missing = MissingParent.objects.filter(named).select_related("child__conversation").order_by("child_id").first()
    return missing.child.conversation if missing else None


def canonical(address: str) -> str:
    """The uri of a post on X whatever of its addresses is given; any other address as it is."""
    status = STATUS.match(address.strip())
    return f"https://x.com/i/status/{int(status[1])}" if status else address.strip()
