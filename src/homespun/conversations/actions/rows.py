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


HELD = (  # times are joined to '', so that they come as they are written
    "p.id, p.uri, p.url, p.author_id, p.published || '', p.text, p.lang, p.parent_id, p.conversation_id,"
    " p.place, p.visibility, p.state, p.edited || '', p.network, p.html, p.warning, p.replies_told"
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
    """post, source, place, version, raw of all sightings of these posts."""
    return (
        database()
        .execute(
            f"select s.post_id, s.source_id, s.place, s.version, s.raw {EACH} conversations_sighting s on s.post_id = j.value",
            (listed(keys),),
        )
        .fetchall()
    )


def taken_keys(keys: Iterable[int]) -> set[int]:
    return {row[0] for row in database().execute(f"select p.id {EACH} conversations_post p on p.id = j.value", (listed(keys),))}


def waiting(uris: Iterable[str]) -> Rows:
    """child, uri, conversation of the posts that answer one of these and have not found it."""
    return (
        database()
        .execute(
            f"select m.child_id, m.uri, p.conversation_id {EACH} conversations_missingparent m on m.uri = j.value"
            " join conversations_post p on p.id = m.child_id",
            (listed(uris),),
        )
        .fetchall()
    )


def ghosts_of(keys: Iterable[int]) -> dict[int, str]:
    return dict(
        database().execute(f"select m.child_id, m.uri {EACH} conversations_missingparent m on m.child_id = j.value", (listed(keys),))
    )


def claimed(uris: Iterable[str]) -> dict[str, int]:
    """Whose a missing post is, as those say that answer it."""
    return dict(
        database().execute(
            f"select m.uri, min(m.author_id) {EACH} conversations_missingparent m on m.uri = j.value"
            " where m.author_id is not null group by m.uri",
            (listed(uris),),
        )
    )


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


def owners() -> dict[int, tuple[str, str, str, str, str]]:
    """Whose each source is, by the handle that stands in it, and when it was made: uri, handle, name, avatar, made."""
    rows = database().execute(
        "select s.id, a.uri, iif(s.title like '@%', substr(s.title, 2), a.handle), a.name, a.avatar, coalesce(s.made, '')"
        " from conversations_source s left join people_account a on a.id = s.account_id"
    )
    return {row[0]: row[1:] for row in rows}


def own_accounts() -> set[int]:
    return {row[0] for row in database().execute("select id from people_account where is_own")}


def sizes(conversations: Iterable[int]) -> dict[int, int]:
    return dict(database().execute(f"select c.id, c.posts {EACH} conversations_conversation c on c.id = j.value", (listed(conversations),)))


def insert_posts(rows: Rows) -> None:
    database().executemany(
        "insert into conversations_post (id, uri, url, author_id, published, text, lang, parent_id, conversation_id, place, visibility,"
        " state, edited, network, html, warning, replies_told) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def update_posts(rows: Rows) -> None:
    """url, author, published, text, lang, parent, conversation, place, visibility, state, edited, network, html, warning, replies, uri,
    id."""
    database().executemany(
        "update conversations_post set url = ?, author_id = ?, published = ?, text = ?, lang = ?, parent_id = ?, conversation_id = ?,"
        " place = ?, visibility = ?, state = ?, edited = ?, network = ?, html = ?, warning = ?, replies_told = ?, uri = ? where id = ?",
        rows,
    )


def insert_sightings(rows: Rows) -> None:
    """post, source, place, version, raw."""
    database().executemany(
        "insert into conversations_sighting (post_id, source_id, place, version, raw) values (?, ?, ?, ?, ?)"
        " on conflict (post_id, source_id, place, version) do update set raw = excluded.raw",
        rows,
    )


def insert_conversations(rows: Rows) -> None:
    """id, latest, posts, own, voices, missing."""
    asked = "insert into conversations_conversation (id, latest, posts, own, voices, missing) values (?, ?, ?, ?, ?, ?)"
    database().executemany(asked, rows)


def insert_missing(rows: Rows) -> None:
    """child, uri, author."""
    database().executemany("insert or replace into conversations_missingparent (child_id, uri, author_id) values (?, ?, ?)", rows)


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


def adopt(rows: Rows) -> None:
    """parent, child: found at last."""
    database().executemany("update conversations_post set parent_id = ? where id = ?", rows)
    delete_parts([child for _, child in rows], "missingparent")


def name_authors(rows: Rows) -> None:
    """author, post."""
    database().executemany("update conversations_post set author_id = ? where id = ?", rows)


def merge_conversations(pairs: Rows) -> None:
    """old, new: posts and addresses move, and the old address leads on."""
    db = database()
    moves = [(new, old) for old, new in pairs]
    db.executemany("update conversations_post set conversation_id = ? where conversation_id = ?", moves)
    db.executemany("update conversations_conversationalias set conversation_id = ? where conversation_id = ?", moves)
    db.executemany("insert or replace into conversations_conversationalias (id, conversation_id) values (?, ?)", pairs)
    db.executemany("delete from conversations_conversation where id = ?", [(old,) for old, _ in pairs])


def refresh_conversations(keys: Iterable[int]) -> None:
    """Count anew; those that have lost all posts go, with the addresses that led to them."""
    db, asked = database(), listed(keys)
    db.execute(
        "update conversations_conversation set latest = n.latest, posts = n.posts, own = n.own, voices = n.voices, missing = n.missing from"
        " (select p.conversation_id as id, max(p.id) as latest, count(*) as posts, count(a.id) as own,"
        " count(distinct coalesce(p.author_id, 0)) as voices, count(distinct m.uri) as missing"
        f" {EACH} conversations_post p on p.conversation_id = j.value left join people_account a on a.id = p.author_id and a.is_own"
        " left join conversations_missingparent m on m.child_id = p.id group by p.conversation_id) n"
        " where n.id = conversations_conversation.id",
        (asked,),
    )
    empty = "select value from json_each(?) where not exists (select 1 from conversations_post where conversation_id = value)"
    db.execute(f"delete from conversations_conversationalias where conversation_id in ({empty})", (asked,))
    db.execute(f"delete from conversations_conversation where id in ({empty})", (asked,))


def unalias(keys: Iterable[int]) -> None:
    """A key that is a conversation again leads nowhere else."""
    database().execute("delete from conversations_conversationalias where id in (select value from json_each(?))", (listed(keys),))


def members(conversations: Iterable[int]) -> Rows:
    """key, parent, uri of the missing parent, conversation."""
    return (
        database()
        .execute(
            f"select p.id, p.parent_id, m.uri, p.conversation_id {EACH} conversations_post p on p.conversation_id = j.value"
            " left join conversations_missingparent m on m.child_id = p.id",
            (listed(conversations),),
        )
        .fetchall()
    )


def free_conversation(key: int) -> int:
    """Make a conversation with this key, or the next that is free."""
    db = database()
    while db.execute("select 1 from conversations_conversation where id = ?", (key,)).fetchone():
        key += 1
    insert_conversations([(key, key, 0, 0, 0, 0)])
    unalias([key])
    return key


def move_to_conversations(moves: Rows) -> None:
    """conversation, post."""
    database().executemany("update conversations_post set conversation_id = ? where id = ?", moves)


def repoint(others: Sequence[int], key: int) -> None:
    db, asked = database(), listed(others)
    inside = "in (select value from json_each(?))"
    db.execute(f"update or ignore conversations_sighting set post_id = ? where post_id {inside}", (key, asked))
    db.execute(f"update conversations_post set parent_id = ? where parent_id {inside}", (key, asked))


def delete_sightings_in(keys: Iterable[int], places: Sequence[int]) -> None:
    database().execute(
        "delete from conversations_sighting where post_id in (select value from json_each(?))"
        " and place in (select value from json_each(?))",
        (listed(keys), listed(places)),
    )


def posts_by(author: int) -> list[int]:
    """Through the index of words, which knows authors."""
    return [
        row[0]
        for row in database().execute("select rowid from conversations_words where conversations_words match ?", (f'tags : "a{author}"',))
    ]


def change_author(old: int, new: int) -> None:
    db = database()
    keys = listed(posts_by(old))
    db.execute("update conversations_post set author_id = ? where id in (select value from json_each(?))", (new, keys))
    db.execute("update conversations_missingparent set author_id = ? where author_id = ?", (new, old))
    db.execute("update conversations_source set account_id = ? where account_id = ?", (new, old))


def name_in_urls(author: int, handle: str) -> None:
    """Addresses of posts whose author was nobody are by the handle, too."""
    database().execute(
        "update conversations_post set url = replace(url, '/i/status/', ?) where url like 'https://x.com/i/status/%'"
        " and id in (select value from json_each(?))",
        (f"/{handle}/status/", listed(posts_by(author))),
    )


def conversations_of(keys: Iterable[int]) -> set[int]:
    return {
        row[0]
        for row in database().execute(f"select distinct p.conversation_id {EACH} conversations_post p on p.id = j.value", (listed(keys),))
    }
