"""Who, what and when: at-uris, accounts, and the times that record keys hold. Pure; who lives where is asked in `directory`."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from time import time

from homespun.networks.bluesky.shapes import Author
from homespun.networks.values import Account

POST = "app.bsky.feed.post"
URI = re.compile(r"at://([A-Za-z0-9._:%-]{1,300})(?:/([A-Za-z0-9.-]{1,300})(?:/([A-Za-z0-9._~:-]{1,512}))?)?\Z")
IS_DID = r"did:(?:plc:[a-z2-7]{24}|web:[A-Za-z0-9.-]{1,253}(?:%3A[0-9]{1,5})?)"
DID = re.compile(rf"{IS_DID}\Z")
PERMANENT = re.compile(rf"at://({IS_DID})/app\.bsky\.feed\.post/([A-Za-z0-9._~:-]+)\Z")
HANDLE = re.compile(r"(?=.{3,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\Z", re.IGNORECASE)
SORTED = "234567abcdefghijklmnopqrstuvwxyz"  # base32-sortable, the alphabet of record keys
DIGITS = bytes(b"0123456789abcdefghijklmnopqrstuv!"[SORTED.find(chr(sign))] for sign in range(256))  # those of Python
LONGEST = 500  # of a uri that can be kept
FIRST_MS = 1_640_995_200_000  # 2022: no record key is older
LAST_MS = (1 << 41) - 1  # what a post's key can hold: the year 2039
DAY = 86_400_000


def parts(uri: str) -> tuple[str, str, str]:
    """Authority, collection and record key of an at-uri; "" each where it is none."""
    match = URI.match(uri)
    return (match[1], match[2] or "", match[3] or "") if match else ("", "", "")


def post_parts(uri: str) -> tuple[str, str]:
    """DID and record key of the permanent uri of a post; "" twice for any other."""
    match = PERMANENT.match(uri)
    return (match[1], match[2]) if match and len(uri) <= LONGEST else ("", "")


def is_post(uri: str) -> bool:
    """Whether it is the permanent uri of a post."""
    return len(uri) <= LONGEST and PERMANENT.match(uri) is not None


def did_of(uri: str) -> str:
    return uri[5:].partition("/")[0] if uri.startswith("at://") else ""


def url_of(did: str, key: str) -> str:
    """Where a browser shows a post. By the permanent id, as handles change hands."""
    return f"https://bsky.app/profile/{did}/post/{key}"


@lru_cache(maxsize=8192)
def account(did: str, handle: str = "", name: str = "", avatar: str = "", bio: str = "") -> Account:
    """`handle.invalid` is what app views say for a handle that does not lead back to its account."""
    return Account(did, "" if handle == "handle.invalid" else handle, name, avatar, bio, "bluesky")


def account_of(author: Author) -> Account:
    return account(
        author.did or "", kept(author.handle, 255), kept(author.displayName, 500), kept(author.avatar, 1000), kept(author.description, 5000)
    )


def kept(value: str | None, longest: int) -> str:
    """A word of a record as the database can hold it."""
    if not value:
        return ""
    return (value.replace("\0", "") if "\0" in value else value)[:longest]  # most have none, and looking costs a tenth of replacing


def key_ms(key: str) -> int:
    """The time that a record key was made from (a TID); 0 for one that was not made so."""
    if len(key) != 13:
        return 0
    try:
        ms = (int(key.encode().translate(DIGITS), 32) >> 10) // 1000
    except ValueError:
        return 0
    return ms if FIRST_MS <= ms < LAST_MS else 0


def key_at(ms: int) -> str:
    """The first record key of that moment."""
    number = ms * 1000 << 10
    return "".join(SORTED[number >> place & 31] for place in range(60, -1, -5))


def written_ms(written: str | None) -> int:
    """A time as records write it; 0 for what is none, or beyond what can be kept."""
    try:
        moment = datetime.fromisoformat(written) if written else None
    except ValueError:
        return 0
    if moment is None:
        return 0
    ms = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    return ms if 0 < ms < LAST_MS else 0


def published_ms(created: str | None, key: str, indexed: str | None) -> int:
    """When it was written, as its author says; not later than its key, which the author's server gave it; 0 where nothing says it."""
    said, given = written_ms(created), key_ms(key)
    return (given if said > given > 0 else said or given) or written_ms(indexed)


def now_ms() -> int:
    return int(time() * 1000)
