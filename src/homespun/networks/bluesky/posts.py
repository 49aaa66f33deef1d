"""Posts as app views show them and as repositories hold them, as frozen values. Pure: the same record always gives the same value."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson

from homespun.networks import tolerant
from homespun.networks.bluesky.identity import DID, LONGEST, account, account_of, is_post, kept, post_parts, published_ms, url_of
from homespun.networks.bluesky.shapes import Blob, Embed, External, Facet, Label, Picture, Quoted, Ratio, Record, Reply, View
from homespun.networks.bluesky.texts import words
from homespun.networks.errors import Unusable
from homespun.networks.packing import Packing
from homespun.networks.protocols import Absent
from homespun.networks.said import said as _
from homespun.networks.values import Account, Media, Place, Post, Reference, Visibility

PACKING = Packing(Path(__file__).with_name("posts-1.dictionary"))
packed, unpacked = PACKING.packed, PACKING.unpacked
LARGEST = 1 << 20  # bytes of a record; servers of the network take no larger one
LONGEST_TEXT = 100_000
MOST_REPLIES = 1 << 30
MOST_MENTIONS, MOST_MEDIA = 100, 20
DEEPEST = 5  # posts that quote posts that quote posts
WARNINGS = {  # label values that say what is inside, in the words that the network's own app has for them
    "porn": "Adult content",
    "sexual": "Sexually suggestive",
    "nudity": "Nudity",
    "sexual-figurative": "Sexually suggestive cartoon",
    "graphic-media": "Graphic media",
    "gore": "Graphic media",
    "self-harm": "Self-harm",
    "sensitive": "Sensitive",
    "!warn": "Warning",
}
IMAGES = "https://cdn.bsky.app/img/feed_fullsize/plain"
GIFS = "https://media.tenor.com/"
NUMBER = re.compile(r"[0-9]{1,5}\Z")
WEB = ("https://", "http://")


def renewed(raw: bytes, place: Place, owner: Account | None) -> Post:
    """The value of a record that was kept, by today's parser. Raises `Unusable`."""
    record = unpacked(raw)
    return post(read(record), record, place, owner)


def read(record: bytes) -> View:
    return tolerant.read(View, record)


def held(uri: str, value: bytes, author: dict[str, Any], pds: str = "", edited: int = 0) -> bytes:
    """A record of a repository, in JSON, in the shape of a view: with where it is, whose, and which server holds its pictures."""
    view: dict[str, Any] = {"author": author}
    return beside(uri, value, orjson.dumps(view | ({"pds": pds} if pds else {}) | ({"edited": edited} if edited else {})))


def beside(uri: str, value: bytes, known: bytes) -> bytes:
    """The same with all else that is known of it as JSON."""
    return b'{"uri":' + orjson.dumps(uri[: LONGEST + 1]) + b"," + known[1:-1] + b',"record":' + (value or b"null") + b"}"


def post(view: View, record: bytes, place: Place, owner: Account | None = None) -> Post:
    """`owner` lends its names to a post of its own that comes without. Raises `Unusable`."""
    uri = view.uri or ""
    did, key = post_parts(uri)
    if not key:
        raise Unusable(_("It was left out: its address is no permanent address of a post."))
    if len(record) > LARGEST:
        raise Unusable(_("It was left out: it is larger than any post may be."))
    inside = view.record or view.value
    if inside is None or inside.text is None:
        raise Unusable(_("It was left out: it has no text."))
    published = published_ms(inside.createdAt, key, view.indexedAt)
    if not published:
        raise Unusable(_("It was left out: it does not say when it was written."))
    parent, root, to = answered(inside.reply, uri) if inside.reply else ("", "", None)
    embed, facets = inside.embed, inside.facets or ()
    card = embed.external if embed else None
    text = words(inside.text, facets, card) if card or facets else inside.text
    return Post(
        uri,
        url_of(did, key),
        author_of(view, did, owner),
        published,
        kept(text, LONGEST_TEXT),
        kept(inside.langs[0], 12) if inside.langs else "",
        parent,
        to,
        "",
        place,
        Visibility.PUBLIC,
        "",
        max(view.edited, 0) if view.edited else 0,
        (),
        references(embed) if embed else (),
        media(embed, shown_of(view), did, view.pds or "") if embed else (),
        packed(record),
        "bluesky",
        warning(view, inside) if view.labels or inside.labels else "",
        min(max(view.replyCount, 0), MOST_REPLIES) if view.replyCount else 0,
        mentioned(facets) if facets else (),
        root,
    )


def shown_of(view: View) -> Embed | None:
    return view.embed or (view.embeds[0] if view.embeds else None)


def author_of(view: View, did: str, owner: Account | None) -> Account:
    """Whose repository it is in is who wrote it, whatever else is said."""
    if view.author and view.author.did == did and view.author.handle:
        return account_of(view.author)
    return owner if owner and owner.uri == did and owner.network == "bluesky" else account(did)


def answered(reply: Reply, uri: str) -> tuple[str, str, Account | None]:
    """What it answers, where that began, and whom."""
    parent = (reply.parent.uri or "") if reply.parent else ""
    did, _key = post_parts(parent)
    if not did or parent == uri:
        return "", "", None
    root = (reply.root.uri or "") if reply.root else ""
    return parent, root if root == parent or is_post(root) else uri, account(did)


def root_of(view: View) -> str:
    """The post that its thread begins with, as the record says it; itself where it answers nothing."""
    record = view.record or view.value
    root = (record.reply.root.uri or "") if record and record.reply and record.reply.root else ""
    return root if is_post(root) else view.uri or ""


