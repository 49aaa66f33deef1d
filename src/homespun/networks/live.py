"""The networks that can be asked now. What a network has for that (`Client`, `SignIn`, `Speaker`) it names in its `__all__`; what each of
them can do is told by which methods it has."""

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import msgspec

from homespun.http import Door
from homespun.networks import known
from homespun.networks.connecting import ProvesIdentity, Secret, SignsIn, TakesPasswords
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import Completes, Finds, Listens, Speaks, Streams, TakesBack, TellsAddressees, TellsBlocks
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
    private_url: str = ""  # the address of this site, where other servers can't reach it to check such a signature
    lost: Callable[[Said], None] | None = None  # called with a sentence when the server no longer takes the secret

    def __repr__(self) -> str:
        return f"Asking({self.me!r})"  # and nothing that lets anybody in


def makers(name: str) -> Mapping[str, Callable[[Asking], Any]]:
    """By network what makes one of these, for those that have it. It is loaded when one is made."""
    return {network: _maker(package, name) for network, package in known.NETWORKS.items() if name in getattr(package, "__all__", ())}


def _maker(package: known.Network, name: str) -> Callable[[Asking], Any]:
    return lambda asking: getattr(package, name)(asking)


def which(mark: str) -> frozenset[str]:
    """The networks whose packages say this of themselves."""
    return frozenset(network for network, package in known.NETWORKS.items() if getattr(package, mark, False))


CLIENTS: Mapping[str, Callable[[Asking], object]] = makers("Client")  # asked in this order whether an address is theirs

# With which an account of ours can be connected, and what then speaks for it.
SIGN_INS: Mapping[str, Callable[[Asking], SignsIn]] = makers("SignIn")
SPEAKERS: Mapping[str, Callable[[Asking], Speaks]] = makers("Speaker")

# Whose one stream tells of everybody; on the others each connected account has a stream of its own.
OPEN_STREAMS = which("HAS_ONE_STREAM")

# Whose client says by itself, of every post that it gives, who has blocked an account of ours.
TELLS_BY_ITSELF = which("TELLS_BLOCKS")


# On which a message to one account alone can be sent.
TAKES_DIRECT_MESSAGES = which("TAKES_DIRECT_MESSAGES")

# Endings of handles that a server gives out, so that nobody but the server has their domain.
HOSTED_HANDLES: tuple[str, ...] = tuple(each for package in known.NETWORKS.values() for each in getattr(package, "HOSTED_HANDLES", ()))


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


def takes_back(speaker: object) -> TypeGuard[TakesBack]:
    return hasattr(speaker, "unlike") and hasattr(speaker, "unrepost")


def tells_addressees(speaker: object) -> TypeGuard[TellsAddressees]:
    return hasattr(speaker, "addressees")


def takes_passwords(sign_in: object) -> TypeGuard[TakesPasswords]:
    return hasattr(sign_in, "by_password")


def proves_identity(sign_in: object) -> TypeGuard[ProvesIdentity]:
    return hasattr(sign_in, "begin_proof") and hasattr(sign_in, "finish_proof")
