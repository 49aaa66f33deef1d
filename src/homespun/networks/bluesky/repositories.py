"""Posts out of their authors' own repositories, asked of the servers that hold these: by the time of a conversation, not all of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from homespun.networks import tolerant
from homespun.networks.bluesky import posts
from homespun.networks.bluesky.asking import Asker, Unanswered, why_of
from homespun.networks.bluesky.directory import Directory
from homespun.networks.bluesky.identity import DID, POST, did_of, key_at, key_ms, now_ms, parts
from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Cursor, Page, Place, Post, Unread

AT_ONCE = 100  # records of one question, the most that servers give
FEW = 100  # accounts of a small house
LARGE = (".bsky.network", "bsky.social")  # servers that hold hundreds of thousands
CLOSED = {"deactivated": "hidden"}  # for as long as its owner likes; all else is gone


class Held(msgspec.Struct):
    uri: str = ""
    value: msgspec.Raw = msgspec.Raw()


class Listed(msgspec.Struct):
    records: list[Held] = []


class Subject(msgspec.Struct):
    """What a block, a like or a repost is about."""

    subject: msgspec.Raw = msgspec.Raw()


class Repo(msgspec.Struct):
    did: str = ""


class Repos(msgspec.Struct):
    """An answer to com.atproto.sync.listRepos."""

    repos: list[Repo] = []


class Status(msgspec.Struct):
    active: bool = True
    status: str = ""


@dataclass
class Repositories:
    asker: Asker
    directory: Directory
    told: Callable[[str], dict[str, Any]]  # what the app view says of somebody: names and labels

    def listed(self, did: str, *, after: str = "", newest: bool = False, at: str = "") -> list[Post | Unread]:
        """Up to a hundred posts behind a record key, oldest first; or the newest. `at`: as that server
        has them, whether it is theirs or not, and without names. Raises `NetworkError`."""
        pds = at or self.directory.pds(did)
        more = {"cursor": after} if after and not newest else {}
        reverse = "false" if newest else "true"  # by itself the newest comes first
        name = "com.atproto.repo.listRecords"
        found = self.asker.query(pds, name, Listed, repo=did, collection=POST, limit=AT_ONCE, reverse=reverse, **more).records[:AT_ONCE]
        author = {"did": did} if at else self.author(did)
        return [self.read(did, pds, each, author) for each in (reversed(found) if newest else found)]

    def subjects(self, did: str, collection: str, *, after: str = "") -> list[str]:
        """Accounts or posts that the newest hundred records of a collection are about: DIDs of a block, uris of a like or repost.

        `after`: records behind that key alone, oldest first. Raises `NetworkError`.
        """
        pds, name = self.directory.pds(did), "com.atproto.repo.listRecords"
        more = {"cursor": after, "reverse": "true"} if after else {"reverse": "false"}
        found = self.asker.query(pds, name, Listed, repo=did, collection=collection, limit=AT_ONCE, **more).records[:AT_ONCE]
        return [subject for each in found if (subject := subject_of(bytes(each.value)))]

    def read(self, did: str, pds: str, each: Held, author: dict[str, Any]) -> Post | Unread:
        """A record is its author's where its uri says so, whoever else is named in it."""
        record = posts.held(each.uri, bytes(each.value), author, pds)
        try:
            if did_of(each.uri) != did:
                raise Unusable(_("It was left out: it is of another repository."))
            return posts.post(posts.read(record), record, Place.SERVER)
        except Unusable as error:
            return Unread(Said(each.uri[:300]), error.said)

    def author(self, did: str) -> dict[str, Any]:
        told = self.told(did)
        handle = told.get("handle") or self.directory.document(did).handle
        return {"did": did} | ({"handle": handle} if handle else {}) | told

    def one(self, uri: str) -> Post | None:
        """The post itself; None where its repository has none. Raises `NetworkError` where that cannot be told."""
        did, collection, key = parts(uri)
        pds = self.directory.pds(did)
        try:
            found = self.asker.query(pds, "com.atproto.repo.getRecord", Held, repo=did, collection=collection, rkey=key)
        except Unanswered as error:
            if error.refused:
                return None
            raise
        if found.uri != uri:
            raise NetworkError(_("The answer about %(uri)s speaks of something else, so it was left aside.", uri=uri), permanent=False)
        post = self.read(did, pds, found, self.author(did))
        if isinstance(post, Unread):
            raise NetworkError(post.why, permanent=False)
        return post

    def neighbours(self, did: str) -> list[str]:
        """Who else is at home on the server of this one, where that is a small house. Raises `NetworkError`."""
        pds = self.directory.pds(did)
        if pds.endswith(LARGE):
            return []
        found = self.asker.query(pds, "com.atproto.sync.listRepos", Repos, limit=FEW)
        return [] if len(found.repos) >= FEW else [each.did for each in found.repos if DID.match(each.did)]

    def closed(self, did: str) -> str:
        """Why a repository as a whole is not shown; "" where it is."""
        try:
            found = self.asker.query(self.directory.pds(did), "com.atproto.sync.getRepoStatus", Status, did=did)
        except NetworkError as error:
            return why_of(error)
        return "" if found.active else CLOSED.get(found.status, "gone")

    def pages(self, did: str, cursor: Cursor) -> Iterator[Page]:
        """Behind the cursor; each page with the next one. At first the newest."""
        key = str(cursor.get("key", ""))
        while True:
            found = self.listed(did, after=key, newest=not key)
            read = [each for each in found if isinstance(each, Post)]
            unread = tuple(each for each in found if isinstance(each, Unread))
            last, key = key, max([key or key_at(0), *filter(is_past, (parts(post.uri)[2] for post in read))])
            yield Page(read, {"key": key}, unread=unread)
            if not last or last == key or len(found) < AT_ONCE:
                return


def subject_of(record: bytes) -> str:
    """A DID or uri; "" where it names neither."""
    subject = tolerant.read(Subject, record).subject
    found = tolerant.loosely(bytes(subject)) if bytes(subject) else ""
    found = found.get("uri") if isinstance(found, dict) else found
    return found if isinstance(found, str) else ""


def is_past(key: str) -> bool:
    """Whether newer posts have later keys: not of a key that was chosen, or made for a time to come."""
    return 0 < key_ms(key) <= now_ms()
