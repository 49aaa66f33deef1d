"""Pictures as outsiders see them: encoded anew at a few widths, upright, in sRGB, and without what the file says beside the picture."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, ImageSequence

from homespun.core.media.keeping import MAX_PIXELS, Refused, path_of
from homespun.core.media.kinds import PICTURES
from homespun.core.media.landing import landing, settled
from homespun.core.models import MediaFile

WIDTHS = (480, 960, 1600, 2400)  # a closed list, so that nobody fills the disk by asking for others
FORMATS = {"webp": "WEBP", "jpg": "JPEG"}  # jpg is what programs that show a link on other sites all read
MAX_FRAMES = 300
PAPER = (255, 255, 255)


def public_name(sha256: str, width: int, extension: str = "webp") -> str:
    """The name of a copy, as it stands in its address."""
    return f"{sha256}-{width}.{extension}"


def public_copy(media: MediaFile, *, width: int, extension: str = "webp") -> Path:
    """Where the copy of a picture lies that is at most `width` wide; made when it is first asked for. Raises `Refused`."""
    if media.content_type not in PICTURES or width not in WIDTHS or extension not in FORMATS:
        raise Refused(_("There is no such picture."))
    copy = Path(settings.MEDIA_ROOT) / "public" / media.sha256[:2] / public_name(media.sha256, width, extension)
    if not copy.exists():
        with landing() as file:
            file.write(encoded(path_of(media), width=width, extension=extension))
            settled(file, copy)
    return copy


def encoded(source: Path, *, width: int, extension: str) -> bytes:
    try:
        with Image.open(source) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused(_("This picture has more pixels than can be shown."))
            return _encode(image, width, extension)
    except (OSError, ValueError, SyntaxError, ArithmeticError, RuntimeError) as error:  # the last is what AVIF fails with
        raise Refused(_("This picture cannot be read.")) from error


def _encode(image: Image.Image, width: int, extension: str) -> bytes:
    out = BytesIO()
    if extension == "jpg":
        _flat(_fitted(image, width)).save(out, "JPEG", quality=85, optimize=True, progressive=True)
    elif _moves(image):
        first, *rest = [_fitted(frame, width) for frame in _frames(image)]
        durations = [frame.info.get("duration", 100) for frame in _frames(image)]
        first.save(
            out, "WEBP", save_all=True, append_images=rest, duration=durations, loop=0, quality=80, exif=b"", icc_profile=b"", xmp=b""
        )
    else:
        _fitted(image, width).save(out, "WEBP", quality=84, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()


def _moves(image: Image.Image) -> bool:
    """Whether it is animated, and small enough that all of its frames can be encoded."""
    frames: int = getattr(image, "n_frames", 1)
    return 1 < frames <= MAX_FRAMES and frames * image.width * image.height <= MAX_PIXELS


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    return iter(ImageSequence.Iterator(image))


def _fitted(image: Image.Image, width: int) -> Image.Image:
    """Upright, in sRGB, at most `width` wide; a new picture that carries nothing over but its pixels."""
    if image.format == "JPEG":
        image.draft("RGB", (width * 2, width * 2 * image.height // max(image.width, 1)))
    upright = _in_srgb(ImageOps.exif_transpose(image))
    if upright.width > width:
        upright = upright.resize((width, max(1, round(upright.height * width / upright.width))), Image.Resampling.LANCZOS)
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _in_srgb(image: Image.Image) -> Image.Image:
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            srgb = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(BytesIO(profile)), srgb, outputMode=mode)
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the colours as they stand
    return image.convert(mode)


def _flat(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper
