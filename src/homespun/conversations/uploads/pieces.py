"""Files on their way in, in pieces that go on after a broken line. They lie in the data folder, never below the web's own addresses.

The length of the file on the disk is the only truth about how much has come: a kill between writing and telling loses nothing.
"""

import codecs
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from homespun.conversations.models import Run, Upload
from homespun.conversations.worded import worded
from homespun.core import audit
from homespun.networks import known
from homespun.networks.refusals import explain_start
from homespun.users.models import User

CAP = 64 * 2**30  # of one file
KEPT_FREE = 512 * 2**20  # of the disk: the database and its log must be able to grow
PIECE = 8 * 2**20  # what the page sends at once
LONGEST_PIECE = 4 * PIECE
BLOCK = 2**20
LONGEST_NAME = 200  # bytes
STALE = timedelta(days=7)
FULL = (errno.ENOSPC, errno.EDQUOT)
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


class Refused(Exception):
    """Why something is not taken, in a sentence for whoever sent it."""


class NoArchive(Refused):
    """What begins to come is no archive: there is no use in sending the rest."""


class Elsewhere(Exception):
    """A piece came for another place than where the file ends; `offset` is where it does."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def folder() -> Path:
    return Path(settings.DATA) / "uploads"


def path(upload: Upload) -> Path:
    """In a folder of its own, whose name nobody can guess, under the name that it has: what is said of it says that name."""
    return folder() / upload.token / upload.name


def offset(upload: Upload) -> int:
    """How much of it is here."""
    try:
        return path(upload).stat().st_size
    except FileNotFoundError:
        return 0


def waiting(by: User) -> QuerySet[Upload]:
    """What this member has sent or begun to send, and what has not been brought in yet."""
    return Upload.objects.filter(started_by=by).order_by("started", "pk")


def begin(*, by: User, now: datetime, name: str, size: int, fingerprint: str) -> Upload:
    """A place for a file. The same file sent again by the same member gets the place that it has, with what has come of it."""
    digest = hashlib.sha256(fingerprint.encode()).hexdigest()
    known = waiting(by).filter(fingerprint=digest, size=size, refusal="").first()
    if known:
        return known
    if not name.strip() or size <= 0:
        raise Refused(_("This file is empty. Choose another one."))
    refuse_too_large(size)
    with transaction.atomic():
        upload = Upload.objects.create(
            token=secrets.token_urlsafe(32),
            name=safe_name(name),
            size=size,
            fingerprint=digest,
            started=now,
            started_by=by,
            touched=now,
        )
        audit.record(by=by, now=now, verb="upload.begin", subject=f"upload:{upload.pk}", size=size)
    return upload


def safe_name(name: str) -> str:
    """The last part of a name, without what a disk cannot hold; cut in bytes, its ending kept."""
    last = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip(". ")
    stem, dot, ending = last.rpartition(".") if len(last.rpartition(".")[2]) < 8 else (last, "", "")
    room = LONGEST_NAME - len(f"{dot}{ending}".encode())
    return (stem.encode()[:room].decode(errors="ignore") + dot + ending) or _("archive")


def refuse_too_large(size: int) -> None:
    free = shutil.disk_usage(settings.DATA).free
    if size > CAP:
        raise Refused(_("This file is too large. The limit for one upload is %(cap)d GB.") % {"cap": CAP // 2**30})
    if size > free - KEPT_FREE:
        room = max(0, free - KEPT_FREE) / 2**30
        raise Refused(
            _("This file needs more disk space than the %(room).1f GB that are free. Free some space and try again.") % {"room": room}
        )


def append(*, upload: Upload, at: int, piece: Readable, length: int, now: datetime) -> int:
    """Write a piece where the file ends and give where it ends now. A piece that broke off is kept as far as it came."""
    if length > LONGEST_PIECE or at + length > upload.size:
        raise Refused(_("The upload failed: the file has changed. Choose it again."))
    with opened(upload) as file:
        end = file.seek(0, os.SEEK_END)
        if end != at:
            raise Elsewhere(end)
        try:
            written = copied(piece, file, length)
        except OSError as error:
            if error.errno in FULL:
                raise Refused(
                    _("The disk is full. Free some space, then choose the file again: the upload continues from here.")
                ) from error
            raise Refused(_("The connection or the disk failed. Choose the file again: the upload continues from here.")) from error
        if at == 0:
            refuse_other_content(upload, file)
    Upload.objects.filter(pk=upload.pk).update(touched=now)
    return at + written


@contextmanager
def opened(upload: Upload) -> Iterator[IO[bytes]]:
    """The file, for one writer at a time."""
    path(upload).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path(upload), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Elsewhere(file.seek(0, os.SEEK_END)) from error
        yield file


def copied(piece: Readable, file: IO[bytes], length: int) -> int:
    written = 0
    while written < length and (block := piece.read(min(BLOCK, length - written))):
        file.write(block)
        written += len(block)
    file.flush()
    os.fsync(file.fileno())
    return written


def refuse_other_content(upload: Upload, file: IO[bytes]) -> None:
    """Known by how it begins, whatever its name says: a zip, a text, or what a network knows as its own. Else the rest is not sent."""
    file.seek(0)
    start = file.read(BLOCK)
    if start.startswith(ZIP) or is_text(start) or known.may_begin(start):
        return
    raise NoArchive(worded(explain_start(upload.name, start)))


def is_text(start: bytes) -> bool:
    """UTF-8 as far as it goes; a character may be cut off at its end. Old exports have stray bytes, so a few may be wrong."""
    if b"\0" in start:
        return False
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(start)
    return decoded.count("�") <= len(decoded) // 100


def take(*, by: User, now: datetime, name: str, size: int, file: Readable) -> Upload:
    """A whole small file at once, as a plain form sends it."""
    upload = begin(by=by, now=now, name=name, size=size, fingerprint=f"form {secrets.token_hex(8)}")
    at = 0
    try:
        while at < size:
            at = append(upload=upload, at=at, piece=file, length=min(PIECE, size - at), now=now)
    except Refused:
        discard(upload=upload, by=by, now=now)
        raise
    return upload


def settle(*, upload: Upload, found: dict[str, Any], refusal: str, now: datetime) -> None:
    """The file is whole: keep what was recognised in it, or why it cannot be used, and then not the file."""
    if refusal:
        throw_away(path(upload))
    upload.complete, upload.found, upload.refusal, upload.touched = True, found, refusal, now
    upload.save(update_fields=["complete", "found", "refusal", "touched"])


def discard(*, upload: Upload, by: User | None, now: datetime) -> None:
    """Throw away the file and its row."""
    with transaction.atomic():
        audit.record(by=by, now=now, verb="upload.discard", subject=f"upload:{upload.pk}")
        upload.delete()
    throw_away(path(upload))


def hand_over(*, upload: Upload) -> Path:
    """The file belongs to a run from now on (its row goes in the transaction that makes the run), which throws it away once it is read."""
    upload.delete()
    return path(upload)


def is_here(candidate: Path) -> bool:
    """Whether a run reads something that was sent here, rather than something in the inbox or elsewhere on the machine."""
    return candidate.parent.parent == folder()


def throw_away(file: Path) -> None:
    """The file and the folder that it has for itself."""
    if is_here(file):
        shutil.rmtree(file.parent, ignore_errors=True)


def sweep(*, now: datetime) -> int:
    """Throw away what nobody has sent a piece of for a week, and files that nothing points at; give how many that were."""
    stale = list(Upload.objects.filter(touched__lt=now - STALE))
    for upload in stale:
        discard(upload=upload, by=None, now=now)
    lost = orphans(now)
    for each in lost:
        shutil.rmtree(each, ignore_errors=True)
    return len(stale) + len(lost)


def orphans(now: datetime) -> list[Path]:
    """Folders of uploads that neither a row nor an unfinished run knows of: what a kill left between two writes."""
    if not folder().exists():
        return []
    known = set(Upload.objects.values_list("token", flat=True))
    known |= {Path(name).parent.name for name in Run.objects.exclude(state=Run.State.DONE).values_list("path", flat=True)}
    before = (now - STALE).timestamp()
    return [each for each in folder().iterdir() if each.name not in known and each.lstat().st_mtime < before]
