"""Who is quoted in a story, and whether their words may stand in it.

An author's own accounts need nobody's leave. Everybody else needs a basis: item by item or for all at once. Words that were
not public where they were said (liked, deleted, circle) need one that was recorded on that very item; what was said to followers or
to one person, and what somebody has withdrawn, has none. docs/decisions tells why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext

from homespun.conversations.models import Post, State
from homespun.networks.values import Visibility
from homespun.people.models import Account
from homespun.stories.models import Item, Story
from homespun.stories.queries.closed import is_for_few
from homespun.stories.queries.posts import bare_posts
from homespun.stories.queries.stories import items


class Standing(StrEnum):
    """Why words may stand in the story, or why they may not yet."""

    OWN = "own"
    ORGANISATION = "organisation"
    AGREED = "agreed"
    LACKING = "lacking"  # nobody has said on what basis
    PRIVATE = "private"  # not public where it was said, and nothing recorded on this very item
    FOR_FEW = "for few"  # said to followers or to one person, which nothing recorded opens
    WITHDRAWN = "withdrawn"  # they have taken it back
    GONE = "gone"  # the post is in no archive any more

    @property
    def is_ready(self) -> bool:
        return self in (Standing.OWN, Standing.ORGANISATION, Standing.AGREED)


@dataclass(frozen=True)
class QuotedItem:
    """One item that holds somebody's words."""

    number: int
    item: Item
    post: Post | None  # None for a quotation from elsewhere, or a post that is gone
    standing: Standing
    is_private: bool  # a basis for all does not reach it
    how: str = ""
    when: date | None = None


@dataclass(frozen=True)
class Quoted:
    """Somebody whose words are in the story, with every item that holds them."""

    key: str  # what `set_basis_for` takes: the account's uri, or the name of who was quoted from elsewhere
    name: str
    handle: str
    account: Account | None
    items: tuple[QuotedItem, ...]

    @property
    def standing(self) -> Standing:
        """The least ready one of the items."""
        return max((item.standing for item in self.items), key=list(Standing).index)

    @property
    def is_ready(self) -> bool:
        return all(item.standing.is_ready for item in self.items)

    @property
    def is_own(self) -> bool:
        return all(item.standing is Standing.OWN for item in self.items)

    @property
    def numbers(self) -> list[int]:
        return [item.number for item in self.items]

    @property
    def lacking(self) -> list[int]:
        """Numbers of the items that may not be published yet."""
        return [item.number for item in self.items if not item.standing.is_ready]

    def __str__(self) -> str:
        return f"{self.name} (@{self.handle})" if self.handle else self.name


def quoted(story: Story) -> list[Quoted]:
    """Everybody quoted in the draft: first those who lack a basis, each group in order of appearance."""
    rows = list(items(story))
    held = bare_posts(item.post_uri for item in rows)
    people = who_is_quoted(rows, held)
    return sorted(people, key=lambda person: person.is_ready)


def who_is_quoted(rows: Iterable[Item], held: dict[str, Post]) -> list[Quoted]:
    """The same for items (with their `number`) and posts that have been read already."""
    found: dict[str, list[QuotedItem]] = {}
    for item in rows:
        if item.kind in (Item.Kind.POST, Item.Kind.QUOTE):
            entry = _entry(item, held.get(item.post_uri))
            found.setdefault(key_of(item, entry.post), []).append(entry)
    return [_person(key, tuple(entries)) for key, entries in found.items()]


def key_of(item: Item, post: Post | None) -> str:
    if item.kind == Item.Kind.QUOTE:
        return f"name:{item.who.strip()}"
    if post is not None and post.author is not None:
        return post.author.uri
    return f"post:{item.post_uri}"  # its author is not known, so it stands alone


def is_private(post: Post) -> bool:
    """Not `quotable()`: it was not public where it was said, or is not there any more."""
    return post.visibility not in (Visibility.PUBLIC, Visibility.UNLISTED) or post.state not in (State.LIVE, State.EDITED)


def is_ours(item: Item, post: Post | None) -> bool:
    return item.kind == Item.Kind.POST and post is not None and post.author is not None and post.author.is_own


def _entry(item: Item, post: Post | None) -> QuotedItem:
    number: int = item.number  # type: ignore[attr-defined]  # annotated by `items()`
    standing = _standing(item, post)
    private = post is not None and is_private(post)
    return QuotedItem(number, item, post, standing, private, item.basis_how, item.basis_when)


def _standing(item: Item, post: Post | None) -> Standing:
    if item.kind == Item.Kind.POST and post is None:
        return Standing.GONE
    if post is not None and post.state == State.WITHDRAWN:
        return Standing.WITHDRAWN
    if post is not None and is_for_few(post):
        return Standing.FOR_FEW
    private = post is not None and is_private(post)
    if private and item.basis not in _enough_for_private(item, post):
        return Standing.PRIVATE
    if item.basis:
        return Standing(item.basis)
    return Standing.OWN if is_ours(item, post) else Standing.LACKING


def _enough_for_private(item: Item, post: Post | None) -> tuple[str, ...]:
    """Their own agreement, or our own choice where the words are ours; that they hold an office is not enough."""
    return (Item.Basis.AGREED, Item.Basis.OWN) if is_ours(item, post) else (Item.Basis.AGREED,)


def _person(key: str, entries: tuple[QuotedItem, ...]) -> Quoted:
    first = entries[0]
    account = first.post.author if first.post else None
    if account is not None:
        return Quoted(key, account.name or account.handle, account.handle, account, entries)
    return Quoted(key, first.item.who.strip() or gettext("somebody without a name"), "", None, entries)
