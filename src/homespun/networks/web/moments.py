"""Times as the web writes them, in milliseconds."""

import re
from calendar import timegm
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

LAST_MS = (1 << 41) - 1
IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])(?:[/-](0[1-9]|[12]\d|3[01]))?(?:/|-|$)")


def ms_of(written: Any) -> int:
    """ISO 8601 or RFC 5322, a date alone too; 0 for what is none. A time without a zone is taken for UTC."""
    text = str(written or "").strip()[:60]
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return bounded(read(text))
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return 0


def bounded(moment: datetime) -> int:
    ms = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    return ms if 0 < ms < LAST_MS else 0


def ms_of_parsed(parsed: Any) -> int:
    """Of nine numbers in UTC, as feedparser gives a time."""
    try:
        ms = timegm(tuple(parsed)) * 1000
    except (ValueError, TypeError, OverflowError):
        return 0
    return ms if 0 < ms < LAST_MS else 0


def ms_in_path(address: str) -> int:
    """The day that an address tells, as blogs write them: /2024/03/08/…; 0 for none."""
    match = IN_PATH.search(address)
    return ms_of(f"{match[1]}-{match[2]}-{match[3] or '01'}") if match else 0
