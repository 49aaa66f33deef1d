"""Stored records that can't be read any more: which they are and which source they came from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import NamedTuple, TypeVar

from django.db.models import Max, QuerySet

from homespun.conversations.actions.drafts import ASIDES_OF, Owners
from homespun.conversations.models import Aside, Conversation, Sighting, Source
from homespun.networks import live

Row = TypeVar("Row", Sighting, Aside)
NEWEST, SPREAD, STRETCH = 10_000, 10_000, 200  # records of a quick check: the last ones, and stretches of the others


class Record(NamedTuple):
    """A sighting or words kept aside. `key` is the primary key of the row."""

    key: int
    source: int
    uri: str
    network: str
    place: int
    raw: bytes


@dataclass
class RecordCheck:
    """How many stored records were read, of how many, and those that could not be."""

    checked: int = 0
    total: int = 0
    unreadable: list[Record] = field(default_factory=list)

    def to_fetch(self) -> list[Record]:
        """Those of networks that can be asked for the post again."""
        return [record for record in self.unreadable if record.network in live.CLIENTS]

    def by_source(self) -> dict[str, int]:
        """The titles of the sources with unreadable records, those with most first, and how many."""
        counts = Counter(record.source for record in self.unreadable)
        titles = dict(Source.objects.filter(pk__in=counts).values_list("pk", "title"))
        return {titles[source]: count for source, count in counts.most_common() if source in titles}

    def to_import(self) -> list[str]:
        """The titles of archives whose records come back only when they are imported again."""
        sources = {record.source for record in self.unreadable if record.network not in live.CLIENTS}
        return sorted(Source.objects.filter(pk__in=sources).values_list("title", flat=True))


def check_records(*, whole: bool, random: Random | None = None) -> RecordCheck:
    """Read every stored record, or quickly: the newest and a random part of the others."""
    found, owners, by_chance = RecordCheck(), Owners(), random or Random()
    sightings, asides = Sighting.objects.all(), Aside.objects.all()
    found.total = sightings.count() + asides.count()
    parts = chain(
        chain.from_iterable(map(_sightings, [sightings] if whole else _parts(sightings, by_chance))),
        chain.from_iterable(map(_asides, [asides] if whole else _parts(asides, by_chance))),
    )
    for record in parts:
        found.checked += 1
        if not _is_readable(record, owners):
            found.unreadable.append(record)
    return found


def unreadable_in(conversation: Conversation, network: str) -> list[str]:
    """Uris of the posts of a conversation on this network that have a record which can't be read."""
    owners = Owners()
    records = _sightings(Sighting.objects.filter(post__conversation=conversation, post__network=network))
    return sorted({record.uri for record in records if not _is_readable(record, owners)})


def _is_readable(record: Record, owners: Owners) -> bool:
    return owners.sight(record.network, record.source, record.place, record.raw) is not None


def _sightings(rows: QuerySet[Sighting]) -> Iterator[Record]:
    values = rows.values_list("pk", "source_id", "post__uri", "post__network", "place", "raw")
    return (Record(key, source, uri, network, place, bytes(raw)) for key, source, uri, network, place, raw in values.iterator())


def _asides(rows: QuerySet[Aside]) -> Iterator[Record]:
    values = rows.values_list("pk", "source_id", "uri", "place", "raw")
    return (Record(key, source, uri, ASIDES_OF, place, bytes(raw)) for key, source, uri, place, raw in values.iterator())


def _parts(rows: QuerySet[Row], random: Random) -> Iterator[QuerySet[Row]]:
    """The newest, and stretches of neighbouring rows from random places: reading only those costs the same on a large site."""
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    first = max(0, last - NEWEST)
    yield rows.filter(pk__gt=first)
    if first <= SPREAD:
        yield rows.filter(pk__lte=first)
    else:
        for stretch in random.sample(range(first // STRETCH), SPREAD // STRETCH):
            yield rows.filter(pk__gt=stretch * STRETCH, pk__lte=(stretch + 1) * STRETCH)
