"""Small files that would fill the memory of whoever decodes them without looking first."""

import struct
import zlib
from io import BytesIO

from PIL import Image

from tests.core.pictures import saved


def png(side: int, *, mode: int = 2, depth: int = 8) -> bytes:
    """A PNG of `side` by `side` black pixels; mode 2 is RGB, 0 is grey."""
    row = b"\0" * (1 + side * (3 if mode == 2 else 1) * depth // 8)
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return _png(side, side, mode, depth, (b"IDAT", body))


def png_with_unpacked_text(size: int) -> bytes:
    """A tiny PNG whose colour profile and text unpack to `size` bytes each."""
    packed = zlib.compress(b"\0" * size, 9)
    return _png(
        1,
        1,
        2,
        8,
        (b"iCCP", b"profile\0\0" + packed),
        (b"zTXt", b"Raw profile type exif\0\0" + packed),
        (b"IDAT", zlib.compress(b"\0" * 4)),
    )


def _png(width: int, height: int, mode: int, depth: int, *chunks: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, mode, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in ((b"IHDR", head), *chunks, (b"IEND", b"")))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def gif_screen(side: int) -> bytes:
    """A GIF whose screen is larger than its frame."""
    content = bytearray(saved(Image.new("P", (4, 4)), "GIF"))
    content[6:10] = struct.pack("<HH", side, side)
    return bytes(content)


def gif_frame(side: int, *, first: bool) -> bytes:
    """A GIF with a small screen and a frame (the first, or the second) that reaches far beyond it."""
    frames = [Image.new("P", (4, 4), number) for number in range(3)]
    content = bytearray(saved(frames[0], "GIF", save_all=True, append_images=frames[1:], optimize=False))
    starts = [at for at in range(len(content)) if content[at] == 0x2C and content[at + 1 : at + 5] == b"\0\0\0\0"]
    at = starts[0 if first else 1]
    content[at + 5 : at + 9] = struct.pack("<HH", side, side)
    return bytes(content)


def jpeg(width: int, height: int, *, progressive: bool = False) -> bytes:
    """A JPEG whose header declares more than its few bytes of picture hold."""
    content = bytearray(saved(Image.new("RGB", (16, 16)), "JPEG", progressive=progressive))
    at = content.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp(side: int) -> bytes:
    """An animated WebP with a canvas far larger than its frames."""
    frames = [Image.new("RGB", (4, 4), (200 * number, 0, 0)) for number in range(2)]
    content = bytearray(saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    at = content.index(b"VP8X")
    content[at + 12 : at + 18] = (side - 1).to_bytes(3, "little") * 2
    return bytes(content)


def avif(side: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (16, 16)).save(out, "AVIF")
    return out.getvalue().replace(b"ispe\0\0\0\0" + struct.pack(">II", 16, 16), b"ispe\0\0\0\0" + struct.pack(">II", side, side))
