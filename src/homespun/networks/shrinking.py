"""Makes pictures small enough for a network, and removes what they say about where and when they were taken."""

import io

from homespun import pictures
from homespun.networks.errors import NetworkError
from homespun.networks.said import said as _
from homespun.pictures import Declared

PLAIN = ("image/jpeg", "image/png", "image/webp", "image/gif")


def fitted(content: bytes, kind: str, most: int) -> tuple[bytes, str]:
    """The picture and its media type in at most so many bytes. Other files stay as they are. Raises `NetworkError`."""
    if kind not in PLAIN:
        return content, kind
    declared = _declared(content)
    if len(content) <= most and not declared.has_metadata:
        return content, declared.content_type
    try:
        with pictures.one_at_a_time(declared.width * declared.height):
            made = pictures.fit_picture(
                io.BytesIO(content), content_type=declared.content_type, orientation=declared.orientation, max_bytes=most
            )
    except pictures.UnreadablePicture as error:
        raise NetworkError(_("This picture can't be read. The file may be damaged.")) from error
    if not made:
        raise NetworkError(_("This picture can't be made small enough for the network."))
    return made, "image/jpeg"


def size(content: bytes) -> tuple[int, int]:
    """Width and height as it is shown; zeros where it can't be read."""
    try:
        return _declared(content).upright_size
    except NetworkError:
        return 0, 0


def _declared(content: bytes) -> Declared:
    try:
        return pictures.read_declared(io.BytesIO(content))
    except pictures.PictureTooLarge as error:
        raise NetworkError(_("This picture has too many pixels. Make it smaller and try again.")) from error
    except pictures.UnreadablePicture as error:
        raise NetworkError(_("This picture can't be read. The file may be damaged.")) from error
