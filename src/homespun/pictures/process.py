"""Runs `decoder` as a process of its own for one picture: what a picture does there can neither fill our memory nor hold us up.

A process for each picture costs about 0.1 s, once for each copy, and leaves nothing behind in memory. At most two run at a time, and
only one of them with a large picture.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from homespun.pictures.reasons import UnreadablePicture

DECODER = Path(__file__).with_name("decoder.py")
SECONDS = 60.0
LARGE = 12_000_000  # pixels

_places = threading.BoundedSemaphore(2)
_large = threading.Lock()


@contextmanager
def one_at_a_time(pixels: int) -> Iterator[None]:
    """Wait for a place to decode a picture of so many pixels."""
    if pixels < LARGE:
        with _places:
            yield
    else:
        with _large, _places:
            yield


def copy_picture(source: IO[bytes], target: IO[bytes], *, content_type: str, orientation: int, width: int, extension: str) -> None:
    """Write a copy that is upright, in sRGB, at most `width` wide and without metadata. Raises `UnreadablePicture`."""
    _run(source, target, task="copy", content_type=content_type, orientation=orientation, width=width, extension=extension)


def fit_picture(source: IO[bytes], *, content_type: str, orientation: int, max_bytes: int) -> bytes:
    """The picture as a JPEG of at most so many bytes; b"" where it can't be made that small. Raises `UnreadablePicture`."""
    with tempfile.TemporaryFile() as target:
        _run(source, target, task="fit", content_type=content_type, orientation=orientation, max_bytes=max_bytes)
        target.seek(0)
        return target.read()


def measure_avif(source: IO[bytes]) -> tuple[int, int, int, bool]:
    """Width and height as stored, orientation, and whether there is metadata. Raises `UnreadablePicture`."""
    with _places, tempfile.TemporaryFile() as target:
        _run(source, target, task="measure", content_type="image/avif")
        target.seek(0)
        width, height, orientation, has_metadata = json.loads(target.read())
    return width, height, orientation, has_metadata


def _run(source: IO[bytes], target: IO[bytes], **task: Any) -> None:
    with _as_file(source) as file:
        try:
            done = subprocess.run(
                [sys.executable, "-P", str(DECODER), json.dumps(task)],
                stdin=file,
                stdout=target,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # and none of our secrets
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UnreadablePicture from error
    if done.returncode:
        raise UnreadablePicture


@contextmanager
def _as_file(source: IO[bytes]) -> Iterator[IO[bytes]]:
    """The source as a file that another process can read: as it is, or copied where it lies in memory."""
    source.seek(0)
    try:
        source.fileno()
    except OSError:
        with tempfile.TemporaryFile() as file:
            file.write(source.read())
            file.seek(0)
            yield file
    else:
        yield source
