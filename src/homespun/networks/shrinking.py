"""Pictures made small enough for a network, and rid of what they tell besides the picture (EXIF: where and when it was taken)."""

import io

from PIL import Image, ImageOps

from homespun.networks.errors import NetworkError
from homespun.networks.said import said as _

SIDE = 4096
STEPS = 16  # each three quarters of the one before it
QUALITIES = (90, 80, 65)
PLAIN = ("image/jpeg", "image/png", "image/webp", "image/gif")


def fitted(content: bytes, kind: str, most: int) -> tuple[bytes, str]:
    """The picture and its media type in at most so many bytes. What is no picture stays as it is. Raises `NetworkError`."""
    if kind not in PLAIN or (len(content) <= most and not tells(content)):
        return content, kind
    image = opened(content)
    side = min(SIDE, max(image.size))
    for _step in range(STEPS):
        image.thumbnail((side, side))
        for quality in QUALITIES:
            made = io.BytesIO()
            image.save(made, "JPEG", quality=quality, optimize=True)
            if made.tell() <= most:
                return made.getvalue(), "image/jpeg"
        side = max(side * 3 // 4, 1)
    raise NetworkError(_("This picture cannot be made small enough for the network."))


def tells(content: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(content)) as image:
            return bool(image.getexif())
    except (OSError, ValueError, Image.DecompressionBombError):
        return False


def opened(content: bytes) -> Image.Image:
    """Upright, on white where it lets something through."""
    try:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        if image.mode in ("RGBA", "LA", "P"):
            seen = image.convert("RGBA")
            image = Image.new("RGB", seen.size, "white")
            image.paste(seen, mask=seen.getchannel("A"))
        return image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise NetworkError(_("This picture cannot be read.")) from error


def size(content: bytes) -> tuple[int, int]:
    """Width and height as it is shown; zeros where it cannot be read."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            return (image.height, image.width) if turned else image.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0, 0
