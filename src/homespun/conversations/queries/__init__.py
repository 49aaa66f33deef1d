"""What can be asked of posts and conversations."""

from homespun.conversations.queries.cards import Card, Picture, Quoted, Seen, cards, posts_by_uri
from homespun.conversations.queries.displayed import Displayed, Original, displayed
from homespun.conversations.queries.facts import Facets, Facts, facets, facts
from homespun.conversations.queries.lines import Line, whole
from homespun.conversations.queries.news import News, news_for
from homespun.conversations.queries.question import Question, question
from homespun.conversations.queries.reading import Node, Tree, conversation, conversation_at, conversation_uris, post_at
from homespun.conversations.queries.search import Found, Hit, Search, key_at, search
from homespun.conversations.queries.talks import Shown, Talk, shown, span, talks
from homespun.conversations.queries.tree import Key, Shape, shape

__all__ = [
    "Card",
    "Displayed",
    "Facets",
    "Facts",
    "Found",
    "Hit",
    "Key",
    "Line",
    "News",
    "Node",
    "Original",
    "Picture",
    "Question",
    "Quoted",
    "Search",
    "Seen",
    "Shape",
    "Shown",
    "Talk",
    "Tree",
    "cards",
    "conversation",
    "conversation_at",
    "conversation_uris",
    "displayed",
    "facets",
    "facts",
    "key_at",
    "news_for",
    "post_at",
    "posts_by_uri",
    "question",
    "search",
    "shape",
    "shown",
    "span",
    "talks",
    "whole",
]
