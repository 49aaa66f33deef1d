"""Moments as a member's looks are kept: milliseconds since 1970."""

from datetime import UTC, datetime

LAST = 253_402_300_799_000  # of year 9999


def moment_of(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(milliseconds, 0), LAST) / 1000, UTC)


def milliseconds_of(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
