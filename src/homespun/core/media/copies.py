"""Copies of pictures for visitors: a few widths, upright, in sRGB, and without metadata. `homespun.pictures` makes them."""

import time
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from homespun import pictures
from homespun.core.media.keeping import Refused, measured, path_of
from homespun.core.media.kinds import PICTURES
from homespun.core.media.landing import landing, settled
from homespun.core.models import MediaFile

WIDTHS = (480, 960, 1600, 2400)  # a closed list, so that nobody fills the disk by asking for others
EXTENSIONS = ("webp", "jpg")  # jpg is what programs that show a link on other sites all read
RETRY_AFTER = 3600  # seconds until a picture that couldn't be copied is tried again: a visitor may ask as often as they like


def public_name(sha256: str, width: int, extension: str = "webp") -> str:
    """The name of a copy, as it stands in its address."""
    return f"{sha256}-{width}.{extension}"


def public_copy(media: MediaFile, *, width: int, extension: str = "webp") -> Path:
    """Where the copy of a picture lies that is at most `width` wide; made when it is first asked for. Raises `Refused`."""
    if media.content_type not in PICTURES or width not in WIDTHS or extension not in EXTENSIONS:
        raise Refused(_("There is no such picture."))
    copy = Path(settings.MEDIA_ROOT) / "public" / media.sha256[:2] / public_name(media.sha256, width, extension)
    if not copy.exists():
        _make(copy, media, width, extension)
    return copy


def _make(copy: Path, media: MediaFile, width: int, extension: str) -> None:
    failure = copy.with_name(f"{copy.name}.failed")
    if _is_recent(failure):
        raise Refused(_("This picture can't be shown."))
    source = path_of(media)
    declared = measured(source)
    with pictures.one_at_a_time(declared.width * declared.height):
        if copy.exists():  # made while we waited
            return
        try:
            with landing() as target, source.open("rb") as file:
                pictures.copy_picture(
                    file,
                    target,
                    content_type=declared.content_type,
                    orientation=declared.orientation,
                    width=width,
                    extension=extension,
                )
                settled(target, copy)
        except pictures.UnreadablePicture as error:
            failure.parent.mkdir(parents=True, exist_ok=True)
            failure.touch()
            raise Refused(_("This picture can't be read. The file may be damaged.")) from error


def _is_recent(failure: Path) -> bool:
    try:
        return time.time() - failure.stat().st_mtime < RETRY_AFTER
    except FileNotFoundError:
        return False
