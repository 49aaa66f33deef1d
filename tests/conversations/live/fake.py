"""A made-up network in memory: several servers, each of which shows a part, with posts that are deleted, hidden or out of reach."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from homespun.http import count_request
from homespun.networks.errors import NetworkError
from homespun.networks.live import Asking
from homespun.networks.protocols import Absent, Around, Found, never
from homespun.networks.said import said as _
from homespun.networks.values import Account, Cursor, Page, Place, Post

MINUTE = 60_000
START = 1_700_000_000_000


def account(name: str, *, bio: str = "") -> Account:
    return Account(uri=f"fake://{name}", handle=f"{name}@{name}.example", name=name.title(), bio=bio, network="fake")


def post(n: int, author: str, text: str, *, parent: int = 0, replies: int = 0, bio: str = "") -> Post:
    raw = {"n": n, "author": author, "text": text, "parent": parent, "replies": replies, "bio": bio}
    return renewed(orjson.dumps(raw), Place.SERVER, None)


def renewed(raw: bytes, place: Place, owner: Account | None) -> Post:
    read = orjson.loads(raw)
    return Post(
        uri=uri(read["n"]),
        url=f"https://{read['author']}.example/{read['n']}",
        author=account(read["author"], bio=read["bio"]),
        published=START + read["n"] * MINUTE,
        text=read["text"],
        parent=uri(read["parent"]) if read["parent"] else "",
        place=place,
        raw=raw,
        network="fake",
        replies=read["replies"],
    )


def uri(n: int) -> str:
    return f"fake://post/{n}"


@dataclass
class Network:
    """What there is, and who shows it."""

    posts: dict[str, Post] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)  # uri: why
    blocked: set[str] = field(default_factory=set)  # uris of accounts that have blocked us
    broken: bool = False
    asked: list[str] = field(default_factory=list)
    pages_of: dict[str, list[Post]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    def add(self, *posts: Post) -> None:
        self.posts |= {each.uri: each for each in posts}

    def server(self, uri: str) -> str:
        found = self.posts[uri].author
        assert found is not None
        return f"{found.name.lower()}.example"

    def client(self, asking: Asking) -> "Client":
        return Client(self, asking)


@dataclass
class Client:
    network: Network
    asking: Asking

    def knows(self, address: str) -> bool:
        return address.startswith("fake://")

    def find(self, address: str) -> Found:
        self._ask(address)
        if why := self.network.absent.get(address):
            return Found("post", server="fake.example", absent=(Absent(address, why),))
        if address in self.network.accounts:
            return Found("account", account=self.network.accounts[address], server="fake.example")
        if address not in self.network.posts:
            raise NetworkError(_("Nothing is there."))
        return Found("post", (self.network.posts[address],), server=self.network.server(address))

    def around(self, posts: Sequence[Post], *, named: Sequence[str] = (), is_over: Callable[[], bool] = never) -> Iterator[Around]:
        """Each author's server names the answers to what it holds, and shows those that were written there."""
        for each in posts:
            if is_over():
                return
            self._ask(each.uri)
            server = self.network.server(each.uri)
            answers = [found for found in self.network.posts.values() if found.parent == each.uri]
            here = [found for found in answers if self.network.server(found.uri) == server]
            away = [found.uri for found in answers if found not in here]
            yield Around(server, tuple(here), tuple(away))

    def fetch(self, uris: Iterable[str]) -> Iterator[Around]:
        for each in uris:
            self._ask(each)
            if why := self.network.absent.get(each):
                yield Around("fake.example", absent=(Absent(each, why),))
            elif each in self.network.posts:
                found = self.network.posts[each]
                blocked = tuple(Absent(uri, "blocked") for uri in self.network.blocked if found.author and uri == found.author.uri)
                yield Around(self.network.server(each), (found,), absent=blocked)

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        self._ask(address)
        posts = self.network.pages_of.get(address, [])
        for place in range(cursor.get("at", 0), len(posts)):
            yield Page([posts[place]], {"at": place + 1})

    def _ask(self, what: str) -> None:
        count_request()
        self.network.asked.append(what)
        if self.network.broken:
            raise NetworkError(_("The other side could not be reached."), permanent=False)

    def blocking(self, accounts: Sequence[Account]) -> set[str]:
        return self.network.blocked & {each.uri for each in accounts}
