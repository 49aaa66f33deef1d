"""A post's card: all that a page needs to show one post, read for many posts in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models.base import ModelState

from homespun.conversations.models import Post, PostName, State
from homespun.conversations.queries.displayed import Displayed, Original, displayed
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account

AT_ONCE = 900  # fewer than the parameters that any SQLite takes in one query
# Asked in SQL, and times as text: to put these together in Python costs more than to answer them.
POSTS = """
select post.id, post.uri, post.url, post.network, post.published || '', post.text, post.lang, post.state, post.visibility,
    post.edited || '', post.parent_id, post.conversation_id, post.html, post.warning, post.is_cut, missing.child_id,
    account.id, account.uri, account.network, account.handle, account.name, account.bio, account.avatar, account.is_own
from conversations_post post left join people_account account on account.id = post.author_id
left join conversations_missingparent missing on missing.child_id = post.id
where post.id in ({})
"""
FIELDS = 15  # of a post, beside its key; those of its author follow
ACCOUNT = ("id", "uri", "network", "handle", "name", "bio", "avatar", "is_own")
PICTURES = """
select media.post_id, media.kind, file.sha256, file.content_type, media.alt, media.width, media.height, file.width, file.height, media.url
from conversations_postmedia media left join core_mediafile file on file.id = media.file_id
where media.post_id in ({}) order by media.post_id, media.position
"""
SEEN = """
select distinct sighting.post_id, sighting.source_id, source.title, sighting.place, source.kind
from conversations_sighting sighting join conversations_source source on source.id = sighting.source_id
where sighting.post_id in ({}) order by sighting.place, sighting.source_id
"""
REFERENCES = "select post_id, kind, uri from conversations_reference where post_id in ({}) order by id"
ARCHIVES = ("archive", "export", "repository")  # how the kinds of sources end that are files of somebody's own
STATES = {each.value: each for each in State}  # faster than calling the classes
VISIBILITIES = {each.value: each for each in Visibility}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, video or sound of a post; `sha256` is empty while its file has been found in no source."""

    kind: str  # image, video, gif, audio
    sha256: str
    content_type: str
    alt: str
    width: int
    height: int
    url: str  # where it was

    @property
    def is_moving(self) -> bool:
        return self.content_type.startswith("video/")


@dataclass(frozen=True, slots=True)
class Seen:
    """That a source showed the post, and in which place."""

    source: int
    title: str
    place: Place
    kind: str = ""

    @property
    def is_archive(self) -> bool:
        return self.kind.endswith(ARCHIVES)


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a post quotes or reposts; `card` is None where nobody holds it."""

    kind: str  # quote, repost
    uri: str
    author: Account | None = None
    text: str = ""
    conversation: int = 0
    post: int = 0
    warning: str = ""
    html: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One post."""

    id: int
    uri: str
    url: str
    network: str
    author: Account | None
    own: bool
    published: datetime
    text: str
    lang: str
    state: State
    visibility: Visibility
    edited: datetime | None
    parent: int | None
    conversation: int
    shown: Displayed  # its words as pages have them
    html: str = ""  # as its network gave it: not safe before it is cleaned
    warning: str = ""  # what its author put before the words
    pictures: tuple[Picture, ...] = ()
    seen: tuple[Seen, ...] = ()
    quoted: tuple[Quoted, ...] = ()

    @property
    def sources(self) -> int:
        """In how many sources it was seen."""
        return len({seen.source for seen in self.seen})

    @property
    def is_from_archives(self) -> bool:
        """Whether no server has shown it."""
        return all(seen.is_archive for seen in self.seen)

    @property
    def is_private(self) -> bool:
        return self.visibility not in (Visibility.PUBLIC, Visibility.UNLISTED)


def posts_by_uri(uris: Iterable[str]) -> dict[str, Card]:
    """Cards by the uri that was asked for, which may be another name of the post. What is not held is left out."""
    wanted = [uri for uri in dict.fromkeys(uris) if uri]
    keys = _keys_by_uri(wanted)
    held = cards(keys.values())
    return {uri: held[keys[uri]] for uri in wanted if uri in keys}


