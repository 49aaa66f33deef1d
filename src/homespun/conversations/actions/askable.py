"""Which networks can be asked for what is missing."""

from collections.abc import Iterable

from homespun.conversations.actions.asking import told
from homespun.core.door import door
from homespun.networks import live
from homespun.networks.live import Asking, completes


def askable(networks: Iterable[str]) -> list[str]:
    """Of these, those whose client can look around a post. Asks nobody."""
    return [network for network in networks if completes(live.client(network, Asking(door=door(), settings=told(network))))]
