"""The main navigation: one entry for each section that has an address."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """A section: its name, its first page, its icon. A `whole` section has all pages below its first page, and all others of its app that
    aren't settings: an archive belongs to Conversations."""

    label: str | Promise
    view: str
    icon: str
    whole: bool = True

    def current(self, path: str, address: str, app: str = "", settings: str = "") -> str:
        """The value of `aria-current` for the page at `path` of an `app`: "page", "true" for another page of the section, or "".
        `settings` is the address below which no page is part of a section."""
        if path == address:
            return "page"
        if not self.whole or (settings and path.startswith(settings)):
            return ""
        return "true" if path.startswith(address) or app == self.view.partition(":")[0] else ""


@dataclass(frozen=True)
class Counted:
    """How much of something waits in a room, where that stands, and the same in words."""

    number: int
    address: str
    words: str


SETTINGS = "users:settings"
PLACES = (
    Place(_("Today"), "desk:today", "today", whole=False),
    Place(_("Conversations"), "conversations:list", "talk"),
    Place(_("Stories"), "stories:list", "stories"),
)


def existing() -> Iterator[tuple[Place, str]]:
    """The sections that have an address, with it."""
    for place in PLACES:
        if address := address_of(place.view):
            yield place, address


def address_of(view: str) -> str:
    """The address of a view; "" where there is none."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""
