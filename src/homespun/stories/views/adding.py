"""The row in which one chooses what comes next, and where in the story it stands."""

from dataclasses import dataclass

from django.http import QueryDict

from homespun.stories.access import item_for
from homespun.stories.forms import number
from homespun.stories.models import Item, Story
from homespun.stories.queries.studio import first_item
from homespun.users.models import User

ASKED = ("image", "link", "quote")  # kinds that a form asks more about before there is an item


@dataclass(frozen=True)
class Adding:
    """`after` is the key of an item, or "first" or "end"."""

    after: int | str
    kind: str = ""

    @property
    def template(self) -> str:
        return f"stories/studio/adding/{self.kind}.html"


def adding_from(data: QueryDict, *, name: str = "after") -> Adding | None:
    sent = data.get(name, "")
    after = sent if sent in ("first", "end") else number(sent)
    kind = data.get("kind", "")
    return Adding(after, kind if kind in ASKED else "") if after is not None else None


@dataclass(frozen=True)
class Place:
    """Neighbours, as the actions take them; neither means the end."""

    after: Item | None = None
    before: Item | None = None


def place_for(user: User, story: Story, sent: str) -> Place:
    """Where something goes: "first" or "" for the beginning, "end", or after the item of that key. Raises Http404."""
    key = number(sent)
    if key is not None:
        return Place(after=item_for(user, story.slug, key))
    return Place(before=first_item(story)) if sent in ("first", "") else Place()
