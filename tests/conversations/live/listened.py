"""A made-up network that can be listened to: accounts, a hashtag, what speaks to us, and pages of each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from homespun.conversations.models import Connection
from homespun.core.security import sealing
from homespun.networks.errors import Foreign, NetworkError
from homespun.networks.live import Asking
from homespun.networks.protocols import Found
from homespun.networks.said import said
from homespun.networks.values import Cursor, Page, Post
from homespun.people.models import Account
from tests.conversations.live import fake

NOW = datetime(2023, 11, 14, 22, 30, tzinfo=UTC)  # about when the made-up posts are of


@dataclass
class Network(fake.Network):
    fails: list[Exception] = field(default_factory=list)  # raised one after the other, before anything is shown
    fails_after: int = 0  # pages that are shown before
    renamed: dict[str, str] = field(default_factory=dict)  # handle by the address that is none any more
    bio: str = ""  # of everybody
    together: bool = False  # a page has all that is new, and not one post alone
    foreign: bool = False  # nothing is of this network after all

    def client(self, asking: Asking) -> "Client":
        return Client(self, asking)

    def says(self, address: str, *posts: Post) -> None:
        self.add(*posts)
        self.pages_of.setdefault(address, []).extend(posts)


@dataclass
class Client(fake.Client):
    network: Network

    def knows(self, address: str) -> bool:
        return address.startswith(("fake://", "@", "#"))

    def find(self, address: str) -> Found:
        if self.network.foreign:
            raise Foreign(said("That is not of this network."))
        if address.startswith("@"):
            self._ask(address)
            return Found("account", account=fake.account(address[1:].partition("@")[0], bio=self.network.bio), server="fake.example")
        if self.network.renamed and address == fake.account("bryony").uri:
            called = msgspec.structs.replace(fake.account("bryony"), handle=next(iter(self.network.renamed.values())))
            return Found("account", account=called, server="fake.example")
        return super().find(address)

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        if address in self.network.renamed:
            raise NetworkError(said("There is no such account."))
        pages = list(super().pages(address, cursor))
        if self.network.together and pages:
            pages = [Page([post for page in pages for post in page.posts], pages[-1].cursor)]
        for place, page in enumerate(pages):
            if self.network.fails and place >= self.network.fails_after:
                raise self.network.fails.pop(0)
            yield page


def naming(post: Post, *uris: str, text: str = "") -> Post:
    return msgspec.structs.replace(post, mentions=uris, text=text or post.text)


def connection() -> Connection:
    """Hettie's account, which is ours."""
    hettie = fake.account("hettie")
    row, _made = Account.objects.update_or_create(
        uri=hettie.uri, defaults={"network": "fake", "handle": hettie.handle, "name": "Hettie Moule", "is_own": True}
    )
    return Connection.objects.create(
        network="fake", server="https://hettie.example", account=row, secret=sealing.seal({"token": "t"}), connected=NOW
    )
