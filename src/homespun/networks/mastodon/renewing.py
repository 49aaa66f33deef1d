"""A record that was kept as a value, by today's parser: a status of the API or an ActivityPub object, which the record itself tells."""

import msgspec

from homespun.networks import tolerant
from homespun.networks.mastodon import objects, statuses
from homespun.networks.values import Account, Place, Post


class Kind(msgspec.Struct, gc=False):
    """Statuses have an account, objects have a type."""

    account: msgspec.Raw = msgspec.Raw()
    type: msgspec.Raw = msgspec.Raw()


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
    if bytes(kind.account) and not bytes(kind.type):
        return statuses.post(statuses.read(record), record, place)
    return objects.post_of(record, place)
