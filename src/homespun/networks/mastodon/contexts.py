"""What a Mastodon-compatible server shows around a post of its own by its public API: to strangers forty parents and sixty answers.

The posts of that very server are taken as they are shown there; all others are only named, and asked for at home.
"""

import re

import msgspec

from homespun.networks import tolerant
from homespun.networks.errors import Unusable
from homespun.networks.mastodon import statuses
from homespun.networks.mastodon.shapes import Context, Named
from homespun.networks.mastodon.values import URI, address, same_host
from homespun.networks.values import Place, Post

LIMIT, DEPTH = 60, 20  # answers that an anonymous question is shown, and how deep
NUMBER = re.compile(r"https?://[^/]+/(?:@[^/@]+/|(?:ap/)?users/[^/]+/statuses/|notice/)([0-9A-Za-z]{6,40})/?$")
NOTE = re.compile(r"(https?://[^/]+)/notes/([0-9A-Za-z]{6,40})$")
API_NAME = re.compile(r"(https?://[^/]+)/api/v1/statuses/([^/]+)$")


class Seen(msgspec.Struct, frozen=True):
    """One context: what may be kept, and what is only named."""

    posts: tuple[Post, ...] = ()
    hints: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()  # of which all answers are in it


def number_of(*addresses: str) -> str:
    """Under which id the API of its own server may know a post; "" where its address does not say. Only ever asked with, never kept."""
    return next((match[1] for each in addresses if (match := NUMBER.match(each))), "")


def read(answer: bytes, server: str, number: str, uri: str, *, trusted: bool = False) -> Seen:
    """`server` showed this around the post that it calls `number`. What it shows of others is kept where it is `trusted`, as a copy."""
    context = tolerant.read(Context, answer)
    records = [bytes(each) for each in [*(context.ancestors or ()), *(context.descendants or ())]]
    named = [tolerant.read(Named, each) for each in records]
    uris: dict[str, str | None] = {each.id: each.uri for each in named if each.id and address(each.uri, URI)} | {number: uri}
    posts, hints = [], []
    for record, each in zip(records, named, strict=True):
        parent = uris.get(each.in_reply_to_id) if each.in_reply_to_id else ""
        if not address(each.uri, URI):
            continue
        mine = same_host(each.uri or "", server)
        if (mine or trusted) and parent is not None and (post := taken(record, server, parent, Place.SERVER if mine else Place.COPY)):
            posts.append(post)
        if not mine or parent is None:
            hints.append(each.uri or "")
    is_cut = not trusted and len(context.descendants or ()) >= LIMIT
    return Seen(tuple(posts), tuple(hints), () if is_cut else covered(named, number, uris, server))


def children(answer: bytes, server: str) -> list[str]:
    """What a Misskey or its like names as answers to a note of its own. Of its own notes it tells the number alone."""
    named = [(each.uri, f"{server}/notes/{each.id}") for each in listed(answer)]
    return [address(uri, URI) or note for uri, note in named if address(uri, URI) or NOTE.match(note)]


def covered(named: list[Named], number: str, uris: dict[str, str | None], server: str) -> tuple[str, ...]:
    """Those of this server all of whose answers here are in this context: the one it is of, and what is below it, but for the deepest."""
    depths = {number: 0}
    for each in named:
        if each.id and each.in_reply_to_id in depths:
            depths[each.id] = depths[each.in_reply_to_id] + 1
    return tuple(uri for each, depth in depths.items() if depth < DEPTH - 1 and (uri := uris.get(each)) and same_host(uri, server))


def taken(record: bytes, server: str, parent: str, place: Place) -> Post | None:
    """A status as this server shows it; None for what is no post, or of somebody else than its address says."""
    kept = statuses.shown(record, server, parent)
    try:
        post = statuses.post(statuses.read(kept), kept, place)
    except Unusable:
        return None
    return post if post.author and same_host(post.author.uri, post.uri) else None


def listed(answer: bytes) -> list[Named]:
    """What a list of statuses names."""
    return [tolerant.read(Named, each) for each in statuses.listed(answer)]
