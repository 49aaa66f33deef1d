"""Items come into a story, are written, moved, taken out and put back."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import F

from homespun.conversations.models import Conversation
from homespun.conversations.queries import conversation_uris
from homespun.core.models import MediaFile
from homespun.stories import positions
from homespun.stories.actions.writing import Stale, checked, touch
from homespun.stories.models import Item, Story
from homespun.stories.queries import post_uris, posts
from homespun.stories.queries.closed import is_for_few
from homespun.users.models import User

LONGEST_ERROR = 500  # characters, as the column holds them


class ItemFields(TypedDict, total=False):
    """What an item can hold, by kind: see `Item`."""

    html: str
    url: str
    media: MediaFile | None
    alt: str
    title: str
    caption: str
    fetch_error: str
    who: str
    where: str
    when: str


@transaction.atomic
def add_item(
    *,
    story: Story,
    kind: str,
    after: Item | None = None,
    before: Item | None = None,
    by: User | None,
    now: datetime,
    **fields: Unpack[ItemFields],
) -> Item:
    """Put a new item right after one, or right before one, or at the end. Posts come in by `add_posts`."""
    values = checked(Item, fields)
    touch(story, by=by, now=now, verb="item.add", kind=str(kind))
    [position] = _places(story, after=after, before=before)
    return Item.objects.create(story=story, kind=kind, position=position, **values)


@transaction.atomic
def add_posts(
    *, story: Story, uris: Sequence[str], after: Item | None = None, before: Item | None = None, by: User | None, now: datetime
) -> list[Item]:
    """Put posts in, in the order given; those that the story has already, that nothing holds or that were said to a few only are left
    out. Returns the new items."""
    touch(story, by=by, now=now, verb="item.add_posts", asked=len(uris))
    return insert_posts(story, uris, after=after, before=before)


def add_conversation(
    *, story: Story, conversation: Conversation, after: Item | None = None, before: Item | None = None, by: User | None, now: datetime
) -> list[Item]:
    """Put all posts of a conversation in, in reading order; those that the story has already stay where they are."""
    return add_posts(story=story, uris=conversation_uris(conversation.pk), after=after, before=before, by=by, now=now)


@transaction.atomic
def update_item(*, item: Item, by: User | None, now: datetime, version: int, **fields: Unpack[ItemFields]) -> Item:
    """Change some of an item. Raises Stale if its version is not the one that the writer saw, or if it has been taken out."""
    values = checked(Item, fields)
    if not Item.objects.filter(pk=item.pk, version=version, deleted=None).update(version=F("version") + 1, **values):
        raise Stale(Item.objects.select_related("media").get(pk=item.pk))
    touch(item.story, by=by, now=now, verb="item.update", item=item.pk, fields=sorted(values))
    item.refresh_from_db(fields=["version", *values])
    return item


def note_fetch_error(*, item: Item, error: str) -> None:
    """Store why the title of an address isn't known. The story itself hasn't changed, so it gets no new version."""
    item.fetch_error = error[:LONGEST_ERROR]
    Item.objects.filter(pk=item.pk).update(fetch_error=item.fetch_error)


@transaction.atomic
def move_item(*, item: Item, after: Item | None = None, before: Item | None = None, by: User | None, now: datetime) -> Item:
    """Move an item right after another, or right before another, or to the end. One row is written."""
    if item in (after, before):
        return item
    touch(item.story, by=by, now=now, verb="item.move", item=item.pk)
    [position] = _places(item.story, after=after, before=before, moved=item)
    Item.objects.filter(pk=item.pk).update(position=position)
    item.position = position
    return item


@transaction.atomic
def remove_item(*, item: Item, by: User | None, now: datetime) -> None:
    """Take an item out. Its place and words stay, so that it can be put back where it was."""
    touch(item.story, by=by, now=now, verb="item.remove", item=item.pk)
    Item.objects.filter(pk=item.pk, deleted=None).update(deleted=now)
    item.refresh_from_db(fields=["deleted"])


@transaction.atomic
def restore_item(*, item: Item, by: User | None, now: datetime) -> Item:
    touch(item.story, by=by, now=now, verb="item.restore", item=item.pk)
    Item.objects.filter(pk=item.pk).update(deleted=None)
    item.refresh_from_db(fields=["deleted"])
    return item


def insert_posts(story: Story, uris: Sequence[str], *, after: Item | None = None, before: Item | None = None) -> list[Item]:
    """The rows alone, without a new version of the story: the verb that calls does that."""
    there = set(post_uris(story))
    held = posts(uris)
    open_to_all = (held[uri].uri for uri in uris if uri in held and not is_for_few(held[uri]))
    wanted = [uri for uri in dict.fromkeys(open_to_all) if uri not in there]
    places = _places(story, after=after, before=before, count=len(wanted))
    rows = [Item(story=story, kind=Item.Kind.POST, post_uri=uri, position=place) for uri, place in zip(wanted, places, strict=True)]
    return Item.objects.bulk_create(rows)


def _places(story: Story, *, after: Item | None, before: Item | None, count: int = 1, moved: Item | None = None) -> list[str]:
    """Positions for `count` items at one place. Those that were taken out keep theirs, so they count as neighbours."""
    low, high = _neighbours(story, after, before, moved)
    places = positions.between(low, high, count)
    if max(map(len, places), default=0) <= positions.LONGEST:
        return places
    _spread(story)
    return positions.between(*_neighbours(story, after, before, moved), count)


def _neighbours(story: Story, after: Item | None, before: Item | None, moved: Item | None) -> tuple[str, str]:
    others = Item.objects.filter(story=story).exclude(pk=moved.pk if moved else 0)
    if after is not None:
        low = others.values_list("position", flat=True).get(pk=after.pk)
        return low, others.filter(position__gt=low).order_by("position").values_list("position", flat=True).first() or ""
    if before is not None:
        high = others.values_list("position", flat=True).get(pk=before.pk)
        return others.filter(position__lt=high).order_by("-position").values_list("position", flat=True).first() or "", high
    return others.order_by("-position").values_list("position", flat=True).first() or "", ""


def _spread(story: Story) -> None:
    """Write short positions for the whole story, after many moves into the same gap."""
    rows = list(Item.objects.filter(story=story).order_by("position", "pk").only("pk"))
    for row, position in zip(rows, positions.spread(len(rows)), strict=True):
        row.position = position
    Item.objects.bulk_update(rows, ["position"], batch_size=500)
