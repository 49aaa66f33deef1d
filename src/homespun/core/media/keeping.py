"""Taking a file in: streamed, looked at, named by its content, and on the disk for good before there is a row of it."""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from homespun import pictures
from homespun.core.media.kinds import HEAD, PICTURES, content_type_of
from homespun.core.media.landing import landing, settled
from homespun.core.models import MediaFile
from homespun.pictures import Declared

CHUNK = 1 << 20
MAX_BYTES = 2 << 30


class Refused(Exception):
    """A file that we do not keep; the text is a sentence for whoever brought it."""


def keep(stream: IO[bytes], *, now: datetime, max_bytes: int = MAX_BYTES) -> MediaFile:
    """Keep the file that `stream` yields from where it stands, and return its row; one row per content, however often it comes."""
    with landing() as file:
        sha256, size, head = _copy(stream, file, max_bytes)
        content_type = content_type_of(head)
        if not content_type:
            raise Refused(_("This is not a picture, film or sound of a kind that can be kept here."))
        held = MediaFile.objects.filter(sha256=sha256).first()
        if held is None or not path_of(held).exists():
            width, height = measured(Path(file.name)).upright_size if content_type in PICTURES else (0, 0)
            _settle(file, sha256)
            held, _made = MediaFile.objects.get_or_create(
                sha256=sha256,
                defaults={"content_type": content_type, "size": size, "width": width, "height": height, "created": now},
            )
    return held


def path_of(media: MediaFile | str) -> Path:
    """Where the file lies, given its row or its hash."""
    sha256 = media if isinstance(media, str) else media.sha256
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def measured(path: Path) -> Declared:
    """What a picture declares about its size; it isn't decoded. Raises `Refused`."""
    try:
        with path.open("rb") as file:
            return pictures.read_declared(file)
    except pictures.PictureTooLarge as error:
        raise Refused(_("This picture has too many pixels. Make it smaller and try again.")) from error
    except (pictures.UnreadablePicture, OSError) as error:
        raise Refused(_("This picture can't be read. The file may be damaged.")) from error


def _copy(stream: IO[bytes], file: IO[bytes], max_bytes: int) -> tuple[str, int, bytes]:
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise Refused(_("This file is too large to be kept."))
        head = head or chunk[:HEAD]
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    return digest.hexdigest(), size, head


def _settle(file: IO[bytes], sha256: str) -> None:
    """For good: the content is on the disk before its name, and the name before there is a row of it."""
    home = path_of(sha256)
    os.fsync(file.fileno())
    os.chmod(file.name, 0o640)
    settled(file, home)
    folder = os.open(home.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
