"""What lies in an archive, whether it is a zip, a folder or a single file. Nothing is unpacked, and nothing is written anywhere.

Direct messages, e-mail, phone, contacts, addresses and advertisements are never opened: what may be opened is a list.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from homespun.networks.errors import NetworkError
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Unread

FILE = (  # what may be opened, by its name
    r"(?:tweets?|note-?tweets?|likes?|deleted-?tweets?|community-?tweets?|twitter-?circle-?tweets?|tweet-?headers|deleted-?tweet-?headers"
    r"|manifest|account|profile|tweet_index|user_details|payload_details|\d{4}_\d{2})(?:[-_ (]*(?:part)?[-_ ]*\d+\)?)?\.js(?:on)?"
)
FOLDER = r"(?:tweets?_media|community_tweet_media|deleted_tweets?_media|twitter_circle_tweets?_media)"  # of pictures and films of posts
WANTED = rf"(?:^|/)(?:{FILE}|{FOLDER}/[^/]+)$"  # all of a folder that is worth sending, as a pattern that JavaScript reads, too
READABLE = re.compile(FILE, re.IGNORECASE)
MEDIA = re.compile(rf"(?:^|/){FOLDER}/([^/]+)$")
SHOWING = {"assets", "lib", "js", "css", "img", "__macosx"}  # folders of the page that an archive comes with
LARGEST = 16 << 30  # bytes of one member, unpacked
MOST = 2_000_000  # members
RATIO = 150  # unpacked to packed, for members that are large: the densest real ones reach 40
SMALL = 8 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; `name` is what it is called there, with `/`."""

    name: str
    size: int

    @property
    def base(self) -> str:
        return self.name.rpartition("/")[2]


class Folder:
    """A folder, or a single file out of an archive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unread: tuple[Unread, ...] = ()

    def members(self) -> Iterator[Member]:
        if self.path.is_file():
            yield Member(self.path.name, self.path.stat().st_size)
            return
        for file in sorted(self.path.rglob("*")):
            if file.is_file() and not file.is_symlink():
                yield Member(file.relative_to(self.path).as_posix(), file.stat().st_size)

    def open(self, member: Member) -> IO[bytes]:
        return (self.path if self.path.is_file() else self.path / member.name).open("rb")

    def close(self) -> None:
        """Nothing is held open."""


class Zip:
    """A zip, read in place, with caps on what it may unpack to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, EOFError, ValueError, OSError) as error:
            raise NetworkError(_("“%(name)s” is damaged or incomplete. Download it again.", name=path.name)) from error
        self.infos: dict[str, zipfile.ZipInfo] = {}
        self.unread = tuple(self._listed())

    def _listed(self) -> Iterator[Unread]:
        infos = self.zip.infolist()
        if len(infos) > MOST:
            raise NetworkError(_("“%(name)s” has %(n)s files, which is more than any X archive has.", name=self.path.name, n=len(infos)))
        for info in infos:
            name = info.filename.replace("\\", "/")
            if info.is_dir():
                continue
            if name.startswith("/") or ".." in name.split("/"):
                yield Unread(Said(name[:200]), _("Its path leads out of the archive, so Homespun didn’t open it."))
            else:
                self.infos[name] = info

    def members(self) -> Iterator[Member]:
        for name in sorted(self.infos):
            yield Member(name, self.infos[name].file_size)

    def open(self, member: Member) -> IO[bytes]:
        info = self.infos[member.name]
        if info.flag_bits & 1:
            raise NetworkError(_("“%(name)s” is protected with a password. Unpack it, then upload the folder.", name=self.path.name))
        if info.file_size > LARGEST or (info.file_size > SMALL and info.file_size > RATIO * max(info.compress_size, 1)):
            raise NetworkError(
                _(
                    "“%(member)s” in “%(name)s” unpacks from %(small)s KB to %(large)s MB. No X archive does, so Homespun didn’t open it.",
                    member=member.name,
                    name=self.path.name,
                    large=info.file_size >> 20,
                    small=info.compress_size >> 10,
                )
            )
        try:
            return self.zip.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise NetworkError(
                _("Homespun can’t unpack “%(member)s” in “%(name)s”: %(why)s.", member=member.name, name=self.path.name, why=str(error))
            ) from error

    def close(self) -> None:
        self.zip.close()


Opened = Folder | Zip


def opened(path: Path) -> Opened:
    """Raises `NetworkError` with a sentence where there is nothing to read."""
    if not path.exists():
        raise NetworkError(_("“%(path)s” doesn’t exist. Check the path.", path=str(path)))
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise NetworkError(
            _("“%(name)s” isn’t a file or a folder.", name=path.name)
        )  # a pipe would be waited for and can be read once only
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise NetworkError(_("Homespun can’t read “%(name)s”: %(why)s.", name=path.name, why=str(error.strerror))) from error
    if not start:
        raise NetworkError(_("“%(name)s” is empty. Download it again.", name=path.name))
    return Zip(path) if start[:2] == b"PK" else Folder(path)


def is_readable(member: Member) -> bool:
    return READABLE.fullmatch(member.base) is not None and not member.name.startswith("__MACOSX/") and "/assets/" not in f"/{member.name}"


def is_private(member: Member) -> bool:
    """Whether it is one of the archive's own files that are never opened: messages, contacts and the like. What only shows it is none."""
    parts = member.name.lower().split("/")
    return parts[-1].endswith(".js") and not is_readable(member) and not SHOWING & {*parts[:-1]}


def media_name(member: Member) -> str:
    """Under what name a picture or film lies in one of the archive's media folders; "" for all else."""
    match = MEDIA.search(member.name)
    return match[1] if match else ""
