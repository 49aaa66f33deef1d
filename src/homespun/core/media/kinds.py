"""What a file is, told by its first bytes. A name or a header that came with it is never believed.

SVG is not among them: it is a document that can run scripts.
"""

from homespun.pictures import picture_type

HEAD = 4096  # bytes that are enough to tell
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/flac": "flac",
}
STARTS = (
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xfa", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)
BRANDS = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"3gp4", b"3gp5"), "video/mp4"
    ),
}


def content_type_of(head: bytes) -> str:
    """The type of a file by its first bytes, "" where it is none that we keep."""
    if picture := picture_type(head):
        return picture
    for start, content_type in STARTS:
        if head.startswith(start):
            return content_type
    if head.startswith(b"RIFF"):
        return "audio/wav" if head[8:12] == b"WAVE" else ""
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "")
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else ""
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head[:HEAD] else "audio/ogg"
    return ""
