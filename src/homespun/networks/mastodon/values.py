"""Parts of a value that both kinds of record have: words that the database can hold, times, whose host an id is of."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from homespun.networks.errors import Unusable
from homespun.networks.said import said as _
from homespun.networks.values import Account, Visibility

URI, URL, NAME, ALT = 500, 1000, 500, 10_000
PLAIN = re.compile(r"https?://([A-Za-z0-9.:-]+)(?:[/?#]|$)")
SCHEMES = ("https://", "http://")
LAST_MS = (1 << 41) - 1  # what a post's key can hold: the year 2039
SIGNS = frozenset("@/ ")  # which no name has
VISIBILITIES = {
    "public": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "private": Visibility.FOLLOWERS,
    "mutuals_only": Visibility.FOLLOWERS,
    "local": Visibility.FOLLOWERS,
    "direct": Visibility.DIRECT,
}


def kept(value: object, longest: int) -> str:
    """A word of a record as the database can hold it."""
    return value.replace("\0", "")[:longest] if isinstance(value, str) else ""


def address(value: object, longest: int = URL) -> str:
    """An address of the web; "" for anything else."""
    if isinstance(value, str) and value.startswith(SCHEMES) and len(value) <= longest and value.isprintable() and " " not in value:
        return value
    return ""


@lru_cache(maxsize=8192)
def host(uri: str) -> str:
    """Whose it is: host and port in small letters; "" where it names none."""
    if match := PLAIN.match(uri):
        return match[1].lower()
    try:
        return urlsplit(uri).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def same_host(one: str, other: str) -> bool:
    return bool(host(one)) and host(one) == host(other)


def readable(url: object, uri: str) -> str:
    """Where a person reads it: its own url where that is of the same house, else its uri, so that no post leads to somebody else's."""
    found = address(url)
    return found if of_one_house(host(uri), host(found)) else uri


def of_one_house(one: str, other: str) -> bool:
    """Whether one host is the other or a part of it, as servers may have names that are shorter than theirs."""
    return bool(one and other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))


def handle(name: str, home: str) -> str:
    """Name and server as one; "" for what would read as something else."""
    is_plain = name.isprintable() and home.isprintable() and SIGNS.isdisjoint(name) and SIGNS.isdisjoint(home)
    return f"{name}@{home}"[:255] if name and home and is_plain else ""


def ms_of(written: object) -> int:
    """A time as RFC 3339 or close to it, in milliseconds. Raises `Unusable`."""
    if not isinstance(written, str) or not written:
        raise Unusable(_("It was left out: it does not say when it was written."))
    try:
        moment = datetime.fromisoformat(written)
        ms = round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Unusable(_("It was left out: it does not say when it was written.")) from error
    if not 0 <= ms < LAST_MS:
        raise Unusable(_("It was left out: it says that it was written at %(when)s.", when=repr(written[:40])))
    return ms


def edited_ms(written: object, published: int) -> int:
    """When it was last edited; 0 where it was not, as some servers write the time of publication there."""
    try:
        moment = ms_of(written)
    except Unusable:
        return 0
    return moment // 1000 * 1000 if moment // 1000 > published // 1000 else 0


def count(value: object) -> int:
    return min(int(value), (1 << 31) - 1) if isinstance(value, int | float) and value > 0 else 0


def pixels(value: object) -> int:
    number = count(value)
    return number if number < 10_000_000 else 0


@lru_cache(maxsize=8192)
def account(uri: str, handle: str, name: str, avatar: str, bio: str) -> Account:
    return Account(uri, handle, name, avatar, bio, "mastodon")
