"""Statuses of a Mastodon-compatible API as frozen values. Pure: the same record gives the same value, whenever it is read.

`uri` is the ActivityPub id. What is in an answer under an id of the server that showed it (what a status answers, say) is named
`https://server/api/v1/statuses/ID`, which every status shown by that server has among its names; that address can be asked for, too.
"""

import html
import re

import msgspec
import orjson

from homespun.networks import tolerant
from homespun.networks.errors import Unusable
from homespun.networks.mastodon.shapes import Attached, Poll, Quote, Status, User
from homespun.networks.mastodon.values import (
    ALT,
    NAME,
    URI,
    VISIBILITIES,
    account,
    address,
    count,
    edited_ms,
    handle,
    host,
    kept,
    ms_of,
    of_one_house,
    pixels,
    readable,
    same_host,
)
from homespun.networks.mastodon.words import bio_text, is_bomb, unquoted, with_breaks, words
from homespun.networks.packing import Packing
from homespun.networks.said import said as _
from homespun.networks.values import Account, Media, Place, Post, Reference, Visibility

API = "/api/v1/statuses/"
KINDS = {"image": "image", "video": "video", "gifv": "gif", "audio": "audio"}
ACTOR = re.compile(r"(https?://[^/]+/(?:ap/)?users/[^/]+)/statuses/")
PACKING = Packing()

packed, unpacked = PACKING.packed, PACKING.unpacked


def shown(record: bytes, server: str, answers: str = "") -> bytes:
    """A status of an answer as it is kept: with the address of the server that showed it, and what it answers where that is known.

    Ours come last, where they win over what a server may have written under the same names.
    """
    ours = orjson.dumps({"shown_by": server, "answers": answers, "rooted_in": ""})
    inside = record.strip()[1:-1].strip()
    return b"{" + inside + b"," + ours[1:] if inside else ours


def read(record: bytes) -> Status:
    return tolerant.read(Status, record)


def post(status: Status, record: bytes, place: Place) -> Post:
    """Raises `Unusable`."""
    uri, server = status.uri or "", status.shown_by or ""
    if not address(uri, URI):
        raise Unusable(_("It was left out: it has no id."))
    published = ms_of(status.created_at) // 1000 * 1000  # as ActivityPub tells it, so that both ways agree
    edited = edited_ms(status.edited_at, published) if status.edited_at else 0
    author = account_of(status.account, server, uri) if status.account else None
    if author is None:
        raise Unusable(_("It was left out: it does not say who wrote it."))
    reblog = bytes(status.reblog)
    content = "" if reblog and reblog != b"null" else with_poll(status.content or "", status.poll)
    quoted = references(status, server)
    if quoted and "quote-inline" in content:
        content = unquoted(content)
    content = with_breaks(content)
    url = readable(status.url, uri)
    return Post(
        uri,
        url,
        author,
        published,
        words(content),
        kept(status.language, 12),
        parent(status, server),
        author if status.in_reply_to_account_id and status.account and status.in_reply_to_account_id == status.account.id else None,
        "" if is_bomb(content) else content,
        place,
        VISIBILITIES.get(status.visibility or "", Visibility.DIRECT),
        str(edited) if edited else "",
        edited,
        names(uri, url, server, status.id),
        quoted,
        tuple([medium(each) for each in status.media_attachments]) if status.media_attachments else (),
        packed(record),
        "mastodon",
        words(status.spoiler_text) if status.spoiler_text else "",
        count(status.replies_count),
        tuple([uri for each in status.mentions if (uri := address(each.url, URI))]) if status.mentions else (),
    )


def named(server: str, number: str | None) -> str:
    """By which name a post goes at the server that shows it under this id."""
    return f"{server}{API}{number}" if server and number else ""


def names(uri: str, url: str, server: str, number: str | None) -> tuple[str, ...]:
    """A url of another host would let one post pass for another."""
    here = [named(server, number)] if server and number else []
    if url != uri and len(url) <= URI and same_host(url, uri):
        here.append(url)
    return tuple(here)


