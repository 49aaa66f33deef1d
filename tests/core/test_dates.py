"""Dates as one says them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from homespun.core import dates

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 24, 8, 5, tzinfo=UTC), "today at 08:05"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), "yesterday at 23:59"),
        (datetime(2026, 11, 22, 0, 0, tzinfo=UTC), "Sunday at 00:00"),
        (datetime(2026, 11, 18, 11, 0, tzinfo=UTC), "Wednesday at 11:00"),
        (datetime(2026, 11, 17, 11, 0, tzinfo=UTC), "17 November 2026"),
        (datetime(2019, 3, 12, 14, 5, tzinfo=UTC), "12 March 2019"),
        (datetime(2026, 11, 25, 7, 0, tzinfo=UTC), "tomorrow at 07:00"),
        (datetime(2026, 12, 25, 7, 0, tzinfo=UTC), "25 December 2026"),
    ],
)
def test_a_date_is_said_as_near_as_it_is(moment: datetime, said: str) -> None:
    assert dates.spoken(moment, NOW) == said


def test_a_day_is_the_sites_day_not_greenwichs() -> None:
    with timezone.override("Pacific/Auckland"):
        assert dates.spoken(datetime(2026, 11, 23, 12, 30, tzinfo=UTC), NOW) == "today at 01:30"


def test_an_absolute_date_is_in_the_readers_language() -> None:
    with translation.override("de"):
        assert dates.absolute(datetime(2019, 3, 12, 14, 5, tzinfo=UTC)) == "12. März 2019"


def test_the_exact_time_names_its_zone() -> None:
    with timezone.override("Europe/Berlin"):
        assert dates.exact(datetime(2019, 3, 12, 14, 5, 9, tzinfo=UTC)) == "12 March 2019, 15:05:09 CET"


def test_date_for_machines_has_neither_microseconds_nor_an_old_offset_with_seconds() -> None:
    moment = datetime(1890, 5, 1, 12, 0, 0, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    assert dates.machine_readable(moment) == "1890-05-01T11:06:32+00:00"
