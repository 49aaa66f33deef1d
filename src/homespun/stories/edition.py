"""What an edition holds: a story as it was when it was published, whole in itself.

Nothing in it points at a row that may change: words, names, addresses and the basis of each quotation are copies. `shape`
says which version of this module wrote it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from html import escape
from typing import Any

import msgspec
from django.utils.text import Truncator
from django.utils.translation import gettext

from homespun.conversations.models import Post, PostMedia
from homespun.core import media as files
from homespun.core.html import clean
from homespun.core.models import MediaFile
from homespun.stories import words
from homespun.stories.models import Edition, Item, Story
from homespun.stories.queries import is_ours, items, originals, posts, shown_words
from homespun.stories.queries.closed import closed, is_closed, is_closed_picture
from homespun.stories.queries.quoted import is_private

SHAPE = 1


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file by its content, shown to the public as a copy that tells nothing beside it; without `sha256` we hold no file of it."""

    kind: str = "image"  # image, video, gif, audio
    sha256: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0
    focus: str = ""  # "50% 20%": the point that stays in view when it is cropped
    film: str = ""  # name of the copy of a film or sound; without it there is none that may be shown outside


class Author(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who said it, under the name that they went by when it was published."""

    name: str
    handle: str = ""
    uri: str = ""
    url: str = ""
    network: str = ""


class Basis(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why the words may stand here: own, organisation, agreed; how and when that was given."""

    kind: str
    how: str = ""
    when: date | None = None


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One item. `html` is clean, `text` the same without marks; both are "" where the kind has no words."""

    number: int  # 0 for a heading; editions from before have numbered headings, and keep them
    kind: str  # as Item.Kind
    html: str = ""
    text: str = ""
    author: Author | None = None
    own: bool = False  # said by us
    uri: str = ""
    url: str = ""
    network: str = ""
    lang: str = ""
    published: datetime | None = None
    media: tuple[Picture, ...] = ()
    basis: Basis | None = None
    title: str = ""
    caption: str = ""
    who: str = ""
    where: str = ""
    when: str = ""
    answered: tuple[str, ...] = ()  # names that a reply begins with and that are not shown, where the item before does not tell: @maplehall
    original: str = ""  # uri of what a repost shows
    is_cut: bool = False  # its source has only the beginning of its words
    withdrawn: bool = False  # it may not be shown any more; only the number is left
    by_author: bool = False  # its author withdrew it, and verified that

    @property
    def withdrawn_sentence(self) -> str:
        """What readers see instead."""
        return gettext("The author has withdrawn this post.") if self.by_author else gettext("This post is no longer shown.")


class Teller(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str = ""
    about: str = ""


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands above the items, and what lists and feeds show."""

    title: str
    shape: int = SHAPE
    introduction: str = ""  # clean html
    lead: str = ""  # the introduction without marks, or how the narration begins
    cover: Picture | None = None
    cover_caption: str = ""
    author: Teller = Teller()
    tags: tuple[str, ...] = ()
    noindex: bool = False
    count: int = 0  # of numbered items
    people: int = 0  # quoted beside ourselves


class Content(msgspec.Struct, frozen=True):
    head: Head
    items: tuple[Entry, ...]

    def pictures(self) -> Iterator[Picture]:
        """Every picture that the public is shown, cover first."""
        if self.head.cover:
            yield self.head.cover
        for entry in self.items:
            yield from (picture for picture in entry.media if picture.kind == "image" and picture.sha256)

    def films(self) -> Iterator[Picture]:
        """Every film and sound that the public is shown."""
        return (picture for entry in self.items for picture in entry.media if picture.film)


def build(story: Story) -> Content:
    """The draft as an edition would hold it now, whether or not it may be published."""
    rows = list(items(story))
    return freeze(story, rows, posts(row.post_uri for row in rows))


def freeze(story: Story, rows: Iterable[Item], held: dict[str, Post]) -> Content:
    """The same from items (with their `number`) and posts that have been read already. Queries about the cover and about reposts only."""
    reposted = originals(held.values())
    entries = []
    before: Post | None = None  # the post of the item before
    for row in rows:
        post = held.get(row.post_uri)
        entries.append(_entry(row, post, reposted.get(post.pk) if post else None, before))
        before = post
    return Content(_head(story, tuple(entries)), tuple(entries))


def head(edition: Edition) -> Head:
    """What lists and feeds show of an edition; its items are not read."""
    return msgspec.convert(edition.head, Head)


def content(edition: Edition) -> Content:
    """What is shown of an edition: all of it but for words that were closed since."""
    entries = msgspec.convert(edition.items, tuple[Entry, ...])
    gone = closed(uri for entry in entries if entry.kind == Item.Kind.POST for uri in (entry.uri, entry.original))
    if not gone:
        return Content(head(edition), entries)
    top = head(edition)
    if top.cover and is_closed_picture(top.cover.sha256):
        top = msgspec.structs.replace(top, cover=None, cover_caption="")
    shown = (
        Entry(entry.number, entry.kind, withdrawn=True, by_author=gone.get(entry.uri, False))
        if entry.uri in gone or entry.original in gone
        else entry
        for entry in entries
    )
    return Content(top, tuple(shown))


def stored(value: Head | tuple[Entry, ...]) -> Any:
    """As the database keeps it."""
    return msgspec.to_builtins(value)


def _head(story: Story, entries: tuple[Entry, ...]) -> Head:
    others = {entry.author.uri or entry.author.name for entry in entries if entry.author and not entry.own}
    return Head(
        title=story.title,
        introduction=story.introduction,
        lead=words.plain(story.introduction) or _first_words(entries),
        cover=_cover(story),
        cover_caption=story.cover_caption,
        author=Teller(story.author_name, story.author_about),
        tags=tuple(story.tags),
        noindex=story.noindex,
        count=sum(entry.number > 0 for entry in entries),
        people=len(others),
    )


def _first_words(entries: tuple[Entry, ...]) -> str:
    """What lists say of a story without an introduction: how its narration begins."""
    narrated = (entry.text for entry in entries if entry.kind == Item.Kind.NARRATION)
    return Truncator(next(narrated, "")).chars(300)


def _cover(story: Story) -> Picture | None:
    if story.cover is None or is_closed_picture(story.cover.sha256):
        return None
    return _picture(story.cover, story.cover_alt, story.cover_focus)


def _entry(item: Item, post: Post | None, original: Post | None, before: Post | None) -> Entry:
    number: int = item.number  # type: ignore[attr-defined]  # annotated by `items()`
    if item.kind == Item.Kind.POST:
        return _quoted_post(number, item, post, original, before)
    if item.kind == Item.Kind.QUOTE:
        return _quotation(number, item)
    return Entry(
        number=number,
        kind=item.kind,
        html=_heading(item) if item.kind == Item.Kind.HEADING else item.html,
        text=words.plain(item.html),
        url=words.web_address(item.url),
        media=(_picture(item.media, item.alt),) if item.media else (),
        title=item.title,
        caption=item.caption,
    )


def _heading(item: Item) -> str:
    """One line below the title of the story, however it was typed."""
    return f"<h2>{escape(' '.join(words.plain(item.html).split()))}</h2>"


def _quoted_post(number: int, item: Item, post: Post | None, original: Post | None, before: Post | None) -> Entry:
    if post is None:
        return Entry(number=number, kind=item.kind, uri=item.post_uri, withdrawn=True)
    if is_closed(post) or (original and is_closed(original)):
        return Entry(number=number, kind=item.kind, withdrawn=True)
    own = is_ours(item, post)
    original = None if original and is_private(original) else original
    shown = shown_words(post, original)
    is_told = len(shown.answered) == 1 and before is not None and post.parent_id == before.pk
    return Entry(
        number=number,
        kind=item.kind,
        html=clean(shown.html) or words.paragraphs(shown.text),
        text=shown.text or words.plain(shown.html),
        author=_author(post),
        own=own,
        uri=post.uri,
        url=words.web_address(post.url),
        network=post.network,
        lang=post.lang if post.lang not in ("und", "zxx", "qme", "qht", "qam", "qct", "qst") else "",
        published=post.published,
        media=tuple(_post_picture(media) for media in post.media.all() or (original.media.all() if original else ())),
        basis=_basis(item, own),
        caption=item.caption,
        answered=() if is_told else shown.answered,
        original=original.uri if original else "",
        is_cut=shown.is_cut,
    )


def _quotation(number: int, item: Item) -> Entry:
    return Entry(
        number=number,
        kind=item.kind,
        html=item.html,
        text=words.plain(item.html),
        author=Author(item.who) if item.who else None,
        own=item.basis == Item.Basis.OWN,
        url=words.web_address(item.url),
        basis=_basis(item, own=False),
        who=item.who,
        where=item.where,
        when=item.when,
    )


def _author(post: Post) -> Author | None:
    who = post.author
    if who is None:
        return None
    return Author(who.name or who.handle, who.handle, who.uri, words.account_address(who.uri, who.network, who.handle), who.network)


def _basis(item: Item, own: bool) -> Basis | None:
    kind = item.basis or (Item.Basis.OWN.value if own else "")
    return Basis(kind, item.basis_how, item.basis_when) if kind else None


def _picture(file: MediaFile, alt: str, focus: str = "") -> Picture:
    return Picture("image", file.sha256, alt, file.width, file.height, focus)


def _post_picture(media: PostMedia) -> Picture:
    file = media.file
    width, height = (file.width, file.height) if file and file.width else (media.width, media.height)
    film = files.film_name(file) if file and media.kind != "image" else ""
    return Picture(media.kind, file.sha256 if file else "", media.alt, width, height, film=film)