def _keys_by_uri(uris: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts(uris):
        found |= dict(Post.objects.filter(uri__in=part).values_list("uri", "pk"))
    for part in parts([uri for uri in uris if uri not in found]):
        found |= dict(PostName.objects.filter(name__in=part).values_list("name", "post_id"))
    return found


def cards(keys: Iterable[int]) -> dict[int, Card]:
    """Cards by key, in the order asked for; five queries for up to 900 posts."""
    wanted = list(dict.fromkeys(keys))
    found: dict[int, Card] = {}
    with connection.cursor() as cursor:
        for part in parts(wanted):
            pictures, seen, quoted = _pictures(cursor, part), _seen(cursor, part), _quoted(cursor, part)
            accounts: dict[int | None, Account | None] = {None: None}
            for key, *row in _rows(cursor, POSTS, part):
                author = row[FIELDS]
                if author not in accounts:
                    accounts[author] = _account(row[FIELDS:])
                found[key] = _card(key, row, accounts[author], pictures.get(key, ()), seen.get(key, ()), quoted.get(key, ()))
    return {key: found[key] for key in wanted if key in found}


def _card(
    key: int, row: Sequence[Any], author: Account | None, pictures: Sequence[Picture], seen: Sequence[Seen], quoted: Sequence[Quoted]
) -> Card:
    uri, url, network, published, text, lang, state, visibility, edited, parent, conversation, html, warning, is_cut, ghost = row[:FIELDS]
    is_reply = parent is not None or ghost is not None
    return Card(
        id=key,
        uri=uri,
        url=url,
        network=network,
        author=author,
        own=author is not None and author.is_own,
        published=moment(published),
        text=text,
        lang=lang,
        state=STATES[state],
        visibility=VISIBILITIES[visibility],
        edited=moment(edited) if edited else None,
        parent=parent,
        conversation=conversation,
        html=html,
        warning=warning,
        pictures=tuple(pictures),
        seen=tuple(seen),
        quoted=tuple(quoted),
        shown=displayed(network, text, html, is_reply=is_reply, is_cut=bool(is_cut), original=_original(quoted)),
    )


def _original(quoted: Sequence[Quoted]) -> Original | None:
    held = next((each for each in quoted if each.kind == "repost" and each.post), None)
    return Original(held.text, held.html, held.author.handle if held.author else "", held.is_cut) if held else None


def _account(values: Sequence[Any]) -> Account:
    """As `Account.from_db` would make it, in a third of the time: a page of hits has up to thirty."""
    *written, own = values
    account = Account.__new__(Account)
    account.__dict__.update(zip(ACCOUNT, (*written, bool(own)), strict=True), _state=ModelState())
    account._state.db, account._state.adding = "default", False
    return account


def moment(text: str) -> datetime:
    """SQLite has no time zones: what it keeps is UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _pictures(cursor: CursorWrapper, keys: Sequence[int]) -> dict[int, list[Picture]]:
    found: dict[int, list[Picture]] = defaultdict(list)
    for post, kind, sha256, content_type, alt, width, height, file_width, file_height, url in _rows(cursor, PICTURES, keys):
        size = (width or file_width or 0, height or file_height or 0)
        found[post].append(Picture(kind, sha256 or "", content_type or "", alt, *size, url))
    return found


def _seen(cursor: CursorWrapper, keys: Sequence[int]) -> dict[int, list[Seen]]:
    found: dict[int, list[Seen]] = defaultdict(list)
    for post, source, title, place, kind in _rows(cursor, SEEN, keys):
        found[post].append(Seen(source, title, Place(place), kind))
    return found


def _quoted(cursor: CursorWrapper, keys: Sequence[int]) -> dict[int, list[Quoted]]:
    references = _rows(cursor, REFERENCES, keys)
    held = {post.uri: post for part in parts([uri for _, _, uri in references]) for post in _with_author(part)}
    if absent := {uri for _, _, uri in references} - held.keys():
        held |= _by_other_name(sorted(absent))
    found: dict[int, list[Quoted]] = defaultdict(list)
    for key, kind, uri in references:
        found[key].append(_quote(kind, uri, held.get(uri)))
    return found


def _quote(kind: str, uri: str, post: Post | None) -> Quoted:
    if post is None:
        return Quoted(kind, uri)
    return Quoted(kind, uri, post.author, post.text, post.conversation_id, post.pk, post.warning, post.html, post.is_cut)


def _by_other_name(uris: Sequence[str]) -> dict[str, Post]:
    """By the ids of their edits, and the like."""
    named = PostName.objects.filter(name__in=uris[:AT_ONCE]).select_related("post__author")
    return {each.name: each.post for each in named}


def _rows(cursor: CursorWrapper, statement: str, keys: Sequence[int]) -> list[Any]:
    cursor.execute(statement.format(",".join(["%s"] * len(keys))), keys)
    return list(cursor.fetchall())


def _with_author(uris: Sequence[str]) -> Iterable[Post]:
    return Post.objects.filter(uri__in=uris).select_related("author")


def parts(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE)]
