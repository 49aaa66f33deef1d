"""A conversation as a tree: ghosts in their place, depth first, answers by time, whatever its size or depth."""

from dataclasses import dataclass
from datetime import datetime

from homespun.conversations.models import Conversation
from homespun.people.models import Account


@dataclass(frozen=True, slots=True)
class Node:
    """One post, or a ghost: a post that something answers and no source has shown."""

    uri: str
    parent: str  # uri, "" for none
    post: int | None  # key of the post, None for a ghost
    author: Account | None
    published: datetime | None
    depth: int


@dataclass(frozen=True, slots=True)
class Tree:
    conversation: Conversation
    nodes: list[Node]  # in reading order

    @property
    def missing(self) -> int:
        return sum(node.post is None for node in self.nodes)
