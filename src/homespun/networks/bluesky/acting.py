"""Posting on Bluesky as an account of ours: records written into its repository under keys that are the same each time they are tried,
so that there is one of each."""

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import orjson

from homespun.networks import graphemes, shrinking
from homespun.networks.bluesky import posts
from homespun.networks.bluesky.asking import Asker, Unanswered
from homespun.networks.bluesky.cards import card
from homespun.networks.bluesky.client import APPVIEW, PLC
from homespun.networks.bluesky.directory import Directory
from homespun.networks.bluesky.facets import facets
from homespun.networks.bluesky.identity import FIRST_MS, POST, SORTED, account, is_post, key_ms, now_ms, parts
from homespun.networks.bluesky.session import Session
from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.protocols import Limits, Picture, Speaks, TakesBack, Words
from homespun.networks.said import said as _
from homespun.networks.values import Place, Post, Visibility

if TYPE_CHECKING:
    from homespun.networks.live import Asking  # which knows all networks

LONGEST, PICTURES = 300, 4  # app.bsky.feed.post, app.bsky.embed.images
GAP = "\n\n"  # between a warning and the words
LARGEST = 1_000_000  # bytes of a picture
RULES = {"longest": LONGEST, "pictures": PICTURES}
REPOST, LIKE = "app.bsky.feed.repost", "app.bsky.feed.like"
LABELS = {words: label for label, words in posts.WARNINGS.items() if label in ("porn", "sexual", "nudity", "graphic-media")}


class Held(msgspec.Struct):
    """com.atproto.repo.getRecord."""

    uri: str = ""
    cid: str = ""
    value: dict[str, Any] = {}

    @property
    def pointer(self) -> dict[str, str]:
        """That very version of it (com.atproto.repo.strongRef)."""
        return {"uri": self.uri, "cid": self.cid}


