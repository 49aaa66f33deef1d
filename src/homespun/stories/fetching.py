"""A post behind an address: held already, or fetched with its conversation while somebody waits."""

from dataclasses import dataclass
from datetime import datetime

from homespun.conversations.actions.asking import clients
from homespun.conversations.actions.finding import find, sentence
from homespun.conversations.actions.pasting import hurried
from homespun.conversations.models import Post
from homespun.conversations.queries import post_at
from homespun.conversations.worded import worded
from homespun.core.door import door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.networks.live import finds
from homespun.networks.web.shut import refusal
from homespun.users.access import Right, holds
from homespun.users.models import User

PAGES = "web"  # what stands there is told of as a link, and not quoted whole


@dataclass(frozen=True)
class Behind:
    """`uri` is "" where there is no post; `trouble` says why one that ought to be there is not."""

    uri: str = ""
    trouble: str = ""


def post_behind(address: str, *, by: User, now: datetime) -> Behind:
    """Raises nothing: where no post comes, the address is a link."""
    address = address.strip()
    if held := uri_of(address):
        return Behind(held)
    if said := refusal(address):
        return Behind(trouble=worded(said))
    if not holds(by, Right.COLLECT) or network_of(address) in ("", PAGES):
        return Behind()
    try:
        find(by=by, now=now, address=address, door=hurried(door()))
    except (NetworkError, DoorError) as error:
        return Behind(trouble=sentence(error))
    return Behind(uri_of(address))


def uri_of(address: str) -> str:
    key = post_at(address)
    row = Post.objects.filter(pk=key).exclude(network=PAGES).first() if key is not None else None
    return row.uri if row else ""


def network_of(address: str) -> str:
    """The first that knows it; "" for none."""
    return next((network for network, client in clients(door()) if finds(client) and client.knows(address)), "")
