"""What can be asked of posts and conversations."""

from homespun.conversations.queries.cards import Card, Picture, Quoted, Seen, cards, posts_by_uri
from homespun.conversations.queries.search import Found, Hit, search

__all__ = ["Card", "Found", "Hit", "Picture", "Quoted", "Seen", "cards", "posts_by_uri", "search"]