class Speaker(Speaks, TakesBack):
    """Acts as the account whose secret it is given."""

    limits = Limits(longest=LONGEST, pictures=PICTURES, edits=False, names_in_parts=True, warning_gap=len(GAP))

    def __init__(self, asking: "Asking") -> None:
        self.session = Session(asking)
        appview = (asking.settings.get("bluesky_appview") or APPVIEW).rstrip("/")
        self.directory = Directory(Asker(asking.door), (asking.settings.get("bluesky_plc") or PLC).rstrip("/"), appview)

    def length(self, text: str) -> int:
        return graphemes.length(text)

    def post(self, words: Words) -> Post:
        key = key_of(words)
        uri = f"at://{self.session.did}/{POST}/{key}"
        if words.again and (held := self.found(uri)):
            return self.shown(uri, held.value)
        record = self.record(words)
        self.session.call("com.atproto.repo.createRecord", {"repo": self.session.did, "collection": POST, "rkey": key, "record": record})
        return self.shown(uri, record)

    def record(self, words: Words) -> dict[str, Any]:
        if words.visibility != Visibility.PUBLIC:
            raise NetworkError(_("Bluesky shows every post to everybody, so this was not posted there."))
        label, text = LABELS.get(words.warning, ""), words.text
        known = {handle.casefold(): did for handle, did in words.people}
        if words.warning and not label:
            text = f"{words.warning}{GAP}{text}"  # the network knows no warnings in words of one's own
        if self.length(text) > LONGEST:
            raise NetworkError(_("This has more than the %(most)s signs that a post on Bluesky can have.", most=LONGEST))
        record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": now()}
        record |= {"langs": [words.lang]} if words.lang else {}
        record |= {"facets": found} if (found := facets(text, lambda handle: known.get(handle.casefold()) or self.did(handle))) else {}
        record |= {"reply": self.answering(words.parent)} if words.parent else {}
        record |= {"labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": label}]}} if label else {}
        return record | ({"embed": embed} if (embed := self.embedded(words)) else {})

    def did(self, handle: str) -> str:
        try:
            return self.directory.did(handle)
        except NetworkError as error:
            if not error.permanent:
                raise
            return ""

    def answering(self, parent: str) -> dict[str, Any]:
        """Root and parent; where the parent begins its thread they are the same."""
        held = self.held(parent)
        reply = held.value.get("reply")
        root = reply.get("root") if isinstance(reply, dict) else None
        is_told = isinstance(root, dict) and isinstance(root.get("uri"), str) and isinstance(root.get("cid"), str)
        return {"root": {"uri": root["uri"], "cid": root["cid"]} if is_told and root else held.pointer, "parent": held.pointer}

    def held(self, uri: str) -> Held:
        """As the server of its author holds it. Raises `NetworkError`."""
        found = self.found(uri)
        if found is None:
            raise NetworkError(_("That post is not there any more."))
        return found

    def found(self, uri: str) -> Held | None:
        if not is_post(uri):
            raise NetworkError(_("%(uri)s is no post on Bluesky.", uri=uri[:200]))
        did, collection, key = parts(uri)
        own = did == self.session.did
        server = self.session.server if own else self.directory.pds(did)
        try:
            held = self.directory.asker.query(server, "com.atproto.repo.getRecord", Held, repo=did, collection=collection, rkey=key)
        except Unanswered as error:
            if error.refused and error.status == 400:
                return None
            raise
        return held if held.uri == uri and held.cid else None

    def embedded(self, words: Words) -> dict[str, Any] | None:
        quoted = {"$type": "app.bsky.embed.record", "record": self.held(words.quoted).pointer} if words.quoted else None
        if not words.pictures:
            return quoted or card(self.session.door, words.text, self.session.upload)
        images = {"$type": "app.bsky.embed.images", "images": [self.picture(each) for each in words.pictures[:PICTURES]]}
        return {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": images} if quoted else images

    def picture(self, picture: Picture) -> dict[str, Any]:
        content, kind = shrinking.fitted(picture.content, picture.content_type, LARGEST)
        width, height = shrinking.size(content)
        ratio = {"aspectRatio": {"width": width, "height": height}} if width and height else {}
        return {"image": self.session.upload(content, kind), "alt": picture.alt, **ratio}

    def shown(self, uri: str, record: dict[str, Any]) -> Post:
        me = account(self.session.did, self.session.secret.get("handle", ""))
        raw = posts.held(uri, orjson.dumps(record), {"did": me.uri, "handle": me.handle}, self.session.server)
        try:
            return posts.post(posts.read(raw), raw, Place.SERVER, me)
        except Unusable as error:
            raise NetworkError(error.said) from error

    def edit(self, uri: str, words: Words) -> Post:
        raise NetworkError(_("Posts on Bluesky cannot be edited. Delete it and write it anew."))

    def delete(self, uri: str) -> None:
        """Gone is gone: nothing is raised where it was deleted before."""
        did, collection, key = parts(uri)
        if did != self.session.did:
            raise NetworkError(_("Only posts of the account itself can be deleted."))
        self.session.call("com.atproto.repo.deleteRecord", {"repo": did, "collection": collection, "rkey": key})

    def repost(self, uri: str) -> None:
        self.pointed(REPOST, uri)

    def like(self, uri: str) -> None:
        self.pointed(LIKE, uri)

    def pointed(self, kind: str, uri: str) -> None:
        """A record that points at a post, under a key that is the post's and the kind's, so that there is one."""
        record = {"$type": kind, "subject": self.held(uri).pointer, "createdAt": now()}
        where = {"repo": self.session.did, "collection": kind, "rkey": pointing(kind, uri)}
        self.session.call("com.atproto.repo.putRecord", where | {"record": record})

    def unrepost(self, uri: str) -> None:
        self.unpointed(REPOST, uri)

    def unlike(self, uri: str) -> None:
        self.unpointed(LIKE, uri)

    def unpointed(self, kind: str, uri: str) -> None:
        """The record that `pointed` made goes, if it is there."""
        where = {"repo": self.session.did, "collection": kind, "rkey": pointing(kind, uri)}
        self.session.call("com.atproto.repo.deleteRecord", where)


def pointing(kind: str, uri: str) -> str:
    return keyed(key_ms(parts(uri)[2]), f"{kind} {uri}")


def key_of(words: Words) -> str:
    return keyed(words.begun or now_ms(), words.key)


def keyed(ms: int, name: str) -> str:
    """A record key of that moment (a TID): microseconds and clock are told by the name."""
    told = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    number = (max(ms, FIRST_MS) * 1000 + told % 1000) << 10 | told // 1000 % 1024
    return "".join(SORTED[number >> place & 31] for place in range(60, -1, -5))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
