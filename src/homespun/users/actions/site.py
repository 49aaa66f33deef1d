"""What the organisation says of itself."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from homespun.core import audit
from homespun.core.models import Site
from homespun.users.models import User


class SiteFields(TypedDict, total=False):
    name: str
    about: str
    language: str
    time_zone: str
    contact: str


def settle(*, by: User | None, now: datetime, **fields: Unpack[SiteFields]) -> Site:
    """Change what the site says of itself; what is not given stays."""
    with transaction.atomic():
        site, _made = Site.objects.update_or_create(pk=1, defaults=fields)
        audit.record(by=by, now=now, verb="settle", subject="site", fields=sorted(fields))
    return site


def name_site(*, name: str, by: User | None, now: datetime) -> Site:
    """Give the site a name if it has none yet."""
    return Site.objects.first() or settle(name=name, by=by, now=now)
