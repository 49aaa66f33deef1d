"""The files of an export, be it a tar.gz, a zip, a folder or one file of it. Nothing is unpacked, and nothing is written anywhere."""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Protocol, cast

from homespun.networks.errors import NetworkError
from homespun.networks.exports import BROKEN, DAMAGED
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Unread

LARGEST = 16 << 30  # bytes of one member, unpacked
MOST = 1_000_000  # members
RATIO, SMALL = 150, 64 << 20  # unpacked to packed, of what is large
OUTSIDE = _("Its path leads out of the export, so Homespun didn’t open it.")
BOMB = _("“%(name)s” unpacks to far more than an export would, so Homespun didn’t open it.")


@dataclass(frozen=True)
class Member:
    """One file; `name` is its path in the export, with `/`."""

    name: str
    size: int
    made: int = 0  # ms; 0 where it does not say

    @property
    def base(self) -> str:
        return self.name.rpartition("/")[2]


class Files(Protocol):
    members: dict[str, Member]
    unread: list[Unread]

    def open(self, member: Member) -> IO[bytes]:
        """Raises `NetworkError`, or one of `exports.BROKEN`."""

    def close(self) -> None: ...


def opened(path: Path) -> Files:
    """Raises `NetworkError` with a sentence."""
    try:
        if path.is_dir():
            return Folder(path)
        with path.open("rb") as file:
            start = file.read(512)
        if start[:2] == b"PK":
            return Zip(path)
        return Tar(path) if start[:2] == b"\x1f\x8b" or start[257:262] == b"ustar" else Folder(path)
    except BROKEN as error:
        raise NetworkError(_("“%(name)s” is damaged or incomplete. Download it again.", name=path.name)) from error
    except OSError as error:
        raise NetworkError(_("Homespun can’t read “%(name)s”: %(why)s.", name=path.name, why=str(error.strerror or error))) from error


def inside(name: str) -> str:
    """The path of a member as it is kept; "" where it leads out of the export."""
    name = name.replace("\\", "/").removeprefix("./")
    return "" if name.startswith("/") or ".." in name.split("/") else name


class Folder:
    """A folder, or a single file out of an export."""

    def __init__(self, path: Path) -> None:
        self.path, self.unread = path, list[Unread]()
        self.members = {member.name: member for member in self._listed()}

    def _listed(self) -> Iterator[Member]:
        for file in sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]:
            if file.is_file() and not file.is_symlink():
                told = file.stat()
                name = file.relative_to(self.path).as_posix() if self.path.is_dir() else file.name
                yield Member(name, told.st_size, int(told.st_mtime * 1000))

    def open(self, member: Member) -> IO[bytes]:
        return (self.path / member.name if self.path.is_dir() else self.path).open("rb")

    def close(self) -> None:
        """Nothing is held open."""


class Zip:
    def __init__(self, path: Path) -> None:
        self.path, self.unread = path, list[Unread]()
        self.zip = zipfile.ZipFile(path)
        self.infos: dict[str, zipfile.ZipInfo] = {}
        for info in self.zip.infolist()[:MOST]:
            name = inside(info.filename)
            if info.is_dir():
                continue
            if name:
                self.infos[name] = info
            else:
                self.unread.append(Unread(Said(info.filename[:200]), OUTSIDE))
        self.members = {name: Member(name, info.file_size) for name, info in sorted(self.infos.items())}

    def open(self, member: Member) -> IO[bytes]:
        info = self.infos[member.name]
        if info.flag_bits & 1:
            raise NetworkError(_("“%(name)s” is locked with a password. Unpack it, and bring the folder.", name=self.path.name))
        if info.file_size > LARGEST or (info.file_size > SMALL and info.file_size > RATIO * max(info.compress_size, 1)):
            raise NetworkError(_(BOMB.sentence, name=member.name))
        try:
            return self.zip.open(info)
        except (NotImplementedError, RuntimeError) as error:
            raise NetworkError(_(DAMAGED.sentence, why=str(error))) from error

    def close(self) -> None:
        self.zip.close()


class Tar:
    """A tar, packed or not; it has no list, so that it is gone through once when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path, self.unread = path, list[Unread]()
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
        self.file: io.IOBase = Measured(path) if is_packed else path.open("rb")
        self.tar = tarfile.open(fileobj=cast(IO[bytes], self.file), mode="r:")  # noqa: SIM115  (closed by `close`)
        self.infos: dict[str, tarfile.TarInfo] = {}
        try:
            self._list()
        except BaseException:
            self.close()
            raise
        self.members = {name: Member(name, info.size, int(info.mtime * 1000)) for name, info in self.infos.items()}

    def _list(self) -> None:
        for number, info in enumerate(self.tar):
            if number >= MOST:
                raise NetworkError(_(BOMB.sentence, name=self.path.name))
            if not info.isfile():
                continue
            if name := inside(info.name):
                self.infos[name] = info
            else:
                self.unread.append(Unread(Said(info.name[:200]), OUTSIDE))

    def open(self, member: Member) -> IO[bytes]:
        found = self.tar.extractfile(self.infos[member.name])
        if found is None:
            raise NetworkError(_(DAMAGED.sentence, why=member.name))
        return found

    def close(self) -> None:
        self.tar.close()
        self.file.close()


def first_names(path: Path, count: int) -> list[str]:
    """What the first members of a tar are called. Raises one of `exports.BROKEN`, or `OSError`."""
    with tarfile.open(path, mode="r|*") as tar:
        return [info.name for info in islice(tar, count)]


class Measured(io.RawIOBase):
    """A gzip that refuses to unpack to far more than it is."""

    def __init__(self, path: Path) -> None:
        self.path, self.most = path, max(SMALL, RATIO * path.stat().st_size)
        self.zip = gzip.open(path, "rb")  # noqa: SIM115  (closed by `close`)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        try:
            found = self.zip.read(len(buffer))
        except (OSError, zlib.error) as error:
            raise EOFError(str(error)) from error
        buffer[: len(found)] = found
        self._measure()
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        found = self.zip.seek(offset, whence)
        self._measure()
        return found

    def tell(self) -> int:
        return self.zip.tell()

    def _measure(self) -> None:
        if self.zip.tell() > self.most:
            raise NetworkError(_(BOMB.sentence, name=self.path.name))

    def close(self) -> None:
        self.zip.close()
        super().close()
