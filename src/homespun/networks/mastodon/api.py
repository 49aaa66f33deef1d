"""The API of one server, asked for nobody or for an account of ours there: its lists of statuses as posts, with what each answers."""

from collections.abc import Callable, Sequence

import msgspec

from homespun.http import Answer
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError, SignedOut, Unusable
from homespun.networks.mastodon import statuses
from homespun.networks.mastodon.shapes import Named
from homespun.networks.mastodon.values import URI, address, same_host
from homespun.networks.said import Said
from homespun.networks.values import Place, Post, Unread

REMEMBERED = 2_000  # uris by number


class Statuses(msgspec.Struct):
    """What of an answer may be kept, what is only named, and what cannot be read."""

    posts: list[Post] = []
    hints: list[str] = []
    unread: list[Unread] = []


class Api:
    """`trusted`: an account of ours is there, so that its copies of others' posts may be kept as such."""

    def __init__(self, server: str, ask: Callable[[str], Answer], *, trusted: bool) -> None:
        self.server, self.ask, self.trusted = server, ask, trusted
        self.uris: dict[str, str] = {}

    def get(self, path: str) -> bytes:
        return self.ask(f"{self.server}{path}").body

    def statuses(self, records: Sequence[bytes]) -> Statuses:
        """In their order; what a status boosts or quotes comes behind it."""
        found = Statuses()
        for record in records:
            self._learn(record)
        for record in records:
            self._read(record, found)
        return found

    def _learn(self, record: bytes) -> None:
        each = tolerant.read(Named, record)
        if each.id and (uri := address(each.uri, URI)):
            self.learn(each.id, uri)

    def learn(self, number: str, uri: str) -> None:
        if len(self.uris) >= REMEMBERED:
            self.uris.pop(next(iter(self.uris)))
        self.uris[number] = uri

    def _read(self, record: bytes, found: Statuses) -> None:
        each = tolerant.read(Named, record)
        mine = same_host(each.uri or "", self.server)
        if not mine and not self.trusted:
            found.hints += [uri] if (uri := address(each.uri, URI)) else []
            return
        kept = statuses.shown(record, self.server, self.uri_of(each.in_reply_to_id) if each.in_reply_to_id else "")
        try:
            posts = statuses.posts(kept, Place.SERVER if mine else Place.COPY)
        except Unusable as error:
            found.unread.append(Unread(Said((each.uri or each.id or "?")[:300]), error.said))
            return
        found.posts += [post for post in posts if self._may_keep(post)]

    def _may_keep(self, post: Post) -> bool:
        is_theirs = post.author is not None and same_host(post.author.uri, post.uri)
        return is_theirs and (self.trusted or same_host(post.uri, self.server))

    def uri_of(self, number: str) -> str:
        """The uri of what this server calls so; "" where it does not show it."""
        if number not in self.uris:
            try:
                found = tolerant.read(Named, self.get(f"{statuses.API}{number}"))
            except SignedOut:
                raise
            except NetworkError:
                found = Named()
            self.learn(number, address(found.uri, URI) if found.id == number else "")
        return self.uris[number]


def newest_last(answer: bytes) -> list[bytes]:
    """Records of a list, which servers give newest first."""
    return statuses.listed(answer)[::-1]


def number_of(record: bytes) -> str:
    return tolerant.read(Named, record).id or ""


def order(number: str) -> tuple[int, str]:
    """Ids are numbers or sort as words; either way a longer one is a later one."""
    return len(number), number