def mentioned(facets: Iterable[Facet]) -> tuple[str, ...]:
    """The accounts that its words name."""
    named = [each.did for facet in facets for each in facet.features or () if each.did and DID.match(each.did)]
    return tuple(dict.fromkeys(named))[:MOST_MENTIONS] if named else ()


def values(labels: Iterable[Label]) -> list[str]:
    return [label.val for label in labels if label.val and not label.neg]


def warning(view: View, record: Record) -> str:
    """What its author or the network's moderators say is inside."""
    said = [*values(record.labels.values or () if record.labels else ()), *values(view.labels or ())]
    return ", ".join(dict.fromkeys(WARNINGS[each] for each in said if each in WARNINGS))


def references(embed: Embed) -> tuple[Reference, ...]:
    """What it quotes: `record`, or inside `recordWithMedia` one deeper."""
    uri = quoted_uri(bytes(embed.record)) if embed.record else ""
    return (Reference("quote", uri),) if is_post(uri) else ()


def quoted_uri(record: bytes) -> str:
    for _deeper in range(2):
        pointer = tolerant.read(Quoted, record) if record else Quoted()
        if pointer.uri:
            return pointer.uri
        record = bytes(pointer.record)
    return ""


def media(embed: Embed, shown: Embed | None, did: str, pds: str) -> tuple[Media, ...]:
    """Pictures, films and moving pictures of the record, under the hashes by which its repository holds them; urls from the view."""
    embed, shown = with_media(embed), with_media(shown) if shown else None
    if embed.images:
        seen = {last(url): url for each in shown.images or () if (url := web(each.fullsize))} if shown else {}
        return tuple([picture(each, seen, did, pds) for each in embed.images[:MOST_MEDIA]])
    if embed.video:
        cid = cid_of(embed.video)
        url = web(shown.playlist if shown else "") or blob(pds, did, cid)
        return (Media("video", kept(url, 1000), cid, kept(embed.alt, 10_000), *size(embed.aspectRatio)),)
    if embed.external and (gif := moving(embed.external)):
        return (gif,)
    return ()


def with_media(embed: Embed) -> Embed:
    """The pictures beside a quote."""
    return tolerant.read(Embed, bytes(embed.media)) if embed.media else embed


def picture(each: Picture, seen: dict[str, str], did: str, pds: str) -> Media:
    cid = cid_of(each.image)
    url = seen.get(cid) or (blob(pds, did, cid) if pds else f"{IMAGES}/{did}/{cid}" if cid else "")
    return Media("image", kept(url, 1000), cid, kept(each.alt, 10_000), *size(each.aspectRatio))


def web(url: str | None) -> str:
    return url if url and url.startswith(WEB) else ""


def last(url: str) -> str:
    """The hash of a picture out of its address, which may end in @jpeg."""
    return url.rpartition("/")[2].partition("@")[0]


def cid_of(blob: Blob | None) -> str:
    return kept(blob.ref.link, 200) if blob and blob.ref else ""


def blob(pds: str, did: str, cid: str) -> str:
    """Where the author's own server gives it out. Lexicon: com.atproto.sync.getBlob."""
    return f"{pds}/xrpc/com.atproto.sync.getBlob?did={did}&cid={cid}" if pds and cid else ""


def size(ratio: Ratio | None) -> tuple[int, int]:
    if not ratio or not ratio.width or not ratio.height:
        return 0, 0
    return (ratio.width, ratio.height) if 0 < ratio.width < 10_000_000 and 0 < ratio.height < 10_000_000 else (0, 0)


def moving(card: External) -> Media | None:
    """The network's app writes a moving picture as a link card to one known place, with its size in the query."""
    if not card.uri or not card.uri.startswith(GIFS):
        return None
    told = parse_qs(card.uri.partition("?")[2])
    width, height = (int(found[0]) if (found := told.get(name)) and NUMBER.match(found[0]) else 0 for name in ("ww", "hh"))
    alt = (card.description or card.title or "").removeprefix("Alt: ").removeprefix("ALT: ")
    return Media("gif", kept(card.uri, 1000), "", kept(alt, 10_000), *size(Ratio(width, height)))


def shown(record: bytes, place: Place = Place.COPY) -> tuple[list[Post], list[Absent]]:
    """A post as an app view shows it, then what it quotes, and what that quotes, or why it is not shown. What is no post is left out."""
    found: list[Post] = []
    absent: list[Absent] = []
    for _deeper in range(DEEPEST):
        view = read(record)
        try:
            found.append(post(view, record, place))
        except Unusable:
            break
        record, missing = quoted(view)
        absent += missing
        if not record:
            break
        place = Place.QUOTE
    return found, absent


def quoted(view: View) -> tuple[bytes, list[Absent]]:
    """The post that this one quotes, as it is shown there; or why it is not."""
    for embed in (view.embed, *(view.embeds or ())[:4]):
        inside = bytes(embed.record) if embed else b""
        for _deeper in range(2):  # one with pictures beside it stands one deeper
            found = tolerant.read(Quoted, inside) if inside else Quoted()
            if found.uri:
                return (b"", missing) if (missing := without(found)) else (inside, [])
            inside = bytes(found.record)
    return b"", []


def without(quoted: Quoted) -> list[Absent]:
    """Why a quoted post is not shown."""
    why = "gone" if quoted.notFound else "hidden" if quoted.blocked or quoted.detached else ""
    return [Absent(quoted.uri or "", why)] if why and is_post(quoted.uri or "") else []
