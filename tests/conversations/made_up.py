"""A network that is made up: its records are the values themselves as JSON, so that a test says what a server shows in one line."""

from typing import Any

import msgspec
import pytest

from homespun.conversations.actions import rows
from homespun.conversations.actions.storing import Store, Stored
from homespun.conversations.models import Source
from homespun.networks import known
from homespun.networks.values import Account, Place, Post
from homespun.people.actions import Accounts

NETWORK = "made-up"
FIRST = 1_700_000_000_000


class Network:
    """As `known` has them."""

    @staticmethod
    def renewed(raw: bytes, place: Place, owner: Account | None) -> Post:
        post = msgspec.json.decode(raw, type=Post)
        return msgspec.structs.replace(post, raw=raw, place=place)


def put_up(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(known.NETWORKS, NETWORK, Network)


def uri(name: str | int) -> str:
    return f"https://made-up.example/{name}"


def person(who: str) -> Account:
    return Account(uri=uri(f"people/{who}"), handle=f"{who}@made-up.example", name=who.title(), network=NETWORK)


def post(name: str | int, text: str = "", *, by: str = "bryony", parent: str | int = "", root: str | int = "", **more: Any) -> Post:
    """What a server shows of it; `name`, `parent` and `root` are short for their uris."""
    number = name if isinstance(name, int) else sum(map(ord, name))
    made = Post(
        uri=uri(name),
        url=uri(name),
        author=more.pop("author", person(by)),
        published=more.pop("published", FIRST + number * 1_000),
        text=text or f"Words of {name}.",
        parent=uri(parent) if parent != "" else "",
        root=uri(root) if root != "" else "",
        place=more.pop("place", Place.SERVER),
        network=NETWORK,
        **more,
    )
    return msgspec.structs.replace(made, raw=msgspec.json.encode(made))


def source(title: str = "made-up.example") -> Source:
    fresh = {"kind": "server", "title": title, "is_ours": False, "added": "2024-01-01T00:00Z"}
    return Source.objects.get_or_create(fingerprint=title, defaults=fresh)[0]


def store(*posts: Post, into: Source | None = None) -> Stored:
    key = (into or source()).pk
    return Store(key, accounts=Accounts(rows.database(), key)).store(posts)
