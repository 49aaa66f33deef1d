"""Raw tweets of every era as frozen values. Pure: the same record gives the same value, whenever and from wherever it is read."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from homespun.networks import tolerant
from homespun.networks.errors import Unusable
from homespun.networks.packing import Packing
from homespun.networks.said import said as _
from homespun.networks.values import Account, Media, Place, Post, Reference, Visibility
from homespun.networks.x.identity import account, account_of, id_of, kept, ms_of, ms_roughly, whole, wrong_id
from homespun.networks.x.shapes import Edits, Like, Long, Medium, Tweet, User
from homespun.networks.x.texts import cut_words, with_leading_names, words

STATUS = "https://x.com/i/status/"
STATUS_LINK = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(?:#!/)?(?:i/web|\w+)/status(?:es)?/(\d+)/?(?:[?#].*)?$")
REPOSTED = re.compile(r"RT @(\w{1,20}):? ?(.*)", re.DOTALL)
CUT = ("…", "...")  # how the old and the new interface end what they cut
KINDS = {"photo": "image", "video": "video", "animated_gif": "gif"}
VISIBILITIES = {
    Place.CIRCLE: Visibility.CIRCLE,
    Place.DELETED: Visibility.DELETED,
    Place.LIKE: Visibility.LIKED,
}
PACKING = Packing(Path(__file__).with_name("tweets-1.dictionary"))

packed, unpacked = PACKING.packed, PACKING.unpacked


def renewed(raw: bytes, place: Place, owner: Account | None) -> Post:
    """The value of a record that was kept, by today's parser. Raises `Unusable`."""
    record = unpacked(raw)
    if place == Place.LIKE:
        return liked(record)
    tweet = read(record)
    if place == Place.REPOST_TEXT:
        aside = reposted_words(tweet, record)
        if aside is None:
            raise Unusable(_("It was left out: it is no repost of a known post."))
        return aside
    return post(tweet, record, place, owner)


def read(record: bytes) -> Tweet:
    return tolerant.read(Tweet, record)


def with_note(record: bytes, note: dict[str, Any]) -> bytes:
    """The record with the words of its long post put in."""
    return orjson.dumps(orjson.loads(record) | {"note_tweet": note})


def post(tweet: Tweet, record: bytes, place: Place, owner: Account | None) -> Post:
    """A tweet of any era. `owner` is whose archive it stands in, for layouts whose tweets do not say it."""
    number, text = id_of(tweet), tweet.words
    if text is None:
        raise Unusable(_("It was left out: it has no text."))
    author = account_of(tweet.user) if tweet.user else owner
    uri, version, names = edition(tweet.edit_info, number) if tweet.edit_info else (f"{STATUS}{number}", "", ())
    published = moment = ms_of(number, tweet.created_at)
    if version and (first := int(uri[len(STATUS) :])) != number:
        published = ms_of(first, tweet.created_at)
    media = media_of(tweet)
    own_link = link_to(tweet, number)
    parent, parent_author = answered(tweet)
    return Post(
        uri,
        f"https://x.com/{author.handle if author and author.handle else 'i'}/status/{number}",
        author,
        published,
        words_of(tweet, text, media, own_link),
        tweet.lang or "",
        parent if parent != uri else "",
        parent_author,
        "",
        place,
        VISIBILITIES.get(place, Visibility.PUBLIC),
        version,
        moment if version else 0,
        names,
        references(tweet, text, number),
        tuple([medium(each, number) for each in media]) if media else (),
        packed(record),
        replies=(tweet.reply_count and whole(tweet.reply_count)) or 0,
        is_cut=bool(own_link) or (text.startswith("RT @") and text.endswith(CUT)),
    )


def words_of(tweet: Tweet, text: str, media: list[Medium], own_link: str) -> str:
    if tweet.note_tweet:
        return with_leading_names(long_words(tweet.note_tweet), text)
    if text.startswith("RT @") and text.endswith(CUT):
        return cut_words(tweet, text, media)
    return words(tweet, text, media, own_link)


def link_to(tweet: Tweet, number: int) -> str:
    """The link of a tweet to itself, by which the old interface ended what it cut; "" where there is none."""
    for entity in (tweet.entities.urls if tweet.entities else None) or ():
        if (link := entity.expanded_url) and "status" in link and (match := STATUS_LINK.match(link)) and whole(match[1]) == number:
            return link
    return ""


def long_words(long: Long) -> str:
    """The words of a long post, with its links written out."""
    text = long.text or ""
    for each in long.urls or ():
        if each.shortUrl and each.expandedUrl:
            text = text.replace(each.shortUrl, each.expandedUrl)
    return text


def edition(edits: Edits, number: int) -> tuple[str, str, tuple[str, ...]]:
    """Of an edited tweet the uri of its first version, its own id, and the uris of the other versions; of another its uri alone."""
    edit, first = edits.edit, number
    control = edits.initial if edit is None else edit.editControlInitial
    if edit:
        first = whole(edit.initialTweetId) or number
    ids = (control.editTweetIds if control else None) or ()
    if edit is None and len(ids) < 2:
        return f"{STATUS}{number}", "", ()
    others = {whole(each) for each in ids} | {number}
    names = tuple(sorted(f"{STATUS}{each}" for each in others if each and each != first))
    return f"{STATUS}{first}", str(number) if edit else "", names