def parent(status: Status, server: str) -> str:
    told = status.answers or named(server, status.in_reply_to_id)
    return told if told != status.uri else ""


def account_of(user: User, server: str, uri: str) -> Account | None:
    """Servers before 4.2 do not tell the actor's id; that of a status begins with it."""
    actor = address(user.uri, URI)
    if not actor:
        match = ACTOR.match(uri)
        actor = match[1] if match else address(user.url, URI)
    if not actor:
        return None
    name = kept(user.display_name or user.username, NAME)
    return account(actor, handle_of(user, server, actor), name, address(user.avatar), bio_text(user.note or ""))


def handle_of(user: User, server: str, actor: str) -> str:
    """Who is at home at the server that shows them is called by its name, whatever it says."""
    name, _at, home = kept(user.acct or user.username, 255).partition("@")
    if same_host(actor, server) and not of_one_house(home, host(server)):
        home = host(server)
    return handle(name, home or host(server or actor))


def with_poll(content: str, poll: Poll | None) -> str:
    return content + choices([each.title or "" for each in poll.options or ()]) if poll else content


def choices(titles: list[str]) -> str:
    """The options of a poll as a list; those without a title are items without words."""
    if not titles:
        return ""
    return "<ul>" + "".join([f"<li>{html.escape(title, quote=False)}</li>" for title in titles]) + "</ul>"


def medium(raw: Attached) -> Media:
    original = raw.meta.original if raw.meta else None
    return Media(
        KINDS.get(raw.type or "", "image"),
        address(raw.url) or address(raw.remote_url),
        "",
        kept(raw.description, ALT),
        pixels(original.width) if original else 0,
        pixels(original.height) if original else 0,
    )


def references(status: Status, server: str) -> tuple[Reference, ...]:
    if (reblog := bytes(status.reblog)) and reblog != b"null":
        inner = read(reblog)
        uri = address(inner.uri, URI)
        return (Reference("repost", uri),) if uri else ()
    raw = bytes(status.quote)
    if not raw or raw == b"null":
        return ()
    quote = tolerant.read(Quote, raw)
    told = quote.uri or (read(bytes(quote.quoted_status)).uri if bytes(quote.quoted_status) else "")
    quoted = address(told, URI) or named(server, quote.quoted_status_id)
    return (Reference("quote", quoted),) if quoted else ()


def embedded(status: Status) -> list[tuple[bytes, bool]]:
    """Whole statuses inside this one, as they are kept, and whether it is what this one reposts."""
    found = []
    if len(reblog := bytes(status.reblog)) > len(b"null"):
        found.append((reblog, True))
    if len(quote := bytes(status.quote)) > len(b"null"):
        inner = bytes(tolerant.read(Quote, quote).quoted_status)
        found += [(each, False) for each in (inner, quote) if len(each) > len(b"null") and tolerant.read(Quote, each).uri][:1]
    return [(shown(each, status.shown_by or ""), is_repost) for each, is_repost in found]


def posts(record: bytes, place: Place) -> list[Post]:
    """A status with what it reposts and quotes, all as this server shows it. Raises `Unusable` for the status itself."""
    status = read(record)
    found = [post(status, record, place)]
    for inside, _is_repost in embedded(status):
        try:
            found += [post(read(inside), inside, Place.COPY)]
        except Unusable:
            continue
    return found


def listed(answer: bytes) -> list[bytes]:
    """The records of an answer that is a list; none where it is something else."""
    try:
        return [bytes(each) for each in RECORDS.decode(answer)]
    except tolerant.BROKEN:
        loose = tolerant.loosely(answer)
        return [orjson.dumps(each) for each in loose if isinstance(each, dict)] if isinstance(loose, list) else []


RECORDS: "msgspec.json.Decoder[list[msgspec.Raw]]" = msgspec.json.Decoder(list[msgspec.Raw])
