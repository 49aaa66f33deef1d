"""What `store` asks of the database and writes into it, by set. SQLite's way; PostgreSQL gets a file of its own beside this one.

All of it runs on Django's connection, inside the transaction of whoever calls.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection
from typing import Any, NamedTuple, cast

import orjson
from django.db import connection

EPOCH = datetime(1970, 1, 1)
Rows = Sequence[tuple[Any, ...]]


class Held(NamedTuple):
    """A post that is there already."""

    id: int
    uri: str
    url: str
    author: int | None
    published: str
    text: str
    lang: str
    parent: int | None
    conversation: int
    place: int
    visibility: int
    state: int
    edited: str | None
    network: str
    html: str
    warning: str
    replies: int
    is_cut: int
    reply_to: int | None


HELD = (  # times are joined to '', so that they come as they are written
    "p.id, p.uri, p.url, p.author_id, p.published || '', p.text, p.lang, p.parent_id, p.conversation_id,"
    " p.place, p.visibility, p.state, p.edited || '', p.network, p.html, p.warning, p.replies_told,"
    " p.is_cut, p.reply_to_id"
)
EACH = "from json_each(?) j cross join"  # cross join: or the planner scans the posts


def database() -> Connection:
    connection.ensure_connection()
    return cast(Connection, connection.connection)


def stamp(ms: int) -> str:
    """A time as Django writes it into SQLite."""
    return str(EPOCH + timedelta(milliseconds=ms))


def moment_stamp(moment: datetime | None) -> str:
    return str(moment.astimezone(UTC).replace(tzinfo=None)) if moment else ""


def listed(values: Iterable[Any]) -> str:
    return orjson.dumps(list(values)).decode()


def held(uris: Iterable[str]) -> dict[str, Held]:
    """Posts by each of the uris that is theirs or a name of theirs."""
    db, asked = database(), listed(uris)
    found = {
        row[0]: Held(*row[1:]) for row in db.execute(f"select j.value, {HELD} {EACH} conversations_post p on p.uri = j.value", (asked,))
    }
    named = f"select j.value, {HELD} {EACH} conversations_postname n on n.name = j.value join conversations_post p on p.id = n.post_id"
    for row in db.execute(named, (asked,)):
        found.setdefault(row[0], Held(*row[1:]))
    return found


def parents(uris: Iterable[str]) -> dict[str, tuple[int, int, int | None, str]]:
    """Key, conversation, author and uri of the posts that go by these uris or names."""
    db, asked = database(), listed(uris)
    columns = "j.value, p.id, p.conversation_id, p.author_id, p.uri"
    found = {row[0]: row[1:] for row in db.execute(f"select {columns} {EACH} conversations_post p on p.uri = j.value", (asked,))}
    named = f"select {columns} {EACH} conversations_postname n on n.name = j.value join conversations_post p on p.id = n.post_id"
    for row in db.execute(named, (asked,)):
        found.setdefault(row[0], row[1:])
    return found


def by_key(keys: Iterable[int]) -> list[Held]:
    return [Held(*row) for row in database().execute(f"select {HELD} {EACH} conversations_post p on p.id = j.value", (listed(keys),))]


def sightings(keys: Iterable[int]) -> Rows:
    """post, source, place, version, raw, seen of all sightings of these posts."""
    return (
        database()
        .execute(
            f"select s.post_id, s.source_id, s.place, s.version, s.raw, coalesce(s.seen, '') {EACH} conversations_sighting s"
            " on s.post_id = j.value",
            (listed(keys),),
        )
        .fetchall()
    )


def gone(uris: Iterable[str]) -> list[str]:
    """Of these those that were deleted at their source."""
    asked = f"select a.uri {EACH} conversations_absence a on a.uri = j.value where a.why = 'gone'"
    return [row[0] for row in database().execute(asked, (listed(uris),))]


def any_absent() -> bool:
    """Whether there is an absence at all, which an import of a first archive need not ask of every post."""
    return database().execute("select 1 from conversations_absence limit 1").fetchone() is not None


def taken_keys(keys: Iterable[int]) -> set[int]:
    return {row[0] for row in database().execute(f"select p.id {EACH} conversations_post p on p.id = j.value", (listed(keys),))}


def asides(uris: Iterable[str]) -> Rows:
    """uri, source, place, raw."""
    return (
        database()
        .execute(f"select a.uri, a.source_id, a.place, a.raw {EACH} conversations_aside a on a.uri = j.value", (listed(uris),))
        .fetchall()
    )


def keep_asides(rows: Rows) -> None:
    database().executemany(
        "insert into conversations_aside (source_id, uri, place, raw) values (?, ?, ?, ?)"
        " on conflict (source_id, uri, place) do update set raw = excluded.raw where raw != excluded.raw",
        rows,
    )


def owners() -> dict[int, tuple[str, str, str, str, str, str]]:
    """Whose each source is, by the handle that stands in it, and when it was made: uri, handle, name, avatar, network, made."""
    rows = database().execute(
        "select s.id, a.uri, iif(s.title like '@%', substr(s.title, 2), a.handle), a.name, a.avatar, a.network, coalesce(s.made, '')"
        " from conversations_source s left join people_account a on a.id = s.account_id"
    )
    return {row[0]: row[1:] for row in rows}


def own_accounts() -> set[int]:
    return {row[0] for row in database().execute("select id from people_account where is_own")}


def insert_posts(rows: Rows) -> None:
    database().executemany(
        "insert into conversations_post (id, uri, url, author_id, published, text, lang, parent_id, conversation_id, place, visibility,"
        " state, edited, network, html, warning, replies_told, is_cut, reply_to_id)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def update_posts(rows: Rows) -> None:
    """url, author, published, text, lang, parent, conversation, place, visibility, state, edited, network, html, warning, replies, is_cut,
    reply_to, uri, id."""
    database().executemany(
        "update conversations_post set url = ?, author_id = ?, published = ?, text = ?, lang = ?, parent_id = ?, conversation_id = ?,"
        " place = ?, visibility = ?, state = ?, edited = ?, network = ?, html = ?, warning = ?, replies_told = ?, is_cut = ?,"
        " reply_to_id = ?, uri = ? where id = ?",
        rows,
    )


def insert_sightings(rows: Rows) -> None:
    """post, source, place, version, raw, seen."""
    database().executemany(
        "insert into conversations_sighting (post_id, source_id, place, version, raw, seen) values (?, ?, ?, ?, ?, ?)"
        " on conflict (post_id, source_id, place, version) do update set raw = excluded.raw, seen = excluded.seen",
        rows,
    )


def insert_missing(rows: Rows) -> None:
    """child, uri, author, root."""
    database().executemany("insert or replace into conversations_missingparent (child_id, uri, author_id, root) values (?, ?, ?, ?)", rows)


def insert_names(rows: Rows) -> None:
    database().executemany("insert or replace into conversations_postname (name, post_id) values (?, ?)", rows)


def insert_references(rows: Rows) -> None:
    database().executemany("insert into conversations_reference (post_id, kind, uri) values (?, ?, ?)", rows)


def insert_media(rows: Rows) -> None:
    database().executemany(
        "insert into conversations_postmedia (post_id, position, kind, url, name, alt, width, height, file_id)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def media_of(keys: Iterable[int]) -> Rows:
    """post, position, kind, url, name, alt, width, height, file."""
    return (
        database()
        .execute(
            f"select m.post_id, m.position, m.kind, m.url, m.name, m.alt, m.width, m.height, m.file_id {EACH} conversations_postmedia m"
            " on m.post_id = j.value order by m.post_id, m.position",
            (listed(keys),),
        )
        .fetchall()
    )


PARTS = {
    "postname": "post_id",
    "reference": "post_id",
    "postmedia": "post_id",
    "missingparent": "child_id",
    "sighting": "post_id",
}


def delete_parts(keys: Iterable[int], *parts: str) -> None:
    asked = listed(keys)
    for part in parts:
        database().execute(f"delete from conversations_{part} where {PARTS[part]} in (select value from json_each(?))", (asked,))


def delete_posts(keys: Iterable[int]) -> None:
    """Posts with all that hangs on them; what they answered and what answers them is for the caller."""
    keys = list(keys)
    delete_parts(keys, *PARTS)
    database().execute("delete from conversations_post where id in (select value from json_each(?))", (listed(keys),))
