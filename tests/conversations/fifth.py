"""A fifth network, as small as one can be: what its folder would hold, and the one line that makes it known."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
import pytest

from homespun.networks import known, live
from homespun.networks.connecting import Begun, Connected, Ourselves, Secret, Seen, SignsIn
from homespun.networks.errors import NetworkError
from homespun.networks.live import Asking
from homespun.networks.protocols import Around, Found, Limits, Speaks, Words, never
from homespun.networks.said import said as _
from homespun.networks.values import Account, Cursor, Page, Place, Post

__all__ = ["Client", "SignIn", "Speaker", "renewed"]
NETWORK = "gopher"
HOLE = "gopher://burrow.example"
START = 1_700_000_000_000


class Record(msgspec.Struct):
    """What its server keeps, and its answers as they come."""

    n: int
    who: str
    text: str
    parent: int = 0


BURROW: dict[int, Record] = {}  # what its one server holds


def account(who: str) -> Account:
    return Account(uri=f"{HOLE}/~{who}", handle=f"{who}@burrow.example", name=who.title(), network=NETWORK)


def renewed(raw: bytes, place: Place, owner: Account | None) -> Post:
    record = msgspec.json.decode(raw, type=Record)
    parent = f"{HOLE}/{record.parent}" if record.parent else ""
    return Post(
        uri=f"{HOLE}/{record.n}",
        url=f"https://burrow.example/{record.n}",
        author=account(record.who),
        published=START + record.n * 60_000,
        text=record.text,
        parent=parent,
        place=place,
        raw=raw,
        network=NETWORK,
    )


def shown(record: Record) -> Post:
    return renewed(msgspec.json.encode(record), Place.SERVER, None)


class Client:
    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def knows(self, address: str) -> bool:
        return address.startswith(HOLE) or bool(who_of(address))

    def find(self, address: str) -> Found:
        if who := who_of(address):
            return Found("account", account=account(who), server="burrow.example")
        record = BURROW.get(int(address.rpartition("/")[2]))
        if record is None:
            raise NetworkError(_("There is nothing in that burrow."))
        return Found("post", (shown(record),), server="burrow.example")

    def around(self, posts: Sequence[Post], *, named: Sequence[str] = (), is_over: Callable[[], bool] = never) -> Iterator[Around]:
        held = {post.uri for post in posts}
        for answer in map(shown, BURROW.values()):  # in the order in which they were dug, so that one look finds answers to answers
            if answer.parent in held and answer.uri not in held:
                held.add(answer.uri)
                yield Around("burrow.example", (answer,))

    def fetch(self, uris: Iterable[str]) -> Iterator[Around]:
        wanted = set(uris)
        yield Around("burrow.example", tuple(post for post in map(shown, BURROW.values()) if post.uri in wanted))

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        who = who_of(address)
        new = [shown(record) for record in BURROW.values() if record.who == who and record.n > cursor.get("n", 0)]
        if new:
            yield Page(new, {"n": max(BURROW)})


def who_of(address: str) -> str:
    """Whose address this is: @name@burrow.example, or the uri of an account; "" for anything else."""
    name, at, server = address.removeprefix("@").partition("@")
    return name if at and server == "burrow.example" else address.rpartition("/~")[2] if "/~" in address else ""


class SignIn(SignsIn):
    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def begin(self, typed: str, us: Ourselves) -> Begun:
        return Begun(f"https://burrow.example/yes?to={us.name}", "a-state", "https://burrow.example", ("dig",), {"who": typed})

    def finish(self, kept: Secret, answer: Mapping[str, str]) -> Connected:
        return Connected(account(kept["who"]), "https://burrow.example", {"key": "root"}, "dig", {})

    def check(self) -> Seen:
        return Seen(account(who_of(self.asking.me)), {})

    def forget(self, server: str, secret: Secret) -> None: ...


class Speaker(Speaks):
    limits = Limits(longest=70)

    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def length(self, text: str) -> int:
        return len(text)

    def post(self, words: Words) -> Post:
        parent = int(words.parent.rpartition("/")[2]) if words.parent else 0
        record = Record(max(BURROW, default=0) + 1, who_of(self.asking.me), words.text, parent)
        return shown(BURROW.setdefault(record.n, record))

    def edit(self, uri: str, words: Words) -> Post:
        raise NetworkError(_("What is dug is dug."))

    def delete(self, uri: str) -> None: ...

    def repost(self, uri: str) -> None: ...

    def like(self, uri: str) -> None: ...


def put_up(patch: pytest.MonkeyPatch, package: known.Network) -> None:
    """The line in `known`; all else is read off it, as it is when Homespun starts."""
    patch.setattr(known, "NETWORKS", {NETWORK: package, **known.NETWORKS})
    patch.setattr(live, "CLIENTS", live.makers("Client"))
    patch.setattr(live, "SIGN_INS", live.makers("SignIn"))
    patch.setattr(live, "SPEAKERS", live.makers("Speaker"))
    BURROW.clear()
