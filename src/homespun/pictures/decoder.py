"""Decodes one picture: from standard input to standard output, as the JSON in the first argument says. Started by `process` as a script.

It imports nothing of Homespun, so that it starts fast, and limits its own memory and time before it looks at the picture.
"""

import json
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import IO, Any

from PIL import AvifImagePlugin, Image, ImageCms, ImageFile, ImageSequence

MEMORY = 512 << 20  # bytes of data, beside the program itself
SECONDS = 45  # of computing
LARGEST_FILE = 64 << 20
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP", "image/avif": "AVIF"}
MOVING = ("GIF", "PNG", "WEBP", "AVIF")
LARGE = 33_200_000  # pixels of a JPEG that is decoded at no more than the size it needs
MAX_FRAMES = 300
MAX_FRAME_PIXELS = 40_000_000  # of all frames of a copy together
MAX_SIDE = 16_383  # of a WebP
STRIP = 128  # rows
PAPER = (255, 255, 255)
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
FIT_SIDE = 4096
FIT_STEPS = 16  # each three quarters of the one before it
FIT_QUALITIES = (90, 80, 65)


def main() -> None:
    limit()
    task = json.loads(sys.argv[1])
    sys.stdin.buffer.seek(0)
    with Image.open(sys.stdin.buffer, formats=[FORMATS[task.pop("content_type")]]) as image:
        TASKS[task.pop("task")](image, sys.stdout.buffer, **task)
    sys.stdout.buffer.flush()


def limit() -> None:
    for kind, most in (
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, hard))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where memory runs out, the kernel ends this process first
    Image.MAX_IMAGE_PIXELS = None  # the caller has checked the size, and memory is limited
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def copy(image: Image.Image, out: IO[bytes], *, orientation: int, width: int, extension: str) -> None:
    upright_width, upright_height = image.size if orientation < 5 else image.size[::-1]
    scale = min(1.0, width / upright_width, MAX_SIDE / upright_height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    if extension == "jpg":
        _flat(_fitted(image, size, orientation)).save(out, "JPEG", quality=85, optimize=True, progressive=True)
    elif _moves(image, size):
        _save_moving(image, out, size, orientation)
    else:
        _fitted(image, size, orientation).save(out, "WEBP", quality=84, method=4, exif=b"", icc_profile=b"", xmp=b"")


def fit(image: Image.Image, out: IO[bytes], *, orientation: int, max_bytes: int) -> None:
    scale = min(1.0, FIT_SIDE / max(image.size))
    picture = _flat(_fitted(image, (max(1, round(image.width * scale)), max(1, round(image.height * scale))), orientation))
    for _step in range(FIT_STEPS):
        for quality in FIT_QUALITIES:
            made = BytesIO()
            picture.save(made, "JPEG", quality=quality, optimize=True)
            if made.tell() <= max_bytes:
                out.write(made.getvalue())
                return
        picture.thumbnail((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))


def measure(image: Image.Image, out: IO[bytes]) -> None:
    """Width, height, orientation, and whether there is metadata. Not for PNG, whose Exif is read by decoding the picture."""
    exif = image.getexif()
    orientation = exif.get(ORIENTATION, 1)
    told = bool(image.info.get("xmp")) or any(tag != ORIENTATION for tag in exif)
    out.write(json.dumps([image.width, image.height, orientation if orientation in TURNS else 1, told]).encode())


def _moves(image: Image.Image, size: tuple[int, int]) -> bool:
    """Whether it is animated, and small enough that all of its frames can be encoded."""
    frames: int = getattr(image, "n_frames", 1) if image.format in MOVING else 1
    return 1 < frames <= MAX_FRAMES and frames * size[0] * size[1] <= MAX_FRAME_PIXELS


def _save_moving(image: Image.Image, out: IO[bytes], size: tuple[int, int], orientation: int) -> None:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        frames.append(_fitted(frame, size, orientation))
        durations.append(frame.info.get("duration", 100))
    first, *rest = frames
    first.save(out, "WEBP", save_all=True, append_images=rest, duration=durations, loop=0, quality=80, exif=b"", icc_profile=b"", xmp=b"")


def _fitted(image: Image.Image, size: tuple[int, int], orientation: int) -> Image.Image:
    """Upright, in sRGB and of that size; a new picture that carries nothing over but its pixels."""
    profile = image.info.get("icc_profile")
    if image.format in ("JPEG", "MPO"):
        twice = 1 if image.width * image.height > LARGE else 2
        image.draft("RGB", (size[0] * twice, size[1] * twice))
    small = _reduced(image, size)
    if small.size != size:
        small = _instead_of(small, small.resize(size, Image.Resampling.LANCZOS))
    small = _instead_of(small, _in_srgb(small, profile))
    bare = Image.new(small.mode, small.size)
    bare.paste(small)
    return bare.transpose(TURNS[orientation]) if orientation in TURNS else bare


def _instead_of(old: Image.Image, new: Image.Image) -> Image.Image:
    """The new picture, with the memory of the old one given back, unless that is the file, whose next frame may be wanted."""
    if new is not old and not isinstance(old, ImageFile.ImageFile):
        old.close()
    return new


def _reduced(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture at a whole fraction of its size that is at least twice `size`, made in strips: no second whole picture is held."""
    mode = _mode(image)
    factor = max(1, min(image.width // (size[0] * 2), image.height // (size[1] * 2)))
    if factor == 1 and image.mode == mode:
        image.load()
        return image
    reduced = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top in range(0, image.height, factor * STRIP):
        strip = image.crop((0, top, image.width, min(image.height, top + factor * STRIP)))
        reduced.paste(_converted(strip, mode).reduce(factor), (0, top // factor))
    return reduced


def _converted(image: Image.Image, mode: str) -> Image.Image:
    if image.mode.startswith("I"):  # grey of 16 bits, of which Pillow would cut the bright ones off
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert(mode)
    return image.convert(mode)


def _mode(image: Image.Image) -> str:
    if image.mode in ("L", "CMYK") and not image.has_transparency_data:
        return image.mode
    return "RGBA" if image.has_transparency_data else "RGB"


def _in_srgb(image: Image.Image, profile: Any) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
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


TASKS: dict[str, Callable[..., None]] = {"copy": copy, "fit": fit, "measure": measure}

if __name__ == "__main__":
    main()
