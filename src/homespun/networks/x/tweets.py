"""Raw tweets of every era as frozen values. Pure: the same record gives the same value, whenever and from wherever it is read.

Identity and order come from the snowflake id, which exporters cannot garble; ids before 29700859247 (November 2010) were counters,
and their time is what the record says.
"""

import re
from calendar import timegm
from functools import lru_cache
from time import strptime
from typing import Any

import orjson
import zstandard

from homespun.networks.values import Account, Media, Place, Post, Reference, Visibility
from homespun.networks.x.texts import words

Raw = dict[str, Any]

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
STATUS = "https://x.com/i/status/"
STATUS_LINK = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(?:#!/)?(?:i/web|\w+)/status(?:es)?/(\d+)/?(?:[?#].*)?$")
REPOSTED = re.compile(r"RT @(\w{1,20}):? ?(.*)", re.DOTALL)
MONTHS = {name: number for number, name in enumerate(("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split(" "), 1)}  # noqa: SIM905
KINDS = {"photo": "image", "video": "video", "animated_gif": "gif"}
VISIBILITIES = {
    Place.CIRCLE: Visibility.CIRCLE,
    Place.DELETED: Visibility.DELETED,
    Place.LIKE: Visibility.LIKED,
}

compress = zstandard.ZstdCompressor(level=-1).compress  # half the time of level 1, for a fifth more room
_decompressor = zstandard.ZstdDecompressor()


class Unusable(ValueError):
    """Why a record is not a tweet that can be kept."""


def unpacked(packed: bytes) -> Raw:
    """The record that a value's `raw` holds."""
    raw: Raw = orjson.loads(_decompressor.decompress(packed))
    return raw


def renewed(packed: bytes, place: Place, owner: Account | None) -> Post:
    """The value of a record that was kept, by today's parser. Raises `Unusable`."""
    raw = unpacked(packed)
    if place == Place.LIKE:
        return liked(raw, packed)
    if place == Place.REPOST_TEXT:
        aside = reposted_words(raw, packed)
        if aside is None:
            raise Unusable("it is no repost of a known post")
        return aside
    return post(raw, place, owner, packed)


def post(raw: Raw, place: Place, owner: Account | None, packed: bytes | None = None) -> Post:
    """A tweet of any era. `owner` is whose archive it stands in, for layouts whose tweets do not say it."""
    number = id_of(raw)
    text = raw.get("full_text")
    if text is None:
        text = raw.get("text")
    if not isinstance(text, str):
        raise Unusable("it has no text")
    user = raw.get("user")
    author = account_of(user) if user.__class__ is dict and user else owner
    uri = f"{STATUS}{number}"
    version, edited = "", 0
    names: tuple[str, ...] = ()
    edits = raw.get("edit_info")
    if edits:
        uri, version, names = edition(edits, number, uri)
    moment = published = ms_of(number, raw)
    if version:
        edited, published = moment, moment
        if uri != f"{STATUS}{number}":
            published = ms_of(int(uri[len(STATUS) :]), raw)
    media = media_of(raw)
    note = raw.get("note_tweet")
    said = noted(note) if note.__class__ is dict else words(raw, text, media)
    lang = raw.get("lang")
    parent, parent_author = answered(raw)
    return Post(
        uri,
        f"https://x.com/{author.handle if author and author.handle else 'i'}/status/{number}",
        author,
        published,
        said,
        lang if lang.__class__ is str else "",
        parent if parent != uri else "",
        parent_author,
        "",
        place,
        VISIBILITIES.get(place, Visibility.PUBLIC),
        version,
        edited,
        names,
        references(raw, text) if ("RT @" in text or "http" in text or "retweeted_status" in raw) else (),
        tuple([medium(each, number) for each in media]) if media else (),
        compress(orjson.dumps(raw)) if packed is None else packed,
    )


def noted(core: Raw) -> str:
    """The words of a long note, with its links written out."""
    text = str(core.get("text") or "")
    for each in core.get("urls") or ():
        if each.__class__ is dict and each.get("shortUrl") and each.get("expandedUrl"):
            text = text.replace(each["shortUrl"], each["expandedUrl"])
    return text


def id_of(raw: Raw) -> int:
    number = whole(raw.get("id_str") or raw.get("id"))
    if number is None:
        raise Unusable(f"its id is {str(raw.get('id_str') or raw.get('id'))[:40]!r}")
    return number


def whole(value: Any) -> int | None:
    """A usable id, written as a number or as digits; None for anything else, below one or beyond what can be kept."""
    if (value.__class__ is str and value.isascii() and value.isdigit() and len(value) < 20) or value.__class__ is int:
        number = int(value)
        return number if 0 < number <= LAST_ID else None
    return None


def ms_of(number: int, raw: Raw) -> int:
    if number >= FIRST_SNOWFLAKE:
        return (number >> 22) + TWITTER_EPOCH
    return written_ms(raw.get("created_at"))


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
            _, month, day, clock, _, year = text.split()
            hour, minute, second = clock.split(":")
            ms = timegm((int(year), MONTHS[month], int(day), int(hour), int(minute), int(second))) * 1000
    except (ValueError, KeyError, OverflowError) as error:
        raise Unusable("it does not say when it was written") from error
    if not 0 <= ms < LAST_MS:
        raise Unusable(f"it says that it was written at {text[:40]!r}")
    return ms


def edition(edits: Any, number: int, uri: str) -> tuple[str, str, tuple[str, ...]]:
    """Of an edited tweet the uri of its first version, its own id, and the uris of the other versions."""
    try:
        if "edit" in edits:
            first, control = whole(edits["edit"]["initialTweetId"]) or number, edits["edit"].get("editControlInitial") or {}
            version = str(number)
        else:
            first, control, version = number, edits.get("initial") or {}, ""
        ids = [whole(each) for each in control.get("editTweetIds") or ()]
    except (TypeError, AttributeError, KeyError):
        return uri, "", ()
    if len(ids) < 2 and not version:
        return uri, "", ()
    names = tuple(sorted({f"{STATUS}{each}" for each in (*ids, number) if each and each != first}))
    return f"{STATUS}{first}", version, names


@lru_cache(maxsize=8192)
def account(number: str, handle: str, name: str = "", avatar: str = "") -> Account:
    """Known by its id, else by its handle in small letters."""
    uri = f"https://x.com/i/user/{number}" if number else f"https://x.com/{handle.lower()}"
    return Account(uri, handle, name, avatar)


def said_of(value: Any, longest: int) -> str:
    """A word of a record as the database can hold it."""
    return value.replace("\0", "")[:longest] if value.__class__ is str else ""


def account_of(user: Raw) -> Account | None:
    number = whole(user.get("id_str") or user.get("id"))
    handle, name = said_of(user.get("screen_name"), 255), said_of(user.get("name"), 500)
    if number is None and not handle:
        return None
    return account(str(number or ""), handle, name, said_of(user.get("profile_image_url_https"), 1000))


def answered(raw: Raw) -> tuple[str, Account | None]:
    """The uri of what it answers, and whose that is."""
    parent = raw.get("in_reply_to_status_id_str") or raw.get("in_reply_to_status_id")
    if not parent or (number := whole(parent)) is None:
        return "", None
    user = whole(raw.get("in_reply_to_user_id_str") or raw.get("in_reply_to_user_id"))
    handle = said_of(raw.get("in_reply_to_screen_name"), 255)
    author = account(str(user or ""), handle) if user or handle else None
    return f"{STATUS}{number}", author


def media_of(raw: Raw) -> list[Raw]:
    """`extended_entities` has all pictures and the films; `entities` only the first, and a still for a film."""
    found = listed_in(raw.get("extended_entities"), "media") or listed_in(raw.get("entities"), "media")
    return [each for each in found if each.__class__ is dict] if found else []


def listed_in(entities: Any, kind: str) -> list[Any]:
    """A list of a record; empty where the record is not made as it should be."""
    found = entities.get(kind) if entities.__class__ is dict else None
    return found if found.__class__ is list else []


def size(value: Any) -> int:
    """Pixels; 0 for what cannot be."""
    number = (
        int(value) if value.__class__ is int or (value.__class__ is str and value.isascii() and value.isdigit() and len(value) < 8) else 0
    )
    return number if 0 <= number < 10_000_000 else 0


def medium(raw: Raw, number: int) -> Media:
    kind = KINDS.get(said_of(raw.get("type"), 20), "image")
    url = said_of(raw.get("media_url_https"), 1000) or said_of(raw.get("media_url"), 1000)
    if kind != "image":
        films = [film for film in listed_in(raw.get("video_info"), "variants") if film.__class__ is dict]
        films = [film for film in films if str(film.get("content_type", "")).endswith("mp4")]
        if films:
            best = max(films, key=lambda film: (whole(film.get("bitrate")) or 0, said_of(film.get("url"), 1000)))
            url = said_of(best.get("url"), 1000) or url
    base = url.partition("?")[0].rpartition("/")[2]
    sizes = raw.get("sizes")
    large = sizes.get("large") if sizes.__class__ is dict else None
    return Media(
        kind,
        url,
        f"{number}-{base}"[:300] if base else "",
        said_of(raw.get("ext_alt_text"), 10_000),
        size(large.get("w")) if large.__class__ is dict else 0,
        size(large.get("h")) if large.__class__ is dict else 0,
    )


def references(raw: Raw, text: str) -> tuple[Reference, ...]:
    """What it reposts or quotes: embedded whole, by a link to it, or by the source of its picture."""
    found: dict[str, Reference] = {}
    whole_one = raw.get("retweeted_status")
    if whole_one.__class__ is dict and (number := whole(whole_one.get("id_str") or whole_one.get("id"))):
        return (Reference("repost", f"{STATUS}{number}"),)
    if text.startswith("RT @") and (number := source_of(raw)):
        return (Reference("repost", f"{STATUS}{number}"),)
    quoted = raw.get("quoted_status")
    number = whole(raw.get("quoted_status_id_str") or (quoted.get("id_str") if quoted.__class__ is dict else None))
    if number:
        found[f"{STATUS}{number}"] = Reference("quote", f"{STATUS}{number}")
    for entity in listed_in(raw.get("entities"), "urls"):
        link = entity.get("expanded_url") if entity.__class__ is dict else None
        if link.__class__ is str and "status" in link and (match := STATUS_LINK.match(link)) and (number := whole(match[1])):
            found[f"{STATUS}{number}"] = Reference("quote", f"{STATUS}{number}")
    return tuple(found.values())


def source_of(raw: Raw) -> int | None:
    """The tweet that its first picture comes from."""
    for each in media_of(raw):
        if number := whole(each.get("source_status_id_str") or each.get("source_status_id")):
            return number
    return None


def embedded(raw: Raw) -> list[Post]:
    """Whole tweets of others inside this one."""
    found = []
    for key, place in (("retweeted_status", Place.REPOST), ("quoted_status", Place.QUOTE)):
        inner = raw.get(key)
        if inner.__class__ is dict and inner.get("user"):
            found.append(post(inner, place, None))
            found += embedded(inner)
    return found


def reposted_words(raw: Raw, packed: bytes | None = None) -> Post | None:
    """What follows "RT @name:", perhaps cut, where the picture's source says which tweet it was; its author by the mention."""
    text = raw.get("full_text") or raw.get("text") or ""
    match = REPOSTED.match(text)
    number = source_of(raw) if match and "retweeted_status" not in raw else None
    if match is None or number is None:
        return None
    handle, media = match[1], media_of(raw)
    mentions = listed_in(raw.get("entities"), "user_mentions")
    user: Raw = next(
        (each for each in mentions if each.__class__ is dict and str(each.get("screen_name", "")).lower() == handle.lower()), {}
    )
    author = account(str(whole(user.get("id_str") or user.get("id")) or ""), handle)
    return Post(
        uri=f"{STATUS}{number}",
        url=f"https://x.com/{handle}/status/{number}",
        author=author,
        published=ms_roughly(number),
        text=words(raw, match[2], media),
        lang=said_of(raw.get("lang"), 12),
        place=Place.REPOST_TEXT,
        raw=compress(orjson.dumps(raw)) if packed is None else packed,
    )


def liked(raw: Raw, packed: bytes | None = None) -> Post:
    """An entry of the likes: words and id; its author is known from what answers it."""
    number = whole(raw.get("tweetId"))
    if number is None:
        raise Unusable(f"its id is {str(raw.get('tweetId'))[:40]!r}")
    text = raw.get("fullText")
    return Post(
        uri=f"{STATUS}{number}",
        url=f"{STATUS}{number}",
        author=None,
        published=ms_roughly(number),
        text=words({}, text if isinstance(text, str) else "", []),
        place=Place.LIKE,
        visibility=Visibility.LIKED,
        raw=compress(orjson.dumps(raw)) if packed is None else packed,
    )
