"""Posts with damaged records, fetched again from their servers. A post whose record is damaged stays as it is until then."""

from dataclasses import dataclass
from datetime import datetime

from homespun.conversations.actions.aging import recheck
from homespun.conversations.actions.drafts import Owners
from homespun.conversations.actions.record_check import Record, RecordCheck, check_records
from homespun.conversations.models import Sighting
from homespun.http import Door
from homespun.networks.values import Place

SHOWN_BY_SERVERS = (Place.OWN, Place.SERVER, Place.COPY)


@dataclass(frozen=True)
class Repaired:
    """How many records were unreadable before, and what a check finds now."""

    before: int
    now: RecordCheck


def fetch_unreadable(*, now: datetime, door: Door) -> Repaired:
    """Ask the networks again for posts with unreadable records."""
    before = check_records(whole=True)
    if damaged := before.to_fetch():
        recheck(uris=sorted({record.uri for record in damaged}), now=now, door=door)
        for record in damaged:
            _replace(record)
    return Repaired(len(before.unreadable), check_records(whole=True))


def _replace(record: Record) -> None:
    """Put the record that its server showed to another source in place of a damaged one of the same version."""
    damaged = Sighting.objects.filter(pk=record.key, raw=record.raw, place__in=SHOWN_BY_SERVERS).first()
    if damaged is None:
        return
    others = Sighting.objects.filter(post=damaged.post_id, version=damaged.version, place__in=SHOWN_BY_SERVERS).exclude(pk=damaged.pk)
    owners = Owners()
    for other in others:
        if owners.sight(record.network, other.source_id, other.place, bytes(other.raw)):
            damaged.raw = other.raw
            damaged.save(update_fields=["raw"])
            return
