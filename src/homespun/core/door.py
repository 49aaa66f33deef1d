"""The one door to the outside, as this installation is configured."""

from functools import cache
from pathlib import Path

from django.conf import settings

from homespun import __version__
from homespun.http import Door, HostMemory, addresses

HOSTS = "hosts.sqlite3"


@cache
def door() -> Door:
    memory = HostMemory(Path(settings.DATA) / HOSTS)
    return Door(site=settings.HOMESPUN_URL, version=__version__, allow=addresses(settings.HOMESPUN_ALLOW_ADDRESSES), memory=memory)
