"""Films and sounds as outsiders get them: the same picture and sound, without what the file says beside them.

Nothing is encoded anew. What cannot be cleaned in a simple way (WebM, Ogg, WAV, FLAC) stays inside.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from homespun.core.media.boxes import Patch, Walk
from homespun.core.media.keeping import Refused, path_of
from homespun.core.media.landing import landing, settled
from homespun.core.models import MediaFile

CHUNK = 1 << 20
ENDINGS = {"video/mp4": "mp4", "video/quicktime": "mp4", "audio/mp4": "m4a", "audio/mpeg": "mp3"}
TYPES = {"mp4": "video/mp4", "m4a": "audio/mp4", "mp3": "audio/mpeg"}
ZEROS = bytes(CHUNK)
MAX_TAGS = 8
TAG_AT_END = 128  # bytes of ID3 version 1


def film_name(media: MediaFile) -> str:
    """The name of the copy that outsiders may be given, as it stands in its address; "" where there can be none. Reads heads only."""
    try:
        with path_of(media).open("rb") as source:
            _plan(media)(source)
    except (Refused, OSError):
        return ""
    return f"{media.sha256}.{ENDINGS[media.content_type]}"


def film_copy(media: MediaFile) -> Path:
    """Where that copy lies; made when it is first asked for. Raises `Refused`."""
    plan = _plan(media)
    copy = Path(settings.MEDIA_ROOT) / "public" / media.sha256[:2] / f"{media.sha256}.{ENDINGS[media.content_type]}"
    if not copy.exists():
        try:
            with path_of(media).open("rb") as source, landing() as file:
                _pour(source, file, *plan(source))
                settled(file, copy)
        except OSError as error:
            raise Refused(_("This film cannot be read.")) from error
    return copy


Plan = tuple[int, int, list[Patch]]  # from which byte to which, and what is patched in between


def _plan(media: MediaFile) -> Callable[[IO[bytes]], Plan]:
    if media.content_type not in ENDINGS:
        raise Refused(_("Films and sounds of this kind are not shown outside."))
    return _of_sound if media.content_type == "audio/mpeg" else _of_film


def _of_film(source: IO[bytes]) -> Plan:
    size = os.fstat(source.fileno()).st_size
    return 0, size, Walk(source, size).patches


def _of_sound(source: IO[bytes]) -> Plan:
    """An MP3 without the tags before and after it (id3.org, ID3v2.4 section 3.1 and ID3v1)."""
    start, end = _behind_tags(source), os.fstat(source.fileno()).st_size
    source.seek(max(start, end - TAG_AT_END))
    if source.read(3) == b"TAG":
        end -= TAG_AT_END
    source.seek(start)
    sync = source.read(2)
    source.seek(max(start, end - 32))
    last = source.read(32)
    if sync[:1] != b"\xff" or sync[1:] < b"\xe0" or b"APETAGEX" in last or b"LYRICS" in last:
        raise Refused(_("This sound carries marks that cannot be taken off."))
    return start, end, []


def _behind_tags(source: IO[bytes]) -> int:
    start = 0
    for _tag in range(MAX_TAGS):
        source.seek(start)
        head = source.read(10)
        if len(head) < 10 or head[:3] != b"ID3":
            break
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += 10 + size + (10 if head[5] & 0x10 else 0)
    return start


def _pour(source: IO[bytes], file: IO[bytes], start: int, end: int, patches: Iterable[Patch]) -> None:
    """Patches do not overlap and come in order; never more than one chunk is held."""
    for patch in patches:
        _carry(source, file, start, patch.start)
        file.write(patch.name)
        for at in range(patch.start + len(patch.name), patch.end, CHUNK):
            file.write(ZEROS[: min(CHUNK, patch.end - at)])
        start = max(start, patch.end)
    _carry(source, file, start, end)


def _carry(source: IO[bytes], file: IO[bytes], start: int, end: int) -> None:
    source.seek(start)
    while start < end:
        chunk = source.read(min(CHUNK, end - start))
        if not chunk:
            raise Refused(_("This film is cut off."))
        file.write(chunk)
        start += len(chunk)
