"""Made-up films and sounds, a few hundred bytes each, that say where they were made."""

from tests.core.pictures import SECRET

PLACE = f"+55.5000-002.0333/{SECRET}".encode()
MADE = bytes.fromhex("e1b2c3d4")  # seconds since 1904
PICTURE = bytes(range(256)) * 4


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return (len(body) + 8).to_bytes(4) + kind + body


def ftyp(brand: bytes = b"isom") -> bytes:
    return box(b"ftyp", brand, bytes(4), brand)


def mdat() -> bytes:
    return box(b"mdat", PICTURE)


def dated(kind: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), (MADE if version == 0 else bytes(4) + MADE) * 2, b"\x00\x00\x03\xe8" * 4)


def hdlr(kind: bytes = b"vide", name: bytes = PLACE) -> bytes:
    return box(b"hdlr", bytes(8), kind, bytes(12), name)


def dref(entry: bytes = b"") -> bytes:
    return box(b"dref", bytes(4), (1).to_bytes(4), entry or box(b"url ", b"\x00\x00\x00\x01"))


def trak(*more: bytes, handler: bytes = b"vide", entry: bytes = b"", described: bytes = b"avc1") -> bytes:
    stbl = box(b"stbl", box(b"stsd", bytes(7), b"\x01", box(described, bytes(78))), box(b"stco", bytes(4), (1).to_bytes(4), bytes(4)))
    minf = box(b"minf", box(b"vmhd", bytes(12)), box(b"dinf", dref(entry)), stbl)
    return box(b"trak", dated(b"tkhd"), box(b"mdia", dated(b"mdhd", 1), hdlr(handler), minf), *more)


def moov(*more: bytes) -> bytes:
    return box(b"moov", dated(b"mvhd"), *(more or (trak(),)))


def location() -> bytes:
    return box(b"udta", box(b"\xa9xyz", len(PLACE).to_bytes(2), b"\x15\xc7", PLACE))


def about() -> bytes:
    """Apple's way: keys and values."""
    return box(b"meta", hdlr(b"mdta", b""), box(b"keys", bytes(8), PLACE), box(b"ilst", PLACE))


def xmp() -> bytes:
    return box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), b"<x:xmpmeta>" + PLACE)


def mp4(*, brand: bytes = b"isom") -> bytes:
    """One that tells its place in every way that there is."""
    told = moov(trak(location(), about(), xmp()), location(), about(), xmp())
    return ftyp(brand) + box(b"free", PLACE) + told + xmp() + mdat() + box(b"none", PLACE)


def mp3(*, before: bytes = b"", after: bytes = b"") -> bytes:
    return before + b"\xff\xfb\x90\x64" + PICTURE + after


def id3(content: bytes = PLACE) -> bytes:
    size = len(content)
    return b"ID3\x04\x00\x00" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + content


def id3_at_end() -> bytes:
    return b"TAG" + SECRET.encode().ljust(125, b"\x00")
