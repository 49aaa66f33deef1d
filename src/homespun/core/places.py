"""The navigation: one line a room. A room whose address does not exist yet is not shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """A room: its name, its first page, its icon. `whole` rooms own every address below their first page."""

    label: str | Promise
    view: str
    icon: str
    whole: bool = True

    def holds(self, path: str, address: str) -> bool:
        return self.whole and path.startswith(address)


PLACES = (
    Place(_("Today"), "desk:today", "today", whole=False),
    Place(_("Conversations"), "conversations:list", "talk"),
    Place(_("Stories"), "stories:list", "stories"),
)


def existing() -> Iterator[tuple[Place, str]]:
    """Each place with its address, those that exist."""
    for place in PLACES:
        try:
            yield place, reverse(place.view)
        except NoReverseMatch:
            continue
