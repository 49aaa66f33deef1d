"""The shapes of posts as app views and repositories write them: what is read of them, and no more. What is odd is left out by `tolerant`.

Lexicons: app.bsky.feed.post, app.bsky.feed.defs#postView, app.bsky.embed.*, app.bsky.richtext.facet.
"""

import msgspec

Word = str | None


class Shape(msgspec.Struct, gc=False):
    """Of a part of a post; every field may be missing."""


class Typed(Shape):
    type: Word = msgspec.field(default=None, name="$type")


class Label(Shape):
    val: Word = None
    neg: bool | None = None  # it was taken back


class OwnLabels(Shape):
    values: list[Label] | None = None


class Author(Shape):
    did: Word = None
    handle: Word = None
    displayName: Word = None
    avatar: Word = None
    description: Word = None
    labels: list[Label] | None = None


class Slice(Shape):
    byteStart: int = -1
    byteEnd: int = -1


class Feature(Typed):
    uri: Word = None  # of a link
    did: Word = None  # of a mention


class Facet(Shape):
    index: Slice | None = None
    features: list[Feature] | None = None


class Pointer(Shape):
    """A strong reference: uri and the hash of what stood there."""

    uri: Word = None


class Reply(Shape):
    root: Pointer | None = None
    parent: Pointer | None = None


class Ratio(Shape):
    width: int | None = None
    height: int | None = None


class Link(Shape):
    link: Word = msgspec.field(default=None, name="$link")


class Blob(Shape):
    ref: Link | None = None
    mimeType: Word = None


class Picture(Shape):
    alt: Word = None
    image: Blob | None = None
    fullsize: Word = None
    aspectRatio: Ratio | None = None


class External(Shape):
    uri: Word = None
    title: Word = None
    description: Word = None


class Embed(Typed):
    """Any of images, video, external, record and recordWithMedia, as a record has it or as a view shows it."""

    images: list[Picture] | None = None
    video: Blob | None = None
    alt: Word = None
    aspectRatio: Ratio | None = None
    cid: Word = None
    playlist: Word = None
    external: External | None = None
    media: msgspec.Raw = msgspec.Raw()
    record: msgspec.Raw = msgspec.Raw()


class Record(Shape):
    text: Word = None
    createdAt: Word = None
    langs: list[str] | None = None
    facets: list[Facet] | None = None
    reply: Reply | None = None
    embed: Embed | None = None
    labels: OwnLabels | None = None


class View(Typed):
    """A post as an app view shows it. What a repository holds is kept in this shape, too: with the `pds` that holds its pictures, and with
    when it was `edited` (ms) where that was heard."""

    uri: Word = None
    author: Author | None = None
    record: Record | None = None
    value: Record | None = None  # where it stands inside another
    embed: Embed | None = None
    embeds: list[Embed] | None = None
    replyCount: int | None = None
    indexedAt: Word = None
    labels: list[Label] | None = None
    pds: Word = None
    edited: int | None = None


class Quoted(Typed):
    """What stands in the place of a post that is quoted: where it cannot be shown, why."""

    uri: Word = None
    record: msgspec.Raw = msgspec.Raw()
    blocked: bool = False
    notFound: bool = False
    detached: bool = False


class Node(Typed):
    """A post in a thread, or why it is not shown. Lexicon: app.bsky.feed.getPostThread."""

    post: msgspec.Raw = msgspec.Raw()
    parent: msgspec.Raw = msgspec.Raw()
    replies: list[msgspec.Raw] | None = None
    uri: Word = None
    notFound: bool = False
    blocked: bool = False


class Thread(Shape):
    thread: msgspec.Raw = msgspec.Raw()
