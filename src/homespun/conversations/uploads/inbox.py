"""The data folder's `inbox`: who can reach the machine puts archives there, files and folders alike. Nothing in it is ever changed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import Http404

QUIET = 10  # seconds without a change, before something is taken for whole


@dataclass(frozen=True)
class Put:
    """Something in the inbox. `quiet`: nothing of it has changed for a while, so nobody is still copying it."""

    name: str
    path: Path
    size: int
    quiet: bool


def folder() -> Path:
    return Path(settings.DATA) / "inbox"


def entries() -> list[Put]:
    """What lies in it, by name; hidden files are somebody else's business."""
    try:
        names = sorted(path for path in folder().iterdir() if not path.name.startswith(".") and not path.is_symlink())
    except FileNotFoundError:
        return []
    return [put(path) for path in names]


def entry(name: str) -> Put:
    """One by its name, as listed; anything else is nowhere."""
    for found in entries():
        if found.name == name:
            return found
    raise Http404


def put(path: Path) -> Put:
    stats = [each.lstat() for each in everything(path)]
    # the time of the last change of the entry itself: copying with the old dates kept sets it, too
    changed = max((stat.st_ctime for stat in stats), default=0.0)
    size = sum(stat.st_size for stat in stats)
    return Put(path.name, path, size, time.time() - changed >= QUIET)


def everything(path: Path) -> Iterator[Path]:
    yield path
    if path.is_dir():
        yield from (each for each in path.rglob("*") if not each.is_symlink())
