"""Bluesky, asked: what is at an address, and what is around a post. Reads the app view, and the repositories of those who take part."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from homespun.networks.bluesky.appview import POSTS, AppView
from homespun.networks.bluesky.asking import Asker, why_of
from homespun.networks.bluesky.directory import Directory
from homespun.networks.bluesky.gathering import gathered
from homespun.networks.bluesky.identity import DID, HANDLE, POST, did_of, is_post, kept, parts
from homespun.networks.bluesky.newest import TAG, Newest
from homespun.networks.bluesky.repositories import Repositories
from homespun.networks.bluesky.session import Session
from homespun.networks.bluesky.stream import Stream
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import Absent, Around, Found, Heard, never
from homespun.networks.said import said as _
from homespun.networks.values import Account, Cursor, Page, Post

if TYPE_CHECKING:
    from homespun.networks.live import Asking  # which knows all networks

APPVIEW, PLC = "https://public.api.bsky.app", "https://plc.directory"
STREAM = "wss://jetstream2.us-east.bsky.network"
LINK = re.compile(r"https?://(?:www\.)?bsky\.app/profile/([^/?#\s]+)(?:/post/([^/?#\s]+))?/?(?:[?#].*)?$")


class Client:
    """`finds`, `completes`, `listens` and `streams`, by what is shown to anybody; for an account of ours, what speaks to it."""

    def __init__(self, asking: "Asking") -> None:
        self.own = frozenset(asking.own)
        self.asker = Asker(asking.door)
        self.jetstream = (asking.settings.get("bluesky_stream") or STREAM).rstrip("/")
        self.appview = AppView(self.asker, (asking.settings.get("bluesky_appview") or APPVIEW).rstrip("/"))
        self.directory = Directory(self.asker, (asking.settings.get("bluesky_plc") or PLC).rstrip("/"), self.appview.url)
        self.newest = Newest(self, Session(asking) if asking.secret.get("did") else None)
        self.repositories = Repositories(self.asker, self.directory, self.appview.told)

    def knows(self, address: str) -> bool:
        who, _key = pointed(address)
        return bool(who) or TAG.match(address) is not None

    def find(self, address: str) -> Found:
        """A post with its thread, an account, or what was said under a hashtag. Raises `NetworkError`."""
        if match := TAG.match(address):
            found, absent = self.welcome(self.newest.tagged(match[1])[0])
            return Found("feed", tuple(found), server=self.appview.host, absent=tuple(absent))
        did, (_who, key) = self.did(address), pointed(address)
        if not key:
            return Found("account", account=self.appview.account(did), server=self.appview.host)
        return self._thread(f"at://{did}/{POST}/{key}")

    def _thread(self, uri: str) -> Found:
        found, absent = self.appview.thread(uri)
        kind, server = "thread", self.appview.host
        if not (found and found[0].uri == uri):
            self.appview.learn([did_of(uri)])
            own = self.repositories.one(uri)
            if own is None:
                raise NetworkError(_("That post is not there any more, or its author shows it to nobody."))
            found, kind, server = [own], "post", self.directory.host(did_of(uri))
        kept, refused = self.welcome(found)
        if not (kept and kept[0].uri == uri):
            return Found(kind, server=server, absent=tuple(refused))
        return Found(kind, tuple(kept), server=server, absent=(*absent, *refused))

    def did(self, address: str) -> str:
        """Whom it names. Raises `NetworkError`."""
        who, _key = pointed(address)
        if not who:
            raise NetworkError(_("“%(address)s” is no address of a Bluesky post or account.", address=address[:200]))
        return self.directory.did(who)

    def welcome(self, posts: Sequence[Post]) -> tuple[list[Post], list[Absent]]:
        """These, with what their authors say about themselves; without those of whoever has blocked an account of ours."""
        authors = [did_of(post.uri) for post in posts]
        blocking = self.appview.blocking(self.own, authors)
        self.appview.learn(did for did in authors if did not in blocking)
        absent = [Absent(post.uri, "blocked") for post in posts if did_of(post.uri) in blocking]
        absent += [Absent(did, "blocked") for did in dict.fromkeys(authors) if did in blocking]
        return [self._with_bio(post) for post in posts if did_of(post.uri) not in blocking], absent

    def blocking(self, accounts: Sequence[Account]) -> set[str]:
        return self.appview.blocking(self.own, [each.uri for each in accounts])

    def _with_bio(self, post: Post) -> Post:
        told = self.appview.people.get(did_of(post.uri))
        if not (told and told.description and post.author) or post.author.bio:
            return post
        return msgspec.structs.replace(post, author=msgspec.structs.replace(post.author, bio=kept(told.description, 5000)))

    def around(self, posts: Sequence[Post], *, named: Sequence[str] = (), is_over: Callable[[], bool] = never) -> Iterator[Around]:
        """The app view's thread from the root down, then the repositories of all who take part, then the places where the app view counts
        more answers than there are by then; until nothing new is named. At most three questions for each who takes part."""
        return gathered(self, posts, is_over)  # what was named before answers what is held, and is looked for with that

    def fetch(self, uris: Iterable[str]) -> Iterator[Around]:
        """Each from the repository of its author; where that cannot be reached, as the app view has it."""
        wanted = [uri for uri in dict.fromkeys(uris) if is_post(uri)]
        with suppress(NetworkError):
            self.appview.learn(map(did_of, wanted))
        far = []
        for uri in wanted:
            answer = self._from_home(uri)
            if any(each.why == "unreachable" for each in answer.absent):
                far.append(uri)
            else:
                yield answer
        for start in range(0, len(far), POSTS):
            yield self._copies(far[start : start + POSTS])

    def _from_home(self, uri: str) -> Around:
        """The post itself, or why there is none."""
        before, did, server = self.asker.asked, did_of(uri), ""
        try:
            server = self.directory.host(did)
            post = self.repositories.one(uri)
            found, absent = self.welcome([post] if post else [])
            why = "" if post else self.repositories.closed(did) or "gone"
        except NetworkError as error:
            found, absent, why = [], [], why_of(error)
        absent = [Absent(uri, why)] if why else absent
        return Around(server, tuple(found), absent=tuple(absent), asked=self.asker.asked - before)

    def _copies(self, uris: Sequence[str]) -> Around:
        before = self.asker.asked
        found, absent = self.welcome(self.appview.posts(uris))
        told = {post.uri for post in found} | {each.uri for each in absent}
        absent += [Absent(uri, "unreachable") for uri in uris if uri not in told]
        return Around(self.appview.host, tuple(found), absent=tuple(absent), asked=self.asker.asked - before)

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        """What is new there; see `newest`."""
        return self.newest.pages(address, cursor)

    def stream(self, addresses: Sequence[str], cursor: Cursor, stopped: Callable[[], bool]) -> Iterator[Heard]:
        """What these accounts say, and what is said to accounts of ours. The cursor is `{"us": …}`, microseconds since 1970."""
        return Stream(self, self.jetstream, addresses, stopped).heard(cursor)


def pointed(address: str) -> tuple[str, str]:
    """Whom and which post an address names: a bsky.app url, an at-uri, a DID or @handle; "" twice for another network's."""
    address = address.strip()
    if match := LINK.match(address):
        who, key = match[1], match[2] or ""
    elif address.startswith("at://"):
        who, collection, key = parts(address)
        key = key if collection == POST else ""
        who = who if key or not collection else ""
    else:
        who, key = address.removeprefix("@"), ""
        who = who if address.startswith(("@", "did:")) or who.endswith(".bsky.social") else ""
    return (who, key) if DID.match(who) or HANDLE.match(who) else ("", "")
