"""What is kept of a page or of an entry of a feed, and the post that it is. Pure: the same record gives the same post."""

from typing import Any

import msgspec

from homespun.networks import tolerant
from homespun.networks.errors import Unusable
from homespun.networks.packing import Packing
from homespun.networks.said import said as _
from homespun.networks.values import Account, Media, Place, Post
from homespun.networks.web.addresses import home_of, host_of, is_same_site, slug, tidy
from homespun.networks.web.texts import TAG, pictures_in, text_of_html
from homespun.networks.x.tweets import STATUS, STATUS_LINK

NETWORK = "web"
LONGEST_HTML = 400_000
LAST_MS = (1 << 41) - 1
PACKING = Packing()
Record = dict[str, Any]


class Author(msgspec.Struct, gc=False):
    name: str | None = None
    url: str | None = None
    photo: str | None = None


class Medium(msgspec.Struct, gc=False):
    url: str | None = None
    type: str | None = None  # a media type, or the first half of one
    alt: str | None = None
    width: int | None = None
    height: int | None = None


class Told(msgspec.Struct, gc=False):
    """What a page or an entry tells of itself. Addresses are whole."""

    url: str = ""  # of the post: what it goes by
    link: str = ""  # where a person reads it, where that is elsewhere
    names: list[str] = []
    title: str = ""
    html: str = ""
    text: str = ""  # where there is no html
    author: Author = msgspec.field(default_factory=Author)
    site: str = ""  # what the site calls itself
    home: str = ""  # where it begins
    published: int = 0
    edited: int = 0  # when other words than before were first seen here, or what it says itself then
    lang: str = ""
    parent: str = ""
    media: list[Medium] = []
    replies: int = 0
    copied: bool = False  # shown by another site than its own
    guessed: bool = False  # read off a page that does not say which of its words are the post


def packed(told: Told) -> bytes:
    return PACKING.packed(msgspec.json.encode(told))


def renewed(raw: bytes, place: Place, owner: Account | None) -> Post:
    """The value of a record that was kept, by today's parser. Raises `Unusable`."""
    return post(raw)


def post(raw: bytes) -> Post:
    told = tolerant.read(Told, PACKING.unpacked(raw))
    if not tidy(told.url):
        raise Unusable(_("It was left out: it has no address."))
    if not 0 < told.published < LAST_MS:
        raise Unusable(_("It was left out: it does not say when it was written."))
    html = told.html[:LONGEST_HTML]
    if html and not TAG.search(html):
        html, told.text = "", html
    text = "\n\n".join(filter(None, [told.title.strip(), text_of_html(html) if html else told.text.strip()]))
    media = media_of(told, html)
    if not text and not media:
        raise Unusable(_("It was left out: it has no words."))
    edited = told.edited if told.edited > told.published else 0
    return Post(
        uri=tidy(told.url),
        url=tidy(told.link) or tidy(told.url),
        author=account(told),
        published=told.published,
        text=text.replace("\0", ""),
        lang=told.lang[:12],
        parent=answered(told),
        html=whole(told.title, html).replace("\0", ""),
        place=Place.PAGE if told.guessed else Place.COPY if told.copied else Place.SERVER,
        version=str(edited) if edited else "",
        edited=edited,
        names=tuple(sorted({tidy(each) for each in told.names} - {"", tidy(told.url)})),
        media=media,
        raw=raw,
        network=NETWORK,
        replies=max(0, told.replies),
    )


def answered(told: Told) -> str:
    """What it answers, by the one name of a post of X, and by its address anywhere else."""
    parent = tidy(told.parent)
    if match := STATUS_LINK.match(parent):
        return f"{STATUS}{int(match[1])}"
    return parent if parent != tidy(told.url) else ""


def whole(title: str, html: str) -> str:
    """The words with their heading, as html; cleaned by whoever shows it."""
    if not html:
        return ""
    heading = title.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<h2>{heading}</h2>\n{html}" if heading else html


def account(told: Told) -> Account:
    """By the author's own page on that site; else by their name there; else it is the site itself."""
    home = tidy(told.home) or home_of(tidy(told.url))
    name, site = flat(told.author.name, 500), flat(told.site, 500)
    page = tidy(told.author.url, home)
    uri = home
    if page and page != home and is_same_site(page, home):
        uri = page
    elif name and name.casefold() != site.casefold() and slug(name):
        uri = f"{home}#{slug(name)}"
    return Account(uri[:500], host_of(home)[:255], name or site or host_of(home), tidy(told.author.photo, home), network=NETWORK)


def flat(words: str | None, longest: int) -> str:
    return " ".join((words or "").replace("\0", "").split())[:longest]


def media_of(told: Told, html: str) -> tuple[Media, ...]:
    """What is attached, then the pictures among the words."""
    found: dict[str, Media] = {}
    for each in [*told.media, *[tolerant.fitted(Medium, picture) for picture in pictures_in(html)]][:40]:
        url, kind = tidy(each.url, told.url), (each.type or "").partition("/")[0]
        if url and kind in ("image", "audio", "video"):
            found.setdefault(url, Media(kind, url, "", flat(each.alt, 10_000), pixels(each.width), pixels(each.height)))
    return tuple(found.values())


def pixels(number: int | None) -> int:
    return number if number and 0 < number < 100_000 else 0
