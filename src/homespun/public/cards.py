"""A published story as lists and feeds show it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from homespun.core.models import Site
from homespun.public import house
from homespun.stories import edition, page
from homespun.stories.models import Edition


@dataclass(frozen=True)
class Card:
    head: edition.Head
    path: str
    cover: page.Shown | None
    published: datetime
    changed: datetime

    @property
    def address(self) -> str:
        return house.absolute(self.path)


def card(current: Edition, site: Site) -> Card:
    head = edition.head(current)
    cover = page.shown(head.cover, page.Where(site=site)) if head.cover else None
    path = reverse("public:story", args=[current.story.slug])
    return Card(head, path, cover, current.first_published, current.published)
