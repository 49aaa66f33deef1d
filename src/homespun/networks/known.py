"""The networks that there are: one line for each, and one for each whose own export can be brought in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from homespun.networks import bluesky, mastodon, refusals, web, x
from homespun.networks.bluesky import export as bluesky_export
from homespun.networks.errors import NotAnExport
from homespun.networks.exports import Export, Opens, Told
from homespun.networks.mastodon import export as mastodon_export
from homespun.networks.values import Account, Place, Post
from homespun.networks.x import saved


class Network(Protocol):
    """What every network can do; what only some can is in `protocols`."""

    def renewed(self, raw: bytes, place: Place, owner: Account | None) -> Post:
        """The value of a record that was kept, by today's parser. Raises `Unusable`."""


# In the order in which those that can be asked (`live`) are asked whose an address is.
NETWORKS: Mapping[str, Network] = {
    "x": x,
    "bluesky": bluesky,
    "mastodon": mastodon,
    "web": web,  # the last, as every address is one of its own
}
EXPORTS: tuple[Opens, ...] = (  # whose own export can be brought in, those that are known by a look first; X's is what all else may be
    mastodon_export,
    bluesky_export,
    saved,  # the last, as it looks at any page
)


def opened(path: Path, told: Told | None = None) -> Export:
    """The export that lies there, of whichever network. Raises `NetworkError` with a sentence."""
    if refusals.is_wordpress(path):  # its articles may embed posts, which would make it a page to read
        raise NotAnExport(refusals.explain(path))
    network = next((each for each in EXPORTS if each.holds(path)), x)
    return network.opened(path, told or Told())


def reply_start(network: str, text: str) -> int:
    """Return how many characters of a reply its network does not show, because they only name whom it answers."""
    find = getattr(NETWORKS.get(network), "reply_start", None)
    return int(find(text)) if find else 0


def repost_start(network: str, text: str) -> int:
    """Return how many characters of a repost only name whose words follow, where its network writes them into the text."""
    find = getattr(NETWORKS.get(network), "repost_start", None)
    return int(find(text)) if find else 0


def may_begin(start: bytes) -> bool:
    """Whether a file that begins so may be an export, besides the zips and texts that several are."""
    return any(each.begins(start) for each in EXPORTS)


def wanted() -> str:
    """Which files of a folder are worth sending, as a pattern."""
    return "|".join([*(each.WANTED for each in EXPORTS), x.WANTED])
