"""What is listened to, what came of it, and how it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from homespun.conversations.models import Connection, Listening, Sighting, Stream
from homespun.networks.protocols import MENTIONS

WORKING, TROUBLED, PAUSED, FRESH = "well", "trouble", "paused", "fresh"
SILENT = 300  # seconds after which a stream that says nothing is not well


@dataclass(frozen=True, slots=True)
class Ear:
    """One source that is listened to."""

    listening: Listening
    posts: int
    newest: datetime | None  # when the newest of its posts was posted

    @property
    def state(self) -> str:
        if self.listening.due is None:
            return PAUSED
        if self.listening.trouble:
            return TROUBLED
        return WORKING if self.listening.heard else FRESH

    @property
    def is_own(self) -> bool:
        return self.listening.connection_id is not None

    @property
    def is_mentions(self) -> bool:
        return self.listening.source.kind == MENTIONS

    @property
    def is_broken(self) -> bool:
        """Whether the account that it reads as has to be connected again."""
        connection = self.listening.connection
        return connection is not None and connection.state == Connection.State.BROKEN

    @property
    def name(self) -> str:
        """What it is called, where that is more than its address."""
        title = self.listening.source.title
        return title if title != self.listening.address and not self.is_own else ""

    @property
    def link(self) -> str:
        return self.listening.address if self.listening.address.startswith(("https://", "http://")) else ""


def listening() -> QuerySet[Listening]:
    """Ours first, then in the order in which somebody asked for them."""
    rows = Listening.objects.exclude(connection__state=Connection.State.ENDED)
    return rows.select_related("source", "source__added_by", "connection__account").order_by("-source__is_ours", "network", "pk")


def ears() -> list[Ear]:
    """Two queries."""
    rows = list(listening())
    counted = Sighting.objects.filter(source__in=[row.pk for row in rows]).values("source").order_by()
    told = counted.annotate(posts=Count("post", distinct=True), newest=Max("post")).values_list("source", "posts", "newest")
    found = {source: (posts, posted(newest)) for source, posts, newest in told}
    return [Ear(row, *found.get(row.pk, (0, None))) for row in rows]


def posted(key: int) -> datetime:
    """When a post was posted, which its key says."""
    return datetime.fromtimestamp((key >> 22) / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Open:
    """A stream, and whether it is to be believed."""

    stream: Stream
    is_well: bool


def open_streams() -> Iterator[Open]:
    now = timezone.now()
    for stream in Stream.objects.select_related("connection__account").order_by("name"):
        age = (now - (stream.heard or stream.begun)).total_seconds()
        yield Open(stream, not stream.trouble and age < SILENT)


@dataclass(frozen=True, slots=True)
class Public:
    """What visitors are told that we listen to."""

    ours: list[Listening]
    accounts: list[Listening]
    hashtags: list[Listening]
    others: list[Listening]  # feeds and pages


def public() -> Public:
    """One query; what is paused is not listened to."""
    rows = [row for row in listening() if row.due is not None]
    theirs = [row for row in rows if row.connection_id is None]
    return Public(
        [row for row in rows if row.source.kind == MENTIONS],
        [row for row in theirs if row.source.kind == "account"],
        [row for row in theirs if row.source.kind == "hashtag"],
        [row for row in theirs if row.source.kind not in ("account", "hashtag")],
    )
