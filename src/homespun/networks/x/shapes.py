"""The shapes of a tweet as archives of every era write it: what is read of it, and no more. What is odd is left out by `tolerant`."""

import msgspec

Id = str | int | None  # digits; written as a number by some
Word = str | None


class Shape(msgspec.Struct, gc=False):
    """Of a part of a tweet; every field may be missing."""


class User(Shape):
    id_str: Id = None
    id: Id = None
    screen_name: Word = None
    name: Word = None
    profile_image_url_https: Word = None


class Link(Shape):
    url: Word = None
    expanded_url: Word = None


class Size(Shape):
    w: Id = None
    h: Id = None


class Sizes(Shape):
    large: Size | None = None


class Film(Shape):
    content_type: Word = None
    bitrate: Id = None
    url: Word = None


class Films(Shape):
    variants: list[Film] | None = None


class Medium(Shape):
    url: Word = None
    media_url_https: Word = None
    media_url: Word = None
    type: Word = None
    ext_alt_text: Word = None
    sizes: Sizes | None = None
    video_info: Films | None = None
    source_status_id_str: Id = None
    source_status_id: Id = None


class Entities(Shape):
    urls: list[Link] | None = None
    media: list[Medium] | None = None
    user_mentions: list[User] | None = None


class Versions(Shape):
    editTweetIds: list[Id] | None = None


class Edit(Shape):
    initialTweetId: Id = None
    editControlInitial: Versions | None = None


class Edits(Shape):
    initial: Versions | None = None
    edit: Edit | None = None


class LongLink(Shape):
    shortUrl: Word = None
    expandedUrl: Word = None


class Long(Shape):
    """The words of a long post, put into its tweet by us."""

    text: Word = None
    urls: list[LongLink] | None = None


class Tweet(Shape):
    id_str: Id = None
    id: Id = None
    full_text: Word = None
    text: Word = None
    created_at: Word = None
    lang: Word = None
    user: User | None = None
    in_reply_to_status_id_str: Id = None
    in_reply_to_status_id: Id = None
    in_reply_to_user_id_str: Id = None
    in_reply_to_user_id: Id = None
    in_reply_to_screen_name: Word = None
    entities: Entities | None = None
    extended_entities: Entities | None = None
    edit_info: Edits | None = None
    note_tweet: Long | None = None
    quoted_status_id_str: Id = None
    reply_count: Id = None
    quoted_status: msgspec.Raw = msgspec.Raw()
    retweeted_status: msgspec.Raw = msgspec.Raw()

    @property
    def words(self) -> str | None:
        return self.text if self.full_text is None else self.full_text


class Like(Shape):
    tweetId: Id = None
    fullText: Word = None
