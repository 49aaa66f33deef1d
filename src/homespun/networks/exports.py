"""What every network's own export looks like from outside, whatever its file is: opened, read page by page, its pictures by name."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from homespun.networks.said import said as _
from homespun.networks.values import Account, Page

DAMAGED = _("It is damaged and cannot be unpacked: %(why)s.")
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError)  # what reading a damaged member raises


class Told(msgspec.Struct, frozen=True):
    """What whoever brings an export says of it."""

    account: str = ""  # a handle: whose it is, where it does not say so itself
    deleted: bool = False  # take in what its author deleted
    circle: bool = False  # and what only a circle could see


class Member(Protocol):
    """A file inside an export."""

    @property
    def name(self) -> str: ...


class Export(Protocol):
    """An export, opened. `close()` it."""

    owner: Account  # `urn:` where nobody says whose it is, no uri at all where it is nobody's
    deleted: bool
    circle: bool

    @property
    def kind(self) -> str:
        """x-archive, x-pages, mastodon-export, bluesky-repository"""

    @property
    def fingerprint(self) -> str:
        """The same for the same export, wherever it lies."""

    @property
    def made(self) -> int:
        """ms; 0 where it does not say"""

    @property
    def declared(self) -> Mapping[str, int]:
        """How many of each it says that it holds."""

    @property
    def months(self) -> Mapping[str, int]:
        """How many an index of its own lists for each month: 2013-02."""

    @property
    def private(self) -> int:
        """Files in it that are never opened."""

    def pages(self, cursor: dict[str, Any]) -> Iterator[Page]:
        """Everything behind `cursor`, which is {} at first and that of a page later."""

    def media(self) -> Sequence[tuple[str, Member]]:
        """Its pictures and films, under the names by which its posts want them."""

    def open(self, member: Any) -> IO[bytes]:
        """One of them. Raises `NetworkError`, or one of `BROKEN`."""

    def headers(self) -> int:
        """How many posts a list of its own names; 0 where it has none."""

    def close(self) -> None: ...


class Opens(Protocol):
    """A network whose own export can be brought in."""

    WANTED: str  # which files of a folder are worth sending, as a pattern that JavaScript reads, too

    def begins(self, start: bytes) -> bool:
        """Whether a file that begins so may be one, before the rest of it has come."""

    def holds(self, path: Path) -> bool:
        """Whether this is one, by a quick look. Raises nothing."""

    def opened(self, path: Path, told: Told) -> Export:
        """Raises `NetworkError` with a sentence for a person."""
