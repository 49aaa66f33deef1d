"""One post out of all that sources show of it. Pure, and the same whatever the order they came in."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from homespun.conversations.models import State
from homespun.networks.values import Account, Media, Place, Post, Reference

ARCHIVED = "x"  # shown by archives alone, which differ in whom they tell a post was for and how much of its words they hold


class Sight(NamedTuple):
    """A record of a post in one source. `made` is when the source says that it was made, `seen` when a server showed it, as the database
    writes both."""

    source: int
    post: Post
    made: str = ""
    seen: str = ""

    @property
    def key(self) -> tuple[int, int, str]:
        return (self.source, int(self.post.place), self.post.version)


class Merged(msgspec.Struct, gc=False):
    """What a post is to be."""

    uri: str
    url: str
    author: Account | None
    published: int
    text: str
    lang: str
    parent: str
    parent_author: Account | None
    place: int
    visibility: int
    state: int
    edited: int
    names: tuple[str, ...]
    references: tuple[Reference, ...]
    media: tuple[Media, ...]
    network: str
    html: str
    warning: str
    replies: int
    root: str
    is_cut: bool


def alone(post: Post) -> Merged:
    """Of one record."""
    return Merged(
        post.uri,
        post.url,
        post.author,
        post.published,
        post.text,
        post.lang,
        post.parent,
        post.parent_author,
        int(post.place),
        int(post.visibility),
        state_of(post),
        post.edited,
        post.names,
        post.references,
        post.media,
        post.network,
        post.html,
        post.warning,
        post.replies,
        post.root,
        post.is_cut,
    )


def merged(uri: str, sights: Iterable[Sight]) -> Merged:
    """The better place first, in it the newest version, the one that was shown last, the fullest words, the newest source, and at last
    any fixed order."""
    ordered = sorted(sights, key=worth)
    posts = [sight.post for sight in ordered]
    best = posts[0]
    answering = next((post for post in posts if post.parent and post.parent != uri), None)
    return Merged(
        uri=uri,
        url=next((post.url for post in posts if "/i/status/" not in post.url), best.url),
        author=next((post.author for post in posts if post.author), None),
        published=best.published,
        text=best.text,
        lang=next((post.lang for post in posts if post.lang), ""),
        parent=answering.parent if answering else "",
        parent_author=answering.parent_author if answering else None,
        place=min(int(post.place) for post in posts),
        visibility=min(int(post.visibility) for post in posts) if best.network == ARCHIVED else int(best.visibility),
        state=int(State.DELETED) if any(post.place == Place.DELETED for post in posts) else state_of(best),
        edited=best.edited,
        names=tuple(sorted({name for post in posts for name in (*post.names, post.uri)} - {uri})),
        references=next((post.references for post in posts if post.references), ()),
        media=next((post.media for post in posts if post.media), ()),
        network=best.network,
        html=best.html,
        warning=best.warning,
        replies=max(post.replies for post in posts),
        root=next((post.root for post in posts if answering and post.root and post.parent == answering.parent), ""),
        is_cut=best.is_cut,
    )


def worth(sight: Sight) -> tuple[int, int, tuple[int, ...], int, tuple[int, ...], bytes]:
    post = sight.post
    place = Place.OWN if post.place == Place.SERVER else post.place  # the author's own server says as much as their own record
    shown = (sight.seen or sight.made) if post.network != ARCHIVED else ""
    return (int(place), -post.edited, _newest(shown), -len(post.text), _newest(sight.made), post.raw)


def _newest(moment: str) -> tuple[int, ...]:
    return tuple(-ord(sign) for sign in moment) if moment else (0,)


def state_of(post: Post) -> int:
    if post.place == Place.DELETED:
        return int(State.DELETED)
    return int(State.EDITED) if post.edited else int(State.LIVE)
