"""What can be asked about stories, their items and their editions."""

from homespun.stories.queries.closed import closed_in
from homespun.stories.queries.posts import originals, posts, shown_words
from homespun.stories.queries.quoted import Quoted, QuotedItem, Standing, is_ours, quoted, stops_for, who_is_quoted
from homespun.stories.queries.stories import (
    current_edition,
    current_edition_id,
    items,
    number_of,
    plain_items,
    post_uris,
    published,
    removed_items,
    stories,
    was_published,
)

__all__ = [
    "Quoted",
    "QuotedItem",
    "Standing",
    "closed_in",
    "current_edition",
    "current_edition_id",
    "is_ours",
    "items",
    "number_of",
    "originals",
    "plain_items",
    "post_uris",
    "posts",
    "published",
    "quoted",
    "removed_items",
    "shown_words",
    "stops_for",
    "stories",
    "was_published",
    "who_is_quoted",
]
