"""What a saved file or a pasted text holds: whichever layout it is, its posts as values."""

import email
import re
import zlib
from email.policy import default

import msgspec
import orjson

from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.trees import tree
from homespun.networks.values import Place, Post
from homespun.networks.x import tweets
from homespun.networks.x.saved import captures, embedded, latest, newer, older
from homespun.networks.x.saved.shown import Shown

LARGEST = 32 << 20  # bytes of one page, unpacked
SPACE = b"\xef\xbb\xbf \t\r\n"
GZIP = b"\x1f\x8b"
MHTML = (b"From: <Saved by", b"MIME-Version:", b'From: "Saved by')
SIGNS = re.compile(
    rb"""data-tweet-id=|schema\.org/SocialMediaPosting|data-testid=["']tweet["']|<blockquote[^>]{1,200}twitter-(?:tweet|video)"""
)
CAPTURE = re.compile(rb'"(?:id_str|edit_history_tweet_ids|author_id)"\s*:')


class Read(msgspec.Struct):
    """The posts of a page, and what of it cannot be had, in sentences."""

    posts: list[Post] = []
    unread: list[Said] = []


def posts_in(content: bytes) -> Read:
    """The posts of X in a page, a capture or a pasted text. Raises `NetworkError` for what is too large or damaged."""
    found = shown(unpacked(content))
    read = Read(unread=list(found.gaps))
    for record in found.records:
        written = orjson.dumps(record)
        tweet = tweets.read(written)
        try:
            post = tweets.post(tweet, written, Place.PAGE, None)
        except Unusable as error:
            read.unread.append(error.said)
            continue
        read.posts += [post, *tweets.embedded(tweet)] if post.author else []
    read.posts = once(read.posts)
    return read


def once(posts: list[Post]) -> list[Post]:
    """Each as the first and best place of the page shows it."""
    found: dict[tuple[str, int], Post] = {}
    for post in posts:
        known = found.get((post.uri, post.place))
        if known is None or (len(post.text), bool(post.parent)) > (len(known.text), bool(known.parent)):
            found[post.uri, post.place] = post
    return list(found.values())


def shown(content: bytes) -> Shown:
    start = content[:64].lstrip(SPACE)
    if start[:1] in (b"{", b"["):
        return captures.shown(content)
    if not SIGNS.search(content):
        return Shown()
    page = tree(content.decode("utf-8", errors="replace"))
    parts = [each.shown(page) for each in (older, newer, latest, embedded)] if page is not None else []
    return Shown([record for part in parts for record in part.records], [gap for part in parts for gap in part.gaps])


def may_be(start: bytes) -> bool:
    """Whether what begins so can be a page, packed or not, or a capture."""
    return start.startswith((GZIP, *MHTML)) or start.lstrip(SPACE)[:1] in (b"<", b"{", b"[")


def holds(content: bytes) -> bool:
    """Whether there seem to be posts in it, by a look."""
    start = content[:64].lstrip(SPACE)
    if start[:1] in (b"{", b"["):
        return CAPTURE.search(content) is not None and b"text" in content and bool(captures.shown(content).records)
    return start[:1] == b"<" and SIGNS.search(content) is not None


def unpacked(content: bytes) -> bytes:
    """Without gzip, and the page itself out of a file that a browser saved whole."""
    if content.startswith(GZIP):
        content = gunzipped(content)
    if len(content) > LARGEST:
        raise NetworkError(_("It is larger than the %(cap)s MB that a saved page may have.", cap=LARGEST >> 20))
    return out_of_mhtml(content) if content.startswith(MHTML) else content


def gunzipped(content: bytes) -> bytes:
    unpack = zlib.decompressobj(wbits=31)
    try:
        found = unpack.decompress(content, LARGEST + 1)
    except zlib.error as error:
        raise NetworkError(_("It is damaged and cannot be unpacked: %(why)s.", why=str(error))) from error
    if len(found) > LARGEST:
        raise NetworkError(_("It unpacks to more than the %(cap)s MB that a saved page may have.", cap=LARGEST >> 20))
    return found


def out_of_mhtml(content: bytes) -> bytes:
    message = email.message_from_bytes(content, policy=default)
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    found = page.get_payload(decode=True) if page is not None else None
    return found if isinstance(found, bytes) else b""
