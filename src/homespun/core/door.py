"""The one door to the outside, as this installation is configured."""

from functools import cache

from django.conf import settings

from homespun import __version__
from homespun.http import Door, addresses


@cache
def door() -> Door:
    return Door(site=settings.HOMESPUN_URL, version=__version__, allow=addresses(settings.HOMESPUN_ALLOW_ADDRESSES))
