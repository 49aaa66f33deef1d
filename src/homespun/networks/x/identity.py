"""Who and when: ids of tweets and accounts, and the times that they hold.

Identity and order come from the snowflake id, which exporters cannot garble; ids before 29700859247 (November 2010) were counters,
and their time is what the record says.
"""

from calendar import timegm
from functools import lru_cache
from operator import itemgetter
from time import strptime
from typing import Any

from homespun.networks.errors import Unusable
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Account
from homespun.networks.x.shapes import Tweet, User

FIRST_SNOWFLAKE = 29700859247
TWITTER_EPOCH = 1288834974657  # ms
LAST_MS = (1 << 41) - 1  # what a post's key can hold: the year 2039
LAST_ID = (LAST_MS - TWITTER_EPOCH) << 22
COUNTERS = (  # ids that were given out up to a day, in ms
    (0, 1142899200000),
    (10_000_000, 1173700000000),
    (550_000_000, 1199145600000),
    (1_090_000_000, 1230768000000),
    (7_200_000_000, 1262304000000),
    (FIRST_SNOWFLAKE, 1288889053000),
)
MONTHS = {name: number for number, name in enumerate(("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split(" "), 1)}  # noqa: SIM905


def id_of(tweet: Tweet) -> int:
    told = tweet.id_str or tweet.id
    if told is None:
        raise Unusable(_("It was left out: it has no id."))
    if (number := whole(told)) is None:
        raise Unusable(wrong_id(told))
    return number


def wrong_id(told: Any) -> Said:
    return _("It was left out: its id is %(id)s.", id=repr(str(told)[:40]))


def whole(value: Any) -> int | None:
    """A usable id, written as a number or as digits; None for anything else, below one or beyond what can be kept."""
    if (value.__class__ is str and value.isascii() and value.isdigit() and len(value) < 20) or value.__class__ is int:
        number = int(value)
        return number if 0 < number <= LAST_ID else None
    return None


def ms_of(number: int, created_at: str | None) -> int:
    if number >= FIRST_SNOWFLAKE:
        return (number >> 22) + TWITTER_EPOCH
    return written_ms(created_at)


def ms_roughly(number: int) -> int:
    """The time of a tweet of which nothing but the id is told; of the first counters to the month or so."""
    if number >= FIRST_SNOWFLAKE:
        return (number >> 22) + TWITTER_EPOCH
    after = next(place for place, (counted, _) in enumerate(COUNTERS) if counted > number)
    (low, start), (high, end) = COUNTERS[after - 1], COUNTERS[after]
    return start + (end - start) * (number - low) // (high - low)


@lru_cache(maxsize=1024)
def written_ms(written: Any) -> int:
    """`Wed Mar 22 07:41:49 +0000 2017`, `2013-03-01 04:55:47 +0000` or `2023-10-13T14:58:50.000Z` as milliseconds."""
    text = str(written)
    try:
        if text[:2].isdigit():
            ms = timegm(strptime(text[:19].replace("T", " "), "%Y-%m-%d %H:%M:%S")) * 1000
        else:
            month, day, clock, year = itemgetter(1, 2, 3, 5)(text.split())
            hour, minute, second = clock.split(":")
            ms = timegm((int(year), MONTHS[month], int(day), int(hour), int(minute), int(second))) * 1000
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise Unusable(_("It was left out: it does not say when it was written.")) from error
    if not 0 <= ms < LAST_MS:
        raise Unusable(_("It was left out: it says that it was written at %(when)s.", when=repr(text[:40])))
    return ms


@lru_cache(maxsize=8192)
def account(number: str, handle: str, name: str = "", avatar: str = "") -> Account:
    """Known by its id, else by its handle in small letters."""
    uri = f"https://x.com/i/user/{number}" if number else f"https://x.com/{handle.lower()}"
    return Account(uri, handle, name, avatar)


def account_of(user: User) -> Account | None:
    number = whole(user.id_str or user.id)
    handle, name = kept(user.screen_name, 255), kept(user.name, 500)
    if number is None and not handle:
        return None
    return account(str(number or ""), handle, name, kept(user.profile_image_url_https, 1000))


def kept(value: str | None, longest: int) -> str:
    """A word of a record as the database can hold it."""
    if not value:
        return ""
    return (value.replace("\0", "") if "\0" in value else value)[:longest]  # most have none, and looking costs a tenth of replacing
