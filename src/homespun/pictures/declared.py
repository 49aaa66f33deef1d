"""What a picture file declares about itself, read from its headers only: nothing is decompressed, and no more than 64 KB are held.

Sources: PNG (W3C, third edition), GIF89a, JPEG (ITU-T T.81), WebP (RFC 9649), Exif 2.32. AVIF is measured in `process`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from homespun.pictures import exif
from homespun.pictures.process import measure_avif
from homespun.pictures.reasons import PictureTooLarge, UnreadablePicture

MAX_PIXELS = {  # what `decoder` can copy within its memory: measured, in `tests/pictures`
    "image/jpeg": 120_000_000,  # decoded at a fraction of its size
    "image/png": 33_200_000,  # 7680 by 4320
    "image/gif": 33_200_000,
    "image/webp": 17_000_000,  # 4096 by 4096; its decoder holds five copies
    "image/avif": 17_000_000,
}
MAX_PROGRESSIVE = 50_000_000  # pixels of a JPEG whose coefficients must all be held before it is scaled
HEAD = 16  # bytes that tell the type
MAX_PARTS = 100_000  # chunks, segments or blocks of one file
MAX_METADATA = 1 << 16
XMP_IN_JPEG = b"http://ns.adobe.com/xap/1.0/"
METADATA_IN_PNG = (b"XML:com.adobe.xmp\0", b"Raw profile type exif\0", b"Raw profile type APP1\0", b"Raw profile type xmp\0")
STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
SOF = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
BASELINE = (0xC0, 0xC1)
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})

Box = tuple[bytes, int, int]  # name, where its content begins, and how long it is


def picture_type(head: bytes) -> str:
    """The media type of a picture by its first bytes; "" for anything else. The file's name and what a server says are never believed."""
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return next((content_type for start, content_type in STARTS if head.startswith(start)), "")


@dataclass
class Declared:
    """Width and height as stored, and the Exif orientation (1 to 8). `has_metadata`: it may say where and when it was taken."""

    content_type: str
    width: int = 0
    height: int = 0
    orientation: int = 1
    has_metadata: bool = False
    is_progressive: bool = False

    @property
    def upright_size(self) -> tuple[int, int]:
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def read_declared(file: IO[bytes]) -> Declared:
    """Read the headers of a seekable file. Raises `UnreadablePicture`, and `PictureTooLarge` where decoding would take too much memory."""
    file.seek(0)
    picture = Declared(picture_type(file.read(HEAD)))
    file.seek(0)
    try:
        READERS[picture.content_type](file, picture)
    except (KeyError, IndexError, ValueError, OSError) as error:
        raise UnreadablePicture from error
    check_size(picture)
    return picture


def check_size(picture: Declared) -> None:
    if picture.width <= 0 or picture.height <= 0:
        raise UnreadablePicture
    if picture.width * picture.height > (MAX_PROGRESSIVE if picture.is_progressive else MAX_PIXELS[picture.content_type]):
        raise PictureTooLarge


def _read_png(file: IO[bytes], picture: Declared) -> None:
    file.seek(8)
    for name, start, length in _png_chunks(file):
        if name == b"IHDR":
            file.seek(start)
            _enlarge(picture, int.from_bytes(file.read(4)), int.from_bytes(file.read(4)))
        elif not picture.width:
            raise ValueError("IHDR must come first")
        elif name == b"eXIf":
            _note_exif(picture, _read_at(file, start, length))
        elif name in (b"tEXt", b"zTXt", b"iTXt"):
            picture.has_metadata |= _read_at(file, start, min(length, 80)).startswith(METADATA_IN_PNG)


def _png_chunks(file: IO[bytes]) -> Iterator[Box]:
    for _part in range(MAX_PARTS):
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return
        length, start = int.from_bytes(head[:4]), file.tell()
        yield head[4:], start, length
        file.seek(start + length + 4)
    raise ValueError("too many chunks")


