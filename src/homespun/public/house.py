"""The site as a visitor's page needs it: its row, its language and its absolute addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation

from homespun.core.models import Site

Key = tuple[object, ...]


def site(request: HttpRequest) -> Site | None:
    """The organisation's row, which the middleware has read already; None while nobody has claimed the site."""
    found: Site = request.house  # type: ignore[attr-defined]  # set by `core.middleware`
    return found if found.pk else None


def key_of(house: Site) -> Key:
    """All of it that a page can show."""
    return (house.name, house.about, house.language, house.time_zone, house.contact)


@contextmanager
def in_its_tongue(house: Site) -> Iterator[None]:
    """Language and time zone of the site, not of whoever asks: what is rendered is kept for everybody."""
    with translation.override(house.language), timezone.override(ZoneInfo(house.time_zone)):
        yield


def absolute(path: str) -> str:
    return f"{settings.HOMESPUN_URL}{path}"
