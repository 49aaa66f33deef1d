"""A record that was kept as a value, by today's parser: a status of the API or an ActivityPub object, which the record itself tells."""

from typing import Any

import msgspec
import orjson

from homespun.networks import tolerant
from homespun.networks.mastodon import objects, statuses
from homespun.networks.mastodon.values import URI, address
from homespun.networks.values import Account, Place, Post

ROOTED = "rooted_in"


class Kind(msgspec.Struct, gc=False):
    """Statuses have an account, objects have a type."""

    account: msgspec.Raw = msgspec.Raw()
    type: msgspec.Raw = msgspec.Raw()
    rooted_in: str | None = None  # ours: the post that its conversation begins with, where a server told it by showing both together

    @property
    def is_status(self) -> bool:
        return bool(bytes(self.account)) and not bytes(self.type)


def renewed(raw: bytes, place: Place, owner: Account | None) -> Post:
    """Raises `Unusable`."""
    return owned(post_of(statuses.unpacked(raw), place), owner)


def owned(post: Post, owner: Account | None) -> Post:
    """`owner` lends its names to a post of its own that comes without."""
    is_theirs = owner is not None and post.author is not None and post.author.uri == owner.uri and not post.author.name
    return msgspec.structs.replace(post, author=owner) if is_theirs else post


def post_of(record: bytes, place: Place) -> Post:
    """Raises `Unusable`."""
    kind = tolerant.read(Kind, record)
    post = statuses.post(statuses.read(record), record, place) if kind.is_status else objects.post_of(record, place)
    root = address(kind.rooted_in, URI)
    return msgspec.structs.replace(post, root=root) if root and post.parent and root != post.uri else post


def rooted(post: Post, root: str) -> Post:
    """With the root of its conversation, in what is kept of it, too; as it is where that cannot be written again."""
    record = tolerant.loosely(statuses.unpacked(post.raw))
    if not isinstance(record, dict):
        return post
    return msgspec.structs.replace(post, root=root, raw=statuses.packed(orjson.dumps(record | {ROOTED: root})))


def unrooted(thing: dict[str, Any]) -> dict[str, Any]:
    """Without what a server may have written in our place."""
    return {name: value for name, value in thing.items() if name != ROOTED} if ROOTED in thing else thing
