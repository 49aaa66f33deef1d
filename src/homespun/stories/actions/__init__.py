"""What can be done to a story. Every verb is keyword-only, takes `by=` and `now=`, is one transaction and writes its audit row."""

from homespun.stories.actions.basis import set_basis, set_basis_for
from homespun.stories.actions.items import (
    ItemFields,
    add_conversation,
    add_item,
    add_posts,
    move_item,
    note_fetch_error,
    remove_item,
    restore_item,
    update_item,
)
from homespun.stories.actions.publishing import NotReady, publish, unpublish
from homespun.stories.actions.story import HeadFields, create_story, remove_story, restore_story, update_head
from homespun.stories.actions.writing import Stale

__all__ = [
    "HeadFields",
    "ItemFields",
    "NotReady",
    "Stale",
    "add_conversation",
    "add_item",
    "add_posts",
    "create_story",
    "move_item",
    "note_fetch_error",
    "publish",
    "remove_item",
    "remove_story",
    "restore_item",
    "restore_story",
    "set_basis",
    "set_basis_for",
    "unpublish",
    "update_head",
    "update_item",
]
