"""Finding posts by words: newest first or best first, by whom, when, with a picture."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.safestring import SafeString

from homespun.conversations.queries.cards import Card

Order = Literal["newest", "ranked"]


@dataclass(frozen=True, slots=True)
class Hit:
    card: Card
    excerpt: SafeString  # the words around what was found, as safe html with <mark>


@dataclass(frozen=True, slots=True)
class Found:
    hits: list[Hit]
    count: int  # exact to 1,000
    more: bool = False  # there are more than `count`
    next: int | None = None  # `before` of the next part, newest first only
    words: tuple[str, ...] = ()  # what was looked for, for a sentence
    keys: tuple[int, ...] = ()


def search(
    query: str,
    *,
    limit: int = 20,
    before: int | None = None,
    order: Order = "newest",
    author: str | None = None,
    since: date | None = None,
    until: date | None = None,
    has_picture: bool = False,
    typing: bool = False,
) -> Found:
    """Posts that have all the words of `query` and pass the filters.

    `author` is a handle, a name, or `us`; `since` and `until` are days, both included; `before` is `next` of the part before.
    Words in quotes stand together; `from:@handle`, `after:2019-01-01` and `before:2020-01-01` in the query work like the filters.
    The last word is a beginning. Where whole words find nothing all are beginnings, and then pieces of words. `typing` looks less
    far for pieces, so that an answer comes between two keys.
    """
    return Found([], 0)
