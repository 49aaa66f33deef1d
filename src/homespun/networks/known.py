"""The networks that there are: one line for each."""

from collections.abc import Mapping
from typing import Protocol

from homespun.networks import x
from homespun.networks.values import Account, Place, Post


class Network(Protocol):
    """What every network can do; what only some can is in `protocols`."""

    def renewed(self, raw: bytes, place: Place, owner: Account | None) -> Post:
        """The value of a record that was kept, by today's parser. Raises `Unusable`."""


NETWORKS: Mapping[str, Network] = {
    "x": x,
}
