"""The pictures of what one writes: a few places, each with a file that came now or before, its description, or that it needs none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from homespun.core import media
from homespun.core.media.kinds import PICTURES
from homespun.core.models import MediaFile

MOST = 4
MAX_BYTES = 30 << 20
LONGEST_ALT = 1500


@dataclass
class Slot:
    """A place for one picture. What was sent is kept at once, so that nobody has to choose it twice."""

    number: int
    file: MediaFile | None = None
    alt: str = ""
    needs_no_words: bool = False
    trouble: str = field(default="")

    @property
    def told(self) -> dict[str, str]:
        """As it is written down with what is sent."""
        return {"file": self.file.sha256 if self.file else "", "alt": "" if self.needs_no_words else self.alt}


def empty() -> list[Slot]:
    return [Slot(number) for number in range(MOST)]


def of(written: list[dict[str, str]]) -> list[Slot]:
    """The places as they were filled before."""
    slots = empty()
    for slot, told in zip(slots, written, strict=False):
        slot.file = MediaFile.objects.filter(sha256=told["file"]).first()
        slot.alt, slot.needs_no_words = told.get("alt", ""), not told.get("alt")
    return slots


def sent(data: Mapping[str, Any], files: Mapping[str, Any], *, now: datetime) -> list[Slot]:
    return [_sent(number, data, files, now) for number in range(MOST)]


def _sent(number: int, data: Mapping[str, Any], files: Mapping[str, Any], now: datetime) -> Slot:
    slot = Slot(number, alt=data.get(f"alt-{number}", "").strip()[:LONGEST_ALT], needs_no_words=f"mute-{number}" in data)
    came, kept = files.get(f"picture-{number}"), data.get(f"kept-{number}", "")
    if came:
        _keep(slot, came, now)
    elif kept and f"drop-{number}" not in data:
        slot.file = MediaFile.objects.filter(sha256=kept, content_type__in=PICTURES).first()
    if slot.file and not slot.alt and not slot.needs_no_words:
        slot.trouble = _("Describe the picture, or say that it needs no words.")
    return slot


def _keep(slot: Slot, came: Any, now: datetime) -> None:
    try:
        file = media.keep(came, now=now, max_bytes=MAX_BYTES)
    except media.Refused as refused:
        slot.trouble = str(refused)
        return
    if file.content_type in PICTURES:
        slot.file = file
    else:
        slot.trouble = _("Only pictures can be sent along.")


def troubles(slots: list[Slot]) -> Iterator[str]:
    yield from (slot.trouble for slot in slots if slot.trouble)
