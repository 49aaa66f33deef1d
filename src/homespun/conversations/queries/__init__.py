"""What can be asked of posts and conversations."""

from homespun.conversations.queries.cards import Card, Picture, Quoted, Seen, cards, posts_by_uri
from homespun.conversations.queries.reading import Node, Tree, conversation, conversation_at, conversation_uris, post_at
from homespun.conversations.queries.search import Found, Hit, search
from homespun.conversations.queries.tree import Shape, shape

__all__ = [
    "Card",
    "Found",
    "Hit",
    "Node",
    "Picture",
    "Quoted",
    "Seen",
    "Shape",
    "Tree",
    "cards",
    "conversation",
    "conversation_at",
    "conversation_uris",
    "post_at",
    "posts_by_uri",
    "search",
    "shape",
]
