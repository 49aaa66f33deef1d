"""The clients of the networks that can be asked, as this installation is configured."""

from collections.abc import Iterator

from django.conf import settings

from homespun.http import Door
from homespun.networks import live
from homespun.networks.live import Asking
from homespun.people.models import Account

PREFIX = "HOMESPUN_"


def asking(door: Door, network: str) -> Asking:
    """What a client of this network asks with, for nobody in particular."""
    own = Account.objects.filter(is_own=True, network=network).values_list("uri", flat=True)
    return Asking(door=door, settings=told(network), own=tuple(own))


def told(network: str) -> dict[str, str]:
    """What the operator has set of it."""
    begins = f"{PREFIX}{network.upper()}_"
    return {name.removeprefix(PREFIX).lower(): str(getattr(settings, name)) for name in dir(settings) if name.startswith(begins)}


def clients(door: Door) -> Iterator[tuple[str, object]]:
    """Each network with a client that acts for nobody, in the order in which they are asked whose an address is."""
    for network in live.CLIENTS:
        yield network, live.client(network, asking(door, network))


def client_of(network: str, door: Door) -> object | None:
    return live.client(network, asking(door, network))
