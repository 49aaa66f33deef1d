"""Pictures that an author brings, taken in after a look at what they are."""

from datetime import datetime
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from homespun.core.media import PICTURES, Refused, keep
from homespun.core.models import MediaFile

MAX_BYTES = 40 * 1024 * 1024


def keep_picture(stream: IO[bytes], *, now: datetime) -> MediaFile:
    """Raises ValidationError where it is no picture that can be shown."""
    try:
        media = keep(stream, now=now, max_bytes=MAX_BYTES)
    except Refused as refused:
        raise ValidationError(str(refused)) from refused
    if media.content_type not in PICTURES:
        raise ValidationError(gettext("This is not a picture of a kind that can be shown."))
    return media
