"""The networks that can be asked now: one line for each makes its client; what a client can do is told by which methods it has."""

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import msgspec

from homespun.http import Door
from homespun.networks.protocols import Completes, Finds, Listens, Speaks, Streams


class Asking(msgspec.Struct, frozen=True):
    """What a client asks the outside with."""

    door: Door
    settings: Mapping[str, str] = {}  # what an operator can say of it, by the small name of the setting: bluesky_appview
    own: tuple[str, ...] = ()  # uris of our own accounts: who has blocked one of them is `blocked`
    server: str = ""  # of the connected account that it acts for; "" for nobody's
    secret: Mapping[str, Any] = {}  # what its network needs to act for that account
    renew: Callable[[Mapping[str, Any]], None] | None = None  # called with the secret that took the place of that one


# Asked in this order whether an address is theirs; the keys are those of `known.NETWORKS`. `"bluesky": bluesky.Client` is a whole line.
CLIENTS: Mapping[str, Callable[[Asking], object]] = {}


def client(network: str, asking: Asking) -> object | None:
    """None for a network that has no open door."""
    made = CLIENTS.get(network)
    return made(asking) if made else None


def finds(client: object) -> TypeGuard[Finds]:
    return hasattr(client, "knows") and hasattr(client, "find")


def completes(client: object) -> TypeGuard[Completes]:
    return hasattr(client, "around") and hasattr(client, "fetch")


def listens(client: object) -> TypeGuard[Listens]:
    return hasattr(client, "pages")


def streams(client: object) -> TypeGuard[Streams]:
    return hasattr(client, "stream")


def speaks(client: object) -> TypeGuard[Speaks]:
    return hasattr(client, "limits") and hasattr(client, "post")
