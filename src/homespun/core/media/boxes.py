"""Where an MP4 or QuickTime film (ISO/IEC 14496-12) says more than picture and sound, found without reading the film itself.

A list says what may stay; every other box is blanked in place: named `free`, its content zeros. No size changes, so the places that
the film's index points at stay right. The list has no box inside one of its own kind, so nothing can be nested without end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from homespun.core.media.keeping import Refused

MAX_BOXES = 60_000
MAX_INDEX = 1 << 16  # bytes of a description or a handler, which are read whole
TRACKS = frozenset({b"vide", b"soun"})  # others carry places, times and words beside the film
INSIDE: dict[bytes, frozenset[bytes]] = {
    b"": frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"sidx", b"mfra"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex"}),
    b"mvex": frozenset({b"mehd", b"trex"}),
    b"trak": frozenset({b"tkhd", b"edts", b"tref", b"mdia", b"tapt"}),
    b"edts": frozenset({b"elst"}),
    b"tapt": frozenset({b"clef", b"prof", b"enof"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf", b"elng"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"}),
    b"dinf": frozenset({b"dref"}),
    b"stbl": frozenset(
        {b"stsd", b"stts", b"stss", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"sdtp", b"sbgp", b"sgpd", b"stps"}
    ),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd"}),
    b"mfra": frozenset({b"tfra", b"mfro"}),
}
DATED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
TELLING = (b"udta", b"meta", b"uuid")


@dataclass(frozen=True)
class Patch:
    """From byte `start` on: `name` if there is one, then zeros up to byte `end`."""

    start: int
    end: int
    name: bytes = b""


@dataclass(frozen=True)
class Box:
    kind: bytes
    start: int
    body: int
    end: int


class Walk:
    """One walk through a film of `size` bytes. `patches` are in order afterwards. Raises `Refused` where the film is not well made."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file = file
        self.patches: list[Patch] = []
        self.handlers: list[bytes] = []
        self.kinds: set[bytes] = set()
        self.count = 0
        self._into(b"", 0, size)
        if not {b"ftyp", b"moov", b"mdat"} <= self.kinds or not self.handlers:
            raise Refused(_("This film is cut off."))

    def _into(self, parent: bytes, start: int, end: int) -> None:
        for box in self._boxes(start, end):
            self.kinds.add(box.kind)
            if box.kind not in INSIDE[parent]:
                self.patches.append(Patch(box.start + 4, box.start + 8, b"free"))
                self.patches.append(Patch(box.body, box.end))
            elif box.kind in INSIDE:
                self._into(box.kind, box.body, box.end)
            else:
                self._leaf(box, parent)

    def _boxes(self, start: int, end: int) -> Iterator[Box]:
        while start < end:
            self.count += 1
            box = self._box(start, end)
            if box is None or self.count > MAX_BOXES:
                raise Refused(_("This film is not well made."))
            yield box
            start = box.end

    def _box(self, start: int, end: int) -> Box | None:
        """None where a box is smaller than its own head or reaches out of the one around it."""
        head = self._read(start, min(16, end - start))
        if len(head) < 8:
            return None
        size, kind, body = int.from_bytes(head[:4]), head[4:8], start + 8
        if size == 1 and len(head) == 16:
            size, body = int.from_bytes(head[8:]), start + 16
        elif size == 0 and kind == b"mdat":
            size = end - start  # the last box of a file may say so
        return Box(kind, start, body, start + size) if body <= start + size <= end else None

    def _leaf(self, box: Box, parent: bytes) -> None:
        if box.kind in DATED:
            self._undate(box)
        elif box.kind == b"hdlr":
            self._unname(box, parent)
        elif box.kind == b"dref":
            self._only_this_file(box)
        elif box.kind == b"stsd" and any(word in self._whole(box) for word in TELLING):
            raise Refused(_("This film says more in its description than can be taken out."))

    def _undate(self, box: Box) -> None:
        """When it was made and changed: two numbers, of four or eight bytes, behind version and flags."""
        start = box.body + 4
        end = start + (16 if self._whole(box)[:1] == b"\x01" else 8)
        if end > box.end:
            raise Refused(_("This film is not well made."))
        self.patches.append(Patch(start, end))

    def _unname(self, box: Box, parent: bytes) -> None:
        handler = self._whole(box)[8:12]
        if parent == b"mdia":
            if handler not in TRACKS:
                raise Refused(_("This film carries more than picture and sound."))
            self.handlers.append(handler)
        self.patches.append(Patch(min(box.body + 24, box.end), box.end))

    def _only_this_file(self, box: Box) -> None:
        """An entry that says nothing behind its version and flags means the file itself; others name another by its path."""
        content = self._whole(box)
        for entry in self._boxes(box.body + 8, box.end):
            if any(content[entry.body + 4 - box.body : entry.end - box.body]):
                raise Refused(_("This film lies in more files than one."))

    def _whole(self, box: Box) -> bytes:
        if box.end - box.body > MAX_INDEX:
            raise Refused(_("This film is not well made."))
        return self._read(box.body, box.end - box.body)

    def _read(self, start: int, length: int) -> bytes:
        self.file.seek(start)
        return self.file.read(length)
