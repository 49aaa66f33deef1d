"""Whom an answer is for, and which of them each part of it has to mention."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from homespun.conversations.models import Connection, Post, Sighting
from homespun.networks import live
from homespun.networks.errors import UnreadableRecord
from homespun.networks.mentions import full, leading_mentions, mentions_in, missing_mentions, short
from homespun.networks.protocols import Speaks
from homespun.networks.values import Visibility
from homespun.people.models import Account


@dataclass(frozen=True)
class Addressees:
    """Those whom the answered post is from (`author`; "" for one of ours) and whom it mentions, ourselves left out; by handle."""

    is_answer: bool = False
    author: str = ""
    others: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (self.author, *self.others) if self.author else self.others


NOBODY = Addressees()


def addressees_of(post: Post | None, connection: Connection, speaks: Speaks) -> Addressees:
    """Those of the post that is answered."""
    if post is None:
        return NOBODY
    home, author = home_of(connection), post.author
    named = _mentioned(post, speaks)
    theirs = author.handle if author and not author.is_own else ""
    ours = {full(handle, home) for handle in _own_handles(post.network)} if named else set[str]()
    ours |= {full(connection.account.handle, home), full(theirs, home)}
    return Addressees(True, theirs, tuple(each for each in named if full(each, home) not in ours))


def _mentioned(post: Post, speaks: Speaks) -> tuple[str, ...]:
    """Out of the record that was kept of it in its best place; nobody where there is none that can be read."""
    if not live.tells_addressees(speaks):
        return ()
    record = Sighting.objects.filter(post=post).order_by("place", "-pk").values_list("raw", flat=True).first()
    with suppress(UnreadableRecord):
        return speaks.addressees(bytes(record)) if record else ()
    return ()


def _own_handles(network: str) -> Iterable[str]:
    return Account.objects.filter(is_own=True, network=network).exclude(handle="").values_list("handle", flat=True)


def home_of(connection: Connection) -> str:
    """The server whose people are named without it, as its own pages name them."""
    return connection.account.handle.partition("@")[2] or connection.server.partition("://")[2]


def opening_of(people: Addressees, home: str) -> str:
    """What the text of an answer begins with, as on the pages of Mastodon: everybody whom it is for."""
    return "".join(f"@{short(name, home)} " for name in people.all)


def to_mention(text: str, people: Addressees, visibility: int, home: str) -> list[str]:
    """Whom every part has to mention: the author of what is answered, and those whom the text begins with.

    Nobody is let see more than they would of the undivided text: what is for the mentioned only is for all whom the text mentions, and
    an answer to such a post stays with those whom that post was for.
    """
    if visibility == Visibility.DIRECT and not people.is_answer:
        return mentions_in(text)
    names = leading_mentions(text)
    if visibility == Visibility.DIRECT:
        known = {full(each, home) for each in people.all}
        names = [each for each in names if full(each, home) in known] or list(people.all)
    return [people.author, *names] if people.author else names


def mentions_for(part: str, names: Iterable[str], home: str) -> str:
    """What this part has to begin with: those of the names that it doesn't mention itself."""
    return "".join(f"@{short(name, home)} " for name in missing_mentions(part, names, home))