def answered(tweet: Tweet) -> tuple[str, Account | None]:
    """The uri of what it answers, and whose that is."""
    parent = tweet.in_reply_to_status_id_str or tweet.in_reply_to_status_id
    if not parent or (number := whole(parent)) is None:
        return "", None
    user = whole(tweet.in_reply_to_user_id_str or tweet.in_reply_to_user_id)
    handle = kept(tweet.in_reply_to_screen_name, 255)
    return f"{STATUS}{number}", account(str(user or ""), handle) if user or handle else None


def media_of(tweet: Tweet) -> list[Medium]:
    """`extended_entities` has all pictures and the films; `entities` only the first, and a still for a film."""
    every, first = tweet.extended_entities, tweet.entities
    return (every and every.media) or (first and first.media) or []


def medium(raw: Medium, number: int) -> Media:
    kind = KINDS.get(raw.type or "", "image")
    url = kept(raw.media_url_https or raw.media_url, 1000)
    if kind != "image" and raw.video_info:
        films = [film for film in raw.video_info.variants or () if film.content_type and film.content_type.endswith("mp4")]
        if films:
            best = max(films, key=lambda film: (bits(film.bitrate), kept(film.url, 1000)))
            url = kept(best.url, 1000) or url
    base = url.partition("?")[0].rpartition("/")[2]
    large = raw.sizes.large if raw.sizes else None
    return Media(
        kind,
        url,
        f"{number}-{base}"[:300] if base else "",
        kept(raw.ext_alt_text, 10_000),
        pixels(large.w) if large else 0,
        pixels(large.h) if large else 0,
    )


@lru_cache(maxsize=1024)
def bits(value: Any) -> int:
    """Return the bits a second of a film; 0 for what cannot be."""
    return whole(value) or 0


@lru_cache(maxsize=8192)
def pixels(value: Any) -> int:
    """0 for what cannot be."""
    number = whole(value) or 0
    return number if number < 10_000_000 else 0


def references(tweet: Tweet, text: str, number: int) -> tuple[Reference, ...]:
    """What it reposts or quotes: embedded whole, by a link to it, or by the source of its picture. Nothing quotes itself."""
    own = f"{STATUS}{number}"
    if inner := inner_id(tweet.retweeted_status):
        return (Reference("repost", f"{STATUS}{inner}"),)
    if text.startswith("RT @") and (inner := source_of(tweet)):
        return (Reference("repost", f"{STATUS}{inner}"),)
    found: dict[str, Reference] = {}
    if inner := whole(tweet.quoted_status_id_str) or inner_id(tweet.quoted_status):
        found[f"{STATUS}{inner}"] = Reference("quote", f"{STATUS}{inner}")
    for entity in (tweet.entities.urls if tweet.entities else None) or ():
        link = entity.expanded_url
        if link and "status" in link and (match := STATUS_LINK.match(link)) and (inner := whole(match[1])):
            found[f"{STATUS}{inner}"] = Reference("quote", f"{STATUS}{inner}")
    found.pop(own, None)
    return tuple(found.values())


def inner_id(record: Any) -> int | None:
    """The id of a tweet inside another."""
    if not record:
        return None
    tweet = read(bytes(record))
    return whole(tweet.id_str or tweet.id)


def source_of(tweet: Tweet) -> int | None:
    """The tweet that its first picture comes from."""
    for each in media_of(tweet):
        if number := whole(each.source_status_id_str or each.source_status_id):
            return number
    return None


def embedded(tweet: Tweet) -> list[Post]:
    """Whole tweets of others inside this one."""
    found: list[Post] = []
    if not tweet.retweeted_status and not tweet.quoted_status:
        return found
    for inside, place in ((bytes(tweet.retweeted_status), Place.REPOST), (bytes(tweet.quoted_status), Place.QUOTE)):
        inner = read(inside) if inside else None
        if inner and inner.user:
            found.append(post(inner, inside, place, None))
            found += embedded(inner)
    return found


def reposted_words(tweet: Tweet, record: bytes) -> Post | None:
    """What follows "RT @name:", perhaps cut, where the picture's source says which tweet it was; its author by the mention."""
    match = REPOSTED.match(tweet.words or "")
    number = source_of(tweet) if match and not inner_id(tweet.retweeted_status) else None
    if match is None or number is None:
        return None
    handle, mentions = match[1], (tweet.entities.user_mentions if tweet.entities else None) or ()
    user = next((each for each in mentions if (each.screen_name or "").lower() == handle.lower()), User())
    return Post(
        uri=f"{STATUS}{number}",
        url=f"https://x.com/{handle}/status/{number}",
        author=account(str(whole(user.id_str or user.id) or ""), handle),
        published=ms_roughly(number),
        text=(cut_words if match[2].endswith(CUT) else words)(tweet, match[2], media_of(tweet)),
        is_cut=match[2].endswith(CUT),
        lang=kept(tweet.lang, 12),
        place=Place.REPOST_TEXT,
        raw=packed(record),
    )


def liked(record: bytes) -> Post:
    """An entry of the likes: words and id; its author is known from what answers it."""
    like = tolerant.read(Like, record)
    number = whole(like.tweetId)
    if number is None:
        raise Unusable(wrong_id(like.tweetId) if like.tweetId else _("It was left out: it has no id."))
    return Post(
        uri=f"{STATUS}{number}",
        url=f"{STATUS}{number}",
        author=None,
        published=ms_roughly(number),
        text=words(Tweet(), like.fullText or "", []),
        place=Place.LIKE,
        visibility=Visibility.LIKED,
        raw=packed(record),
    )
