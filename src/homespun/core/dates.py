"""Dates as one says them, in the active language and time zone."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NEAR = (gettext_lazy("today at {}"), gettext_lazy("yesterday at {}"))
A_WEEK = 7


def spoken(moment: datetime, now: datetime | None = None) -> str:
    """today at 9:14, yesterday at 14:05, Tuesday at 11:30, 12 March 2019."""
    local = timezone.localtime(moment)
    days = (timezone.localtime(now).date() - local.date()).days
    clock = time_format(local.time(), "TIME_FORMAT")
    if 0 <= days < len(NEAR):
        return str(NEAR[days]).format(clock)
    if 0 < days < A_WEEK:
        return _("%(weekday)s at %(clock)s") % {"weekday": date_format(local, "l"), "clock": clock}
    if timedelta(0) < moment - (now or timezone.now()) < timedelta(days=1) and days == -1:
        return _("tomorrow at %(clock)s") % {"clock": clock}
    return absolute(moment)


def absolute(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def machine_readable(moment: datetime) -> str:
    """For the `datetime` attribute of `<time>`, which allows neither microseconds nor old offsets with seconds (HTML, 2.3.5.7)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def exact(moment: datetime) -> str:
    """For the title: 12 March 2019, 14:05:09 CET."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S %Z}"
