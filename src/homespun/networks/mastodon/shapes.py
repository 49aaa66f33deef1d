"""The shapes of what a Mastodon-compatible API answers: what is read of it, and no more. What is odd is left out by `tolerant`.

docs.joinmastodon.org/entities; Pleroma, Akkoma, GoToSocial, Pixelfed and others write the same with fields of their own.
"""

import msgspec

Word = str | None
Number = int | float | None


class Shape(msgspec.Struct, gc=False):
    """Of a part of a status; every field may be missing."""


class User(Shape):
    id: Word = None
    username: Word = None
    acct: Word = None
    display_name: Word = None
    url: Word = None
    uri: Word = None  # actor id; since Mastodon 4.2
    avatar: Word = None
    note: Word = None


class Size(Shape):
    width: Number = None
    height: Number = None


class Sizes(Shape):
    original: Size | None = None


class Attached(Shape):
    type: Word = None
    url: Word = None
    remote_url: Word = None
    description: Word = None
    meta: Sizes | None = None


class Mention(Shape):
    id: Word = None
    url: Word = None
    acct: Word = None


class Option(Shape):
    title: Word = None


class Poll(Shape):
    options: list[Option] | None = None


class Status(Shape):
    id: Word = None
    uri: Word = None
    url: Word = None
    created_at: Word = None
    edited_at: Word = None
    in_reply_to_id: Word = None
    in_reply_to_account_id: Word = None
    spoiler_text: Word = None
    visibility: Word = None
    language: Word = None
    content: Word = None
    replies_count: Number = None
    account: User | None = None
    media_attachments: list[Attached] | None = None
    mentions: list[Mention] | None = None
    poll: Poll | None = None
    reblog: msgspec.Raw = msgspec.Raw()
    quote: msgspec.Raw = msgspec.Raw()
    shown_by: Word = None  # ours: the address of the server that showed it, as its ids mean nothing elsewhere
    answers: Word = None  # ours: uri of what it answers, where the same answer named it


class Quote(Shape):
    """As Mastodon writes it since 4.4; others put the whole status there."""

    state: Word = None
    quoted_status: msgspec.Raw = msgspec.Raw()
    quoted_status_id: Word = None
    uri: Word = None


class Named(Shape):
    """No more of a status than what it is called."""

    id: Word = None
    uri: Word = None
    in_reply_to_id: Word = None


class Context(Shape):
    ancestors: list[msgspec.Raw] | None = None
    descendants: list[msgspec.Raw] | None = None


class Notification(Shape):
    id: Word = None
    type: Word = None
    status: msgspec.Raw = msgspec.Raw()
