"""`find`: what is at an address, from whichever network knows it, with the conversation that comes with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from homespun.conversations.actions import absences
from homespun.conversations.actions.asking import clients
from homespun.conversations.actions.blocks import Blocks
from homespun.conversations.actions.taking import Taking, speaks_of_us
from homespun.conversations.models import Conversation
from homespun.conversations.models import Post as Row
from homespun.conversations.queries import shape
from homespun.conversations.worded import worded
from homespun.core import audit
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.networks.errors import Foreign
from homespun.networks.live import finds, listens
from homespun.networks.protocols import Absent, Found
from homespun.networks.values import Post
from homespun.users.models import User

NEWEST = 100  # posts of an account
MOST = 500  # posts whose conversations are looked up
REFUSALS = {
    "blocked": _("The author has blocked one of your accounts, so Homespun doesn’t collect it."),
    "left out": _("Homespun doesn’t collect this account. It’s opted out, its profile says #nobot, or its server doesn’t allow it."),
    "paused": _("Collecting this account is paused: there’s an opt-out request for it, which isn’t verified."),
    "gone": _("There is nothing at this address any more."),
    "hidden": _("This post isn’t public."),
    "unreachable": _("The post’s server isn’t responding. Try again later."),
}


@dataclass(frozen=True)
class Came:
    """What came of an address."""

    kind: str
    new: int
    updated: int
    conversation: Conversation | None
    uri: str  # of the root of the conversation, a post or a ghost; "" where none came
    post: int | None = None  # key of the post itself
    conversations: tuple[int, ...] = ()  # keys of all that its posts are in


def find(*, by: User | None, now: datetime, address: str, door: Door) -> Came:
    """Fetch it, store it; of an account the newest that it says. Raises `NetworkError` with a sentence where nothing may be kept."""
    client, found = asked(address.strip(), door)
    newest = said_by(client, found, address.strip()) if found.kind == "account" else []
    every = [*found.posts, *newest, *(post for each in found.around for post in each.posts)]
    Blocks(by, now, door).authors(every)
    taking = Taking(by, now, ours=speaks_of_us(every))
    taking.take(found.server, found.posts, found.absent)
    for each in found.around:
        taking.take(each.server, each.posts, each.absent)
    taking.take(found.server, newest)
    left = {uri for each in found.around for uri in each.hints}
    absent = [*found.absent, *taking.refused]
    first = found.posts[0].uri if found.posts else ""
    row = Row.objects.filter(uri=first).first() if first else None
    if row is None and absent:
        raise refused(absent, first)
    audit.record(by=by, now=now, verb="address.collect", subject=f"address:{address}"[:300], kind=found.kind, new=taking.new)
    conversation = row.conversation if row else None
    if conversation and left:
        with transaction.atomic():
            absences.note_unasked(left, by=by, now=now, conversation=conversation.pk)
    root, key, others = root_of(conversation), row.pk if row else None, conversations_of(post.uri for post in every)
    return Came(found.kind, taking.new, taking.updated, conversation, root, key, others)


def conversations_of(uris: Iterable[str]) -> tuple[int, ...]:
    """The keys of the conversations of these posts, at most `MOST`."""
    rows = Row.objects.filter(uri__in=list(uris)[:MOST]).order_by("conversation_id")
    return tuple(rows.values_list("conversation_id", flat=True).distinct())


def asked(address: str, door: Door) -> tuple[object, Found]:
    """What is there, and the client that says so."""
    foreign: NetworkError | None = None
    for _network, client in clients(door, read=address.startswith("#")):
        if finds(client) and client.knows(address):
            try:
                return client, client.find(address)
            except Foreign as error:
                foreign = error
            except DoorError as error:
                raise NetworkError(_("%(why)s", why=error.sentence), permanent=error.permanent) from error
    nobodys = NetworkError(_("“%(address)s” is no path here, and no address that any network of ours knows.", address=address))
    raise foreign or nobodys


def said_by(client: object, found: Found, address: str) -> list[Post]:
    """What an account said last, as listening to it begins."""
    if not listens(client):
        return []
    newest: list[Post] = []
    try:
        for page in client.pages(address, {}):
            newest += page.posts
            if len(newest) >= NEWEST:
                break
    except DoorError as error:
        raise NetworkError(_("%(why)s", why=error.sentence), permanent=error.permanent) from error
    return newest


def refused(absent: list[Absent], first: str) -> NetworkError:
    why = next((each.why for each in absent if each.uri == first), absent[0].why)
    return NetworkError(REFUSALS[why], permanent=why != "unreachable")


def root_of(conversation: Conversation | None) -> str:
    """The uri of the first post of a conversation, or of the ghost that it begins with."""
    if conversation is None:
        return ""
    tree = shape(conversation)
    return tree.uri(tree.roots[0]) if tree.roots else ""


def sentence(error: NetworkError | DoorError) -> str:
    """In the language of whoever reads it."""
    return worded(error.said) if isinstance(error, NetworkError) else error.sentence
