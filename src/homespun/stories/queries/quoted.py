"""Who is quoted in a story, and whether their words may stand in it.

An author's own accounts need nobody's leave. Everybody else needs a basis: item by item or for all at once. Words that were
not public where they were said (liked, deleted, circle) need one that was recorded on that very item; what was said to followers or
to one person, and what an opt-out covers, has none. An open opt-out request stops new quotations only. docs/decisions tells why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext

from homespun.conversations.actions.opt_outs import paused_among, verified_among
from homespun.conversations.models import Post, State
from homespun.networks.values import Visibility
from homespun.people.models import Account
from homespun.stories.models import Item, Story
from homespun.stories.queries.closed import author_of, is_for_few, quoted_uris
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
    PAUSED = "paused"  # an opt-out request for the account is open, and this would be a new quotation
    OPTED_OUT = "opted out"  # a member confirmed an opt-out for the account, or it was made before verification existed
    WITHDRAWN = "withdrawn"  # the person verified an opt-out
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
    people = who_is_quoted(rows, held, stops_for(story, held))
    return sorted(people, key=lambda person: person.is_ready)


@dataclass(frozen=True)
class Stops:
    """What opt-outs stop in one story: accounts by uri, and the posts that its last edition quotes, which a new one may keep."""

    paused: frozenset[str] = frozenset()
    verified: frozenset[str] = frozenset()
    published: frozenset[str] = frozenset()


def stops_for(story: Story, held: dict[str, Post]) -> Stops:
    """Two queries; for posts that have been read already."""
    authors = {post.author.uri for post in held.values() if post.author and not post.author.is_own}
    paused = frozenset(paused_among(authors))
    published = frozenset(quoted_uris(story.edition_id)) if paused and story.edition_id else frozenset()
    withdrawn = {post.author.uri for post in held.values() if post.author and post.state == State.WITHDRAWN}
    return Stops(paused, frozenset(verified_among(withdrawn)), published)


def who_is_quoted(rows: Iterable[Item], held: dict[str, Post], stops: Stops) -> list[Quoted]:
    """The same for items (with their `number`) and posts that have been read already."""
    found: dict[str, list[QuotedItem]] = {}
    for item in rows:
        if item.kind in (Item.Kind.POST, Item.Kind.QUOTE):
            entry = _entry(item, held.get(item.post_uri), stops)
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


def _entry(item: Item, post: Post | None, stops: Stops) -> QuotedItem:
    number: int = item.number  # type: ignore[attr-defined]  # annotated by `items()`
    standing = _standing(item, post, stops)
    private = post is not None and is_private(post)
    return QuotedItem(number, item, post, standing, private, item.basis_how, item.basis_when)


def _standing(item: Item, post: Post | None, stops: Stops) -> Standing:
    if item.kind == Item.Kind.POST and post is None:
        return Standing.GONE
    if post is not None and post.state == State.WITHDRAWN:
        return Standing.WITHDRAWN if author_of(post) in stops.verified else Standing.OPTED_OUT
    if post is not None and is_for_few(post):
        return Standing.FOR_FEW
    if post is not None and _is_paused(item, post, stops):
        return Standing.PAUSED
    private = post is not None and is_private(post)
    if private and item.basis not in _enough_for_private(item, post):
        return Standing.PRIVATE
    if item.basis:
        return Standing(item.basis)
    return Standing.OWN if is_ours(item, post) else Standing.LACKING


def _is_paused(item: Item, post: Post, stops: Stops) -> bool:
    """Whether it waits for the decision on an opt-out request. Where the person agreed it doesn't, nor where it was published before."""
    return author_of(post) in stops.paused and item.basis != Item.Basis.AGREED and post.uri not in stops.published


def _enough_for_private(item: Item, post: Post | None) -> tuple[str, ...]:
    """Their own agreement, or our own choice where the words are ours; that they hold an office is not enough."""
    return (Item.Basis.AGREED, Item.Basis.OWN) if is_ours(item, post) else (Item.Basis.AGREED,)


def _person(key: str, entries: tuple[QuotedItem, ...]) -> Quoted:
    first = entries[0]
    account = first.post.author if first.post else None
    if account is not None:
        return Quoted(key, account.name or account.handle, account.handle, account, entries)
    return Quoted(key, first.item.who.strip() or gettext("somebody without a name"), "", None, entries)
