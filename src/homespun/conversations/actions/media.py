"""Pictures and films out of an archive: kept by content, for posts that want them by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from homespun.conversations.actions import archive_rows
from homespun.core import media
from homespun.networks import NetworkError, Said, said
from homespun.networks.exports import BROKEN, DAMAGED, Export, Member
from homespun.networks.values import Unread

AT_ONCE = 50


@dataclass
class Found:
    """Files of one slice: by name the key of their row; what was not kept, and why."""

    files: dict[str, int] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)


def kept(archive: Export, members: Sequence[tuple[str, Member]], start: int) -> Iterator[tuple[int, Found]]:
    """Slices behind `start`, with how many members are done. Files are on the disk before a transaction begins."""
    for at in range(start, len(members), AT_ONCE):
        part = members[at : at + AT_ONCE]
        wanted = archive_rows.wanted_files(name for name, _ in part)
        found = Found()
        for name, member in part:
            if name in wanted and name not in found.files:
                _keep(archive, name, member, found)
        yield at + len(part), found


def _keep(archive: Export, name: str, member: Member, found: Found) -> None:
    try:
        with archive.open(member) as stream:
            found.files[name] = media.keep(stream, now=timezone.now()).pk
    except media.Refused as error:
        found.unread.append(Unread(Said(member.name), Said(str(error))))
    except NetworkError as error:
        found.unread.append(Unread(Said(member.name), error.said))
    except BROKEN as error:
        found.unread.append(Unread(Said(member.name), said(DAMAGED, why=str(error))))


def attach(files: dict[str, int]) -> None:
    """Let the posts that want these names have their files."""
    archive_rows.attach_files([(file, name) for name, file in files.items()])
