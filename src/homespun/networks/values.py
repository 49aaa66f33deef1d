"""The frozen values that every network turns its raw answers into. No database, no Django.

Times are whole milliseconds since 1970 in UTC, ids are strings as the network writes them, texts are plain and unescaped.
"""

from enum import IntEnum
from typing import Any

import msgspec

from homespun.networks.said import Said


class Place(IntEnum):
    """Where in a source a post was seen. The smaller the number, the more its words are to be believed."""

    OWN = 1  # the author's own record: a tweets file, an outbox, a repository
    SERVER = 2  # fetched from the author's own server
    NOTE = 3  # the long text of an own post
    COMMUNITY = 4
    CIRCLE = 5
    DELETED = 6  # the author's own record of a post that they deleted
    COPY = 8  # shown by another server that is trusted: the one where an account of ours is
    PAGE = 10  # a saved page
    REPOST = 11  # whole, inside a repost of it
    QUOTE = 12  # whole, inside a post that quotes it
    LIKE = 20  # words only, in a list of likes; the author is known from what replies to it
    REPOST_TEXT = 21  # words only and perhaps cut, after "RT @name:"


class Visibility(IntEnum):
    """Who could see a post where it was posted, as a source says it."""

    PUBLIC = 1
    UNLISTED = 2
    FOLLOWERS = 3
    DIRECT = 4
    CIRCLE = 5
    LIKED = 6  # seen in a private list of likes only
    DELETED = 7  # seen in an author's private record of deleted posts only


FOR_FEW = (Visibility.FOLLOWERS, Visibility.DIRECT)  # said to followers, or to one person

Cursor = dict[str, Any]  # plain JSON


class Account(msgspec.Struct, frozen=True, gc=False):
    """Somebody's presence on one network."""

    uri: str  # permanent: https://x.com/i/user/ID; where only the handle is known, https://x.com/HANDLE in small letters; actor id; DID
    handle: str = ""
    name: str = ""
    avatar: str = ""
    bio: str = ""
    network: str = "x"


class Media(msgspec.Struct, frozen=True, gc=False):
    """A picture, video or sound of a post, and the name under which the source holds its file."""

    kind: str  # image, video, gif, audio
    url: str
    file: str = ""  # name in the source's own media folder
    alt: str = ""
    width: int = 0
    height: int = 0


class Reference(msgspec.Struct, frozen=True, gc=False):
    """That a post points at another: kind is `quote` or `repost`."""

    kind: str
    uri: str


class Post(msgspec.Struct, frozen=True, gc=False):
    """One public utterance by one account, as one place of one source shows it."""

    uri: str
    url: str
    author: Account | None  # None where the place does not say (a like)
    published: int  # ms
    text: str
    lang: str = ""
    parent: str = ""  # uri of the post that this one answers, "" for none
    parent_author: Account | None = None  # what the reply tells of whom it answers
    html: str = ""  # cleaned by the reader of the database, never here; "" where text is all there is
    place: Place = Place.OWN
    visibility: Visibility = Visibility.PUBLIC
    version: str = ""  # id of the edit that this record is; "" for a post that was never edited
    edited: int = 0  # ms of the version, 0 if never edited
    names: tuple[str, ...] = ()  # other uris by which something may point at it (ids of its edits)
    references: tuple[Reference, ...] = ()
    media: tuple[Media, ...] = ()
    raw: bytes = b""  # the place's own record as compact JSON, compressed by zstd
    network: str = "x"
    warning: str = ""  # what its author put before the words, for readers to decide whether they want them
    replies: int = 0  # how many answers the network says there are
    mentions: tuple[str, ...] = ()  # uris of accounts that it names, or addresses of their profiles
    root: str = ""  # uri of the post that its conversation begins with, where the network tells it; "" for such a post itself
    is_cut: bool = False  # whether the source itself has only the beginning of its words


class Page(msgspec.Struct, frozen=True, gc=False):
    """What one reading step of a source brings. `cursor` is plain JSON: a reader that is given it goes on behind this page."""

    posts: list[Post]
    cursor: dict[str, Any]
    asides: list[Post] = []  # words that become a post only when something held answers them
    unread: "tuple[Unread, ...]" = ()
    counts: dict[str, int] = {}  # read, notes, deleted, circle, community: of this page
    progress: float = 0.0  # 0 to 1, of the whole source


class Unread(msgspec.Struct, frozen=True, gc=False):
    """Something that could not be read: where it stands, and why in a sentence."""

    where: Said
    why: Said