def _read_gif(file: IO[bytes], picture: Declared) -> None:
    """The size of the screen, or of the first frame where that reaches beyond it. Later frames are met by the decoder only."""
    head = file.read(13)
    _enlarge(picture, int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little"))
    file.seek(_behind_colors(13, head[10]))
    for _part in range(MAX_PARTS):
        kind = file.read(1)
        if kind == b"\x2c":
            left, top, width, height = (int.from_bytes(file.read(2), "little") for _ in range(4))
            _enlarge(picture, left + width, top + height)
            return
        if kind != b"\x21":
            raise ValueError("no frame")
        file.read(1)
        _skip_blocks(file)
    raise ValueError("too many blocks")


def _behind_colors(start: int, flags: int) -> int:
    return start + (3 << (flags & 7) + 1 if flags & 0x80 else 0)


def _skip_blocks(file: IO[bytes]) -> None:
    for _part in range(MAX_PARTS):
        size = file.read(1)[0]
        if not size:
            return
        file.seek(size, 1)
    raise ValueError("too many blocks")


def _read_jpeg(file: IO[bytes], picture: Declared) -> None:
    file.seek(2)
    for _part in range(MAX_PARTS):
        marker = _next_marker(file)
        if marker in STANDALONE:
            continue
        if marker == 0xDA:  # start of scan: the rest is the picture itself
            return
        start = file.tell()
        length = int.from_bytes(file.read(2))
        if length < 2:
            raise ValueError("segment is too short")
        if marker in SOF:
            head = file.read(5)
            picture.is_progressive |= marker not in BASELINE
            _enlarge(picture, int.from_bytes(head[3:5]), int.from_bytes(head[1:3]))
        elif marker == 0xE1:
            _note_app1(picture, file.read(length - 2))
        file.seek(start + length)
    raise ValueError("too many segments")


def _next_marker(file: IO[bytes]) -> int:
    """The next marker; bytes between segments are skipped, as decoders do."""
    for _part in range(MAX_METADATA):
        if file.read(1)[0] != 0xFF:
            continue
        byte = file.read(1)[0]
        while byte == 0xFF:
            byte = file.read(1)[0]
        if byte:
            return byte
    raise ValueError("no marker")


def _note_app1(picture: Declared, content: bytes) -> None:
    if content.startswith(b"Exif\0"):
        _note_exif(picture, content[6:])
    picture.has_metadata |= content.startswith(XMP_IN_JPEG)


def _read_webp(file: IO[bytes], picture: Declared) -> None:
    file.seek(12)
    for name, start, length in _riff_chunks(file):
        head = _read_at(file, start, min(length, 10))
        if name == b"VP8X":
            _enlarge(picture, int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1)
        elif name == b"VP8 ":
            _enlarge(picture, int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF)
        elif name == b"VP8L":
            bits = int.from_bytes(head[1:5], "little")
            _enlarge(picture, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        elif name == b"EXIF":
            _note_exif(picture, _read_at(file, start, length).removeprefix(b"Exif\0\0"))
        elif name == b"XMP ":
            picture.has_metadata = True


def _riff_chunks(file: IO[bytes]) -> Iterator[Box]:
    for _part in range(MAX_PARTS):
        head = file.read(8)
        if len(head) < 8:
            return
        length, start = int.from_bytes(head[4:], "little"), file.tell()
        yield head[:4], start, length
        file.seek(start + length + (length & 1))
    raise ValueError("too many chunks")


def _read_avif(file: IO[bytes], picture: Declared) -> None:
    picture.width, picture.height, picture.orientation, picture.has_metadata = measure_avif(file)


def _read_at(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(min(length, MAX_METADATA))


def _enlarge(picture: Declared, width: int, height: int) -> None:
    """Where a file names several sizes, the largest counts."""
    picture.width, picture.height = max(picture.width, width), max(picture.height, height)


def _note_exif(picture: Declared, content: bytes) -> None:
    picture.has_metadata = True
    picture.orientation = exif.orientation(content)


READERS = {
    "image/png": _read_png,
    "image/gif": _read_gif,
    "image/jpeg": _read_jpeg,
    "image/webp": _read_webp,
    "image/avif": _read_avif,
}
