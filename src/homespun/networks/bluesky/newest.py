"""What is new at an address behind a cursor: somebody's posts, a hashtag, what speaks to an account of ours."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from homespun.networks.bluesky import posts
from homespun.networks.bluesky.appview import Found
from homespun.networks.bluesky.asking import Unanswered
from homespun.networks.bluesky.session import Session
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import MENTIONS
from homespun.networks.said import said as _
from homespun.networks.values import Cursor, Page, Post

if TYPE_CHECKING:
    from homespun.networks.bluesky.client import Client

TAG = re.compile(r"#([^\s#@/.,;:!?]{1,100})\Z")
AT_ONCE = 100  # of one question, the most that servers give
QUESTIONS = 10  # of one asking
AGAIN = 600_000  # ms behind the newest, which are read once more, as not all is shown at once
SPEAKING = ["mention", "reply", "quote"]


class Told(msgspec.Struct):
    """An answer to app.bsky.notification.listNotifications. What is told of has the shape of a post as it is shown."""

    notifications: list[msgspec.Raw] = []
    cursor: str = ""


class Notice(msgspec.Struct):
    indexedAt: str = ""
    reason: str = ""


class Newest:
    """Of one client."""

    def __init__(self, client: "Client", session: Session | None) -> None:
        self.client, self.session = client, session

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        """Raises `NetworkError`."""
        if address == MENTIONS:
            return self._mentions(cursor)
        if match := TAG.match(address):
            return self._tag(match[1], cursor)
        did = self.client.did(address)
        self.client.appview.learn([did])
        return self._welcome(self.client.repositories.pages(did, cursor))

    def _welcome(self, pages: Iterator[Page]) -> Iterator[Page]:
        for page in pages:
            yield msgspec.structs.replace(page, posts=self.client.welcome(page.posts)[0])

    def _mentions(self, cursor: Cursor) -> Iterator[Page]:
        """The cursor is `{"at": …}`, when the newest was noticed, as the server writes it."""
        if self.session is None:
            raise NetworkError(_("What speaks to an account is shown to nobody but that account. Connect it first."))
        last, found, onward = str(cursor.get("at", "")), dict[str, bytes](), ""
        newest = last
        for _question in range(QUESTIONS):
            more = {"cursor": onward} if onward else {}
            told = self.session.query("app.bsky.notification.listNotifications", Told, limit=AT_ONCE, reasons=SPEAKING, **more)
            notices = [(notice(bytes(each)), bytes(each)) for each in told.notifications]
            fresh = [(each, raw) for each, raw in notices if each.indexedAt > last]
            newest = max([newest, *(each.indexedAt for each, _raw in fresh)])
            found |= {posts.read(raw).uri or "": raw for each, raw in fresh if each.reason in SPEAKING}
            onward = told.cursor
            if not last or not onward or len(fresh) < len(notices) or not notices:
                break
        shown = [post for raw in found.values() for post in posts.shown(raw)[0][:1]]
        yield Page(self.client.welcome(shown[::-1])[0], {"at": newest})

    def _tag(self, tag: str, cursor: Cursor) -> Iterator[Page]:
        """The cursor is `{"ms": …}`, when the newest was written."""
        last = int(cursor.get("ms", 0))
        found: dict[str, Post] = {}
        onward = ""
        for _question in range(QUESTIONS):
            shown, onward = self.tagged(tag, onward)
            found |= {post.uri: post for post in shown}
            if not last or not onward or not shown or min(post.published for post in shown) < last - AGAIN:
                break
        fresh = [post for post in reversed(found.values()) if post.published >= last - AGAIN]
        fresh.sort(key=lambda post: post.published)
        newest = max([last, *(post.published for post in fresh)])
        yield Page(self.client.welcome(fresh)[0], {"ms": newest})

    def tagged(self, tag: str, onward: str = "") -> tuple[list[Post], str]:
        """The newest under a hashtag, and where it goes on. App views let strangers search or not; accounts may."""
        asked: dict[str, str | int | list[str]] = {"q": f"#{tag}", "tag": [tag], "sort": "latest", "limit": AT_ONCE}
        asked |= {"cursor": onward} if onward else {}
        found = self._searched(asked)
        shown = [post for each in found.posts for post in posts.shown(bytes(each))[0][:1]]
        return [post for post in shown if f"#{tag}".lower() in post.text.lower()], found.cursor

    def _searched(self, asked: dict[str, str | int | list[str]]) -> Found:
        name = "app.bsky.feed.searchPosts"
        if self.session is not None:
            return self.session.query(name, Found, **asked)
        try:
            return self.client.asker.query(self.client.appview.url, name, Found, **asked)
        except Unanswered as error:
            if error.status in (401, 403):
                raise NetworkError(_("Bluesky lets nobody search who is not signed in. Connect an account there first.")) from error
            raise


def notice(record: bytes) -> Notice:
    try:
        return msgspec.json.decode(record, type=Notice)
    except msgspec.DecodeError:
        return Notice()
