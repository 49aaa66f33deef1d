"""What only some networks can do, each a small Protocol: a network that cannot do something lacks the methods, and never raises for it.

All of them ask the outside through the `Door` that they were made with, and raise `NetworkError` with a sentence where that fails.
Nothing here knows the database: what a network needs to go on is a cursor of plain JSON that it gave before.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from homespun.networks.values import Account, Cursor, Page, Post


class Absent(msgspec.Struct, frozen=True, gc=False):
    """A post that is known to exist and was not shown. `why` is one of `gone`, `blocked`, `hidden`, `left out`, `paused`, `unreachable`,
    `unasked`.

    With the uri of an account it says so of all that is theirs (`blocked`: they have blocked an account of ours).
    """

    uri: str
    why: str


class Found(msgspec.Struct, frozen=True, gc=False):
    """What is at an address: the post or page itself first, then what came with it (its thread, what it quotes)."""

    kind: str  # post, thread, page, feed, account
    posts: tuple[Post, ...] = ()
    account: Account | None = None
    server: str = ""  # who showed it: a host
    absent: tuple[Absent, ...] = ()
    around: "tuple[Around, ...]" = ()  # what other servers showed of its conversation


class Around(msgspec.Struct, frozen=True, gc=False):
    """One answer on what is around a post.

    `posts` may be kept, as they come from where they were written or from a server that we trust. `hints` are uris of posts that a
    server named without the right to speak for them; each is to be fetched from its own host.
    """

    server: str
    posts: tuple[Post, ...] = ()
    hints: tuple[str, ...] = ()
    absent: tuple[Absent, ...] = ()
    asked: int = 1  # requests that it took


class Finds(Protocol):
    def knows(self, address: str) -> bool:
        """Whether this address (a url, a uri, @name@server, #tag) is one of this network, by its form alone."""

    def find(self, address: str) -> Found:
        """What is there. Raises `NetworkError`."""


def never() -> bool:
    return False


class Completes(Protocol):
    def around(self, posts: Sequence[Post], *, named: Sequence[str] = (), is_over: Callable[[], bool] = never) -> Iterator[Around]:
        """Ask for parents of the first and for answers to any of these, which are all of one conversation, place by place, until nothing
        new is named. The caller stores each answer before it goes on, may stop at any time, and calls again with what it then holds.

        `named` are uris of posts of the conversation that were named before and not asked for; they come first. Once `is_over` says so
        (the caller's share of requests or time is spent), this ends, with what was named and not asked for as `hints` of the last answer.
        """

    def fetch(self, uris: Iterable[str]) -> Iterator[Around]:
        """Each of these posts from its own host."""


class TellsBlocks(Protocol):
    def blocking(self, accounts: Sequence[Account]) -> set[str]:
        """Uris of those of these that have blocked an account of ours, as far as this client may know. Raises `NetworkError` where that
        is not told."""


MENTIONS = "mentions"  # as an address: what speaks to the account that the client acts for (mentions, answers, quotes), not what likes it


class Listens(Protocol):
    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        """What is new at the address (an account as @handle or by its uri, a hashtag, a feed, `MENTIONS`) behind the cursor, oldest first.
        Ends when there is nothing more for now. A `Page` of up to some hundred posts is kept together with its cursor."""


class Heard(msgspec.Struct, frozen=True, gc=False):
    """What a stream told since the last of these. Kept with its cursor, or not at all, it is heard again from the cursor before."""

    cursor: Cursor  # the stream goes on behind it; the same one twice is harmless
    posts: tuple[Post, ...] = ()  # new ones, and edited ones as they are now
    gone: tuple[str, ...] = ()  # uris of posts that were deleted; of an account: it is closed for now or for ever, and all that is theirs
    renamed: tuple[Account, ...] = ()  # as they are called now; one that was closed is there again


class Streams(Protocol):
    def stream(self, addresses: Sequence[str], cursor: Cursor, stopped: Callable[[], bool]) -> Iterator[Heard]:
        """What happens at these addresses (uris of accounts), as it happens, behind the cursor; {} is from now on.

        Ends only when `stopped` says so, which is asked at least every few seconds; connects again after growing pauses by itself. When
        nothing happens it gives an empty `Heard` with a newer cursor now and then, so that its caller sees that it lives. Raises
        `NetworkError` where it cannot go on: the server refuses, or `permanent=False`: no longer has what is behind the cursor.
        """


class Limits(msgspec.Struct, frozen=True, gc=False):
    """What a network lets one write."""

    longest: int  # as `length` counts
    pictures: int = 4
    warns: bool = True  # has content warnings
    edits: bool = True
    quotes: bool = True
    names: bool = False  # an answer reaches those whom its words name, and nobody else
    names_in_parts: bool = False  # a part behind the first, which answers a post of our own, reaches those whom its words name
    visibilities: tuple[int, ...] = (1,)
    code_points: bool = False  # every code point counts, where others count graphemes
    warning_gap: int = 0  # what stands between a content warning and the words, where it counts


class Words(msgspec.Struct, frozen=True, gc=False):
    """Something to be posted. `key` is the same when it is tried again, so that one post results."""

    key: str
    text: str
    parent: str = ""  # uri
    quoted: str = ""  # uri
    warning: str = ""
    lang: str = ""
    visibility: int = 1
    pictures: tuple["Picture", ...] = ()
    begun: int = 0  # ms when they were first tried, the same each time
    again: bool = False  # whether a try before this one may have posted them
    people: tuple[tuple[str, str], ...] = ()  # handles and uris of accounts that we know: the uri stays when the handle changes


class Picture(msgspec.Struct, frozen=True, gc=False):
    content: bytes
    content_type: str
    alt: str


class Speaks(Protocol):
    limits: Limits

    def length(self, text: str) -> int:
        """As this network counts it: links at a fixed length, mentions without their server, graphemes."""

    def post(self, words: Words) -> Post:
        """Post it and give it as its server then shows it; the same post where it was posted before by the same key."""

    def edit(self, uri: str, words: Words) -> Post: ...

    def delete(self, uri: str) -> None: ...

    def repost(self, uri: str) -> None: ...

    def like(self, uri: str) -> None: ...


class TellsAddressees(Protocol):
    def addressees(self, raw: bytes) -> tuple[str, ...]:
        """The handles of those whom a kept record of a post mentions; its author isn't among them."""


class TakesBack(Protocol):
    def unrepost(self, uri: str) -> None:
        """Nothing is raised where it was not reposted."""

    def unlike(self, uri: str) -> None: ...
