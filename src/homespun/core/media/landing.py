"""Files on their way: written aside, and put in place whole or not at all. What a kill leaves here is swept away."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings

LEFT = timedelta(days=1)  # without a change: nobody is at it any more


def folder() -> Path:
    """On the disk of the files that are kept, so that putting one in place is a rename."""
    return Path(settings.MEDIA_ROOT) / "landing"


@contextmanager
def landing() -> Iterator[IO[bytes]]:
    """A file to write, gone afterwards if it was not `settled`."""
    folder().mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder(), delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def settled(file: IO[bytes], home: Path) -> None:
    """Put it in its place, over what may lie there."""
    file.flush()
    home.parent.mkdir(parents=True, exist_ok=True)
    os.replace(file.name, home)


def sweep(*, now: datetime) -> int:
    """Throw away what was left half-written a day ago; give how many that were."""
    before = (now - LEFT).timestamp()
    left = [file for file in folder().glob("*") if file.lstat().st_mtime < before]
    for file in left:
        file.unlink(missing_ok=True)
    return len(left)
