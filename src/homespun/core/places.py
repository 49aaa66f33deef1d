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

    def current(self, path: str, address: str) -> str:
        """The value of `aria-current` on a page: its first page, somewhere in it, or not in it."""
        if path == address:
            return "page"
        return "true" if self.whole and path.startswith(address) else ""


@dataclass(frozen=True)
class Counted:
    """How much of something waits in a room, where that stands, and the same in words."""

    number: int
    address: str
    words: str


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
