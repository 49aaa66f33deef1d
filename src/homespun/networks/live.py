"""The networks that can be asked now: one line for each makes its client; what a client can do is told by which methods it has."""

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import msgspec

from homespun.http import Door
from homespun.networks import bluesky, mastodon, web
from homespun.networks.connecting import Secret, SignsIn, TakesPasswords
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import Completes, Finds, Listens, Speaks, Streams, TakesBack, TellsBlocks
from homespun.networks.said import Said
from homespun.networks.said import said as _


class Asking(msgspec.Struct, frozen=True):
    """What a client asks the outside with."""

    door: Door
    settings: Mapping[str, str] = {}  # what an operator can say of it, by the small name of the setting: bluesky_appview
    own: tuple[str, ...] = ()  # uris of our own accounts: who has blocked one of them is `blocked`
    server: str = ""  # of the connected account that it acts for; "" for nobody's
    me: str = ""  # uri of that account
    limits: Mapping[str, Any] = {}  # what its server was found to allow when it was connected
    secret: Secret = {}  # what its network needs to act for that account
    others: "tuple[Asking, ...]" = ()  # for further accounts of ours on the same network, whose servers show more
    # Given a secret that has run out and how it is exchanged, gives the one that holds now: exchanged by one worker alone, and kept.
    renew: Callable[[Secret, Callable[[Secret], Secret]], Secret] | None = None
    sign: Callable[[str], Mapping[str, str]] | None = None  # headers by which a GET of a url is signed as ours
    lost: Callable[[Said], None] | None = None  # called with a sentence when the server no longer takes the secret

    def __repr__(self) -> str:
        return f"Asking({self.me!r})"  # and nothing that lets anybody in


# Each is loaded when it is made. Asked in this order whether an address is theirs; the keys are those of `known.NETWORKS`.
CLIENTS: Mapping[str, Callable[[Asking], object]] = {
    "bluesky": lambda asking: bluesky.Client(asking),
    "mastodon": lambda asking: mastodon.Client(asking),
    "web": lambda asking: web.Client(asking),  # the last, as it knows every address
}

# Whose one stream tells of everybody; on the others each connected account has a stream of its own.
OPEN_STREAMS = frozenset({"bluesky"})

# Whose client says by itself, of every post that it gives, who has blocked an account of ours.
TELLS_BY_ITSELF = frozenset({"bluesky"})

# With which an account of ours can be connected, and what then speaks for it.
SIGN_INS: Mapping[str, Callable[[Asking], SignsIn]] = {
    "mastodon": lambda asking: mastodon.SignIn(asking),
    "bluesky": lambda asking: bluesky.SignIn(asking),
}
SPEAKERS: Mapping[str, Callable[[Asking], Speaks]] = {
    "mastodon": lambda asking: mastodon.Speaker(asking),
    "bluesky": lambda asking: bluesky.Speaker(asking),
}


def client(network: str, asking: Asking) -> object | None:
    """None for a network that has no open door."""
    made = CLIENTS.get(network)
    return made(asking) if made else None


def speaker(network: str, asking: Asking) -> Speaks:
    """What posts for the account that it asks for. Raises `NetworkError`."""
    made = SPEAKERS.get(network)
    if made is None:
        raise NetworkError(_("Nothing can be posted on this network from here."))
    return made(asking)


def finds(client: object) -> TypeGuard[Finds]:
    return hasattr(client, "knows") and hasattr(client, "find")


def completes(client: object) -> TypeGuard[Completes]:
    return hasattr(client, "around") and hasattr(client, "fetch")


def tells_blocks(client: object) -> TypeGuard[TellsBlocks]:
    return hasattr(client, "blocking")


def listens(client: object) -> TypeGuard[Listens]:
    return hasattr(client, "pages")


def streams(client: object) -> TypeGuard[Streams]:
    return hasattr(client, "stream")


def speaks(client: object) -> TypeGuard[Speaks]:
    return hasattr(client, "limits") and hasattr(client, "post")


def takes_back(speaker: object) -> TypeGuard[TakesBack]:
    return hasattr(speaker, "unlike") and hasattr(speaker, "unrepost")


def takes_passwords(sign_in: object) -> TypeGuard[TakesPasswords]:
    return hasattr(sign_in, "by_password")
