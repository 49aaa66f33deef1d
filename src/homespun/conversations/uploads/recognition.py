"""What a file is, known by its content alone and said in a sentence."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from homespun.conversations.models import Upload
from homespun.conversations.uploads import pieces
from homespun.conversations.worded import worded
from homespun.networks import NetworkError, known

ALLOWED = re.compile(known.wanted(), re.IGNORECASE)  # what of a folder is sent at all: the rest never leaves the machine that it lies on

# By the kind of an export; "" for one that has no sentence of its own.
OF_SOMEBODY_MADE = {
    "": gettext_lazy("An export of %(who)s, made on %(made)s."),
    "x-archive": gettext_lazy("An X archive of %(who)s, made on %(made)s."),
    "bluesky-repository": gettext_lazy("A Bluesky repository of %(who)s, as it was on %(made)s."),
    "mastodon-export": gettext_lazy("A Mastodon export of %(who)s, made on %(made)s."),
}
OF_SOMEBODY = {
    "": gettext_lazy("An export of %(who)s."),
    "x-archive": gettext_lazy("An X archive of %(who)s."),
    "bluesky-repository": gettext_lazy("A Bluesky repository of %(who)s."),
    "mastodon-export": gettext_lazy("A Mastodon export of %(who)s."),
}
OF_NOBODY = {
    "": gettext_lazy("An export. It doesn’t say whose it is."),
    "x-archive": gettext_lazy("An X archive. It doesn’t say whose it is."),
    "x-pages": gettext_lazy("Saved X posts. Homespun adds them to their conversations."),
    "bluesky-repository": gettext_lazy("A Bluesky repository. It has the account’s permanent id, not its name."),
    "mastodon-export": gettext_lazy("A Mastodon export. It doesn’t say whose it is."),
}


@dataclass(frozen=True)
class Found:
    """What was recognised, or why not."""

    kind: str = ""
    handle: str = ""
    name: str = ""
    made: str = ""  # ISO date
    refusal: str = ""

    @property
    def sentence(self) -> str:
        who = f"@{self.handle}" if self.handle else self.name
        words = {"who": who, "made": date_format(datetime.fromisoformat(self.made), "DATE_FORMAT") if self.made else ""}
        if who and self.made:
            return OF_SOMEBODY_MADE.get(self.kind, OF_SOMEBODY_MADE[""]) % words
        if who:
            return OF_SOMEBODY.get(self.kind, OF_SOMEBODY[""]) % words
        return str(OF_NOBODY.get(self.kind, OF_NOBODY[""]))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Whose:
    """Whose an archive is, and what is taken in that is left shut by itself. `account` is "" where the archive or nobody says it."""

    ours: bool
    account: str = ""
    deleted: bool = False
    circle: bool = False


def look(path: Path) -> Found:
    """Open it and say what it is."""
    try:
        archive = known.opened(path)
    except NetworkError as error:
        return Found(refusal=worded(error.said))
    archive.close()
    handle, name = archive.owner.handle, archive.owner.name
    made = datetime.fromtimestamp(archive.made / 1000, UTC).date().isoformat() if archive.made else ""
    return Found(archive.kind, handle, name, made)


def settle(*, upload: Upload, now: datetime) -> None:
    """The last piece has come: say what it is."""
    found = look(pieces.path(upload))
    pieces.settle(upload=upload, found=found.as_dict(), refusal=found.refusal, now=now)


def settle_late(sent: Iterable[Upload], *, now: datetime) -> None:
    """Do so for those whose last piece came just before this program was killed."""
    for upload in sent:
        if not upload.complete and pieces.offset(upload) == upload.size:
            settle(upload=upload, now=now)
