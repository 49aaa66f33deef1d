"""When a host wants to be asked again, however it says so."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 3600.0  # seconds that a host is left alone for one answer, whatever it says; whoever asks again is told again
A_DAY = 86_400.0  # a wish for a longer pause is none that anybody can mean
A_DATE = 1_000_000_000  # a number larger than this is seconds since 1970, a smaller one seconds from now


def retry_after(value: str, *, now: datetime) -> float | None:
    """Seconds out of a Retry-After, which is a number of them or a date (RFC 9110, 10.2.3); None where it is neither."""
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def reset(value: str, *, now: datetime) -> float | None:
    """Seconds out of a RateLimit-Reset: a time in ISO 8601 (Mastodon), seconds since 1970 (Bluesky), or seconds from now."""
    value = value.strip()
    if value.isdecimal() and len(value) < 20:
        return max(0.0, float(value) - now.timestamp()) if int(value) > A_DATE else float(value)
    try:
        moment = datetime.fromisoformat(value)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


RESETS = ("x-ratelimit-reset", "ratelimit-reset")
REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining")


def wait_of(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds that a refusal asks for; None where it does not say."""
    told = retry_after(headers.get("retry-after", ""), now=now)
    wait = told if told is not None else _reset_of(headers, now)
    return wait if wait is None else min(wait, A_DAY)


def spent(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds to leave a host alone that has answered and says that this was the last time for now."""
    if not any(headers.get(name, "").strip() == "0" for name in REMAINING):
        return None
    return _reset_of(headers, now)


def _reset_of(headers: Mapping[str, str], now: datetime) -> float | None:
    found = (reset(headers[name], now=now) for name in RESETS if name in headers)
    return next((seconds for seconds in found if seconds is not None), None)
