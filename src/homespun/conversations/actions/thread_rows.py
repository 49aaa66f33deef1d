"""What weaving asks of the database, beside `rows`: who waits for whom, conversations that meet and part, posts and accounts that are one.

SQLite's way.
"""

from collections.abc import Iterable, Sequence

from homespun.conversations.actions.rows import EACH, Rows, database, delete_parts, listed
from homespun.conversations.models import EVERYTHING


def adopt(rows: Rows) -> None:
    """parent, child: found at last."""
    database().executemany("update conversations_post set parent_id = ? where id = ?", rows)
    delete_parts([child for _, child in rows], "missingparent")


def merge_conversations(pairs: Rows) -> None:
    """old, new: posts and addresses move, and the old address leads on."""
    db = database()
    moves = [(new, old) for old, new in pairs]
    db.executemany("update conversations_post set conversation_id = ? where conversation_id = ?", moves)
    db.executemany("update conversations_conversationalias set conversation_id = ? where conversation_id = ?", moves)
    db.executemany("insert or replace into conversations_conversationalias (id, conversation_id) values (?, ?)", pairs)
    db.executemany("delete from conversations_conversation where id = ?", [(old,) for old, _ in pairs])


MISSING = (  # ghosts, and the roots that are told of beside them, held nowhere and answered by nobody
    "count(distinct m.uri) + count(distinct case when m.root > '' and"
    " not exists (select 1 from conversations_post r where r.uri = m.root) and"
    " not exists (select 1 from conversations_postname r where r.name = m.root) and"
    " not exists (select 1 from conversations_missingparent r where r.uri = m.root) then m.root end)"
)


def refresh_conversations(keys: Iterable[int]) -> None:
    """Count anew; those that have lost all posts go, with the addresses that led to them."""
    db, asked = database(), listed(keys)
    db.execute(
        "update conversations_conversation set latest = n.latest, posts = n.posts, own = n.own, voices = n.voices, missing = n.missing from"
        " (select p.conversation_id as id, max(p.id) as latest, count(*) as posts, count(a.id) as own,"
        f" count(distinct coalesce(p.author_id, 0)) as voices, {MISSING} as missing"
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
    """key, parent, uri of the missing parent, uri of the root that is told beside it, conversation."""
    return (
        database()
        .execute(
            f"select p.id, p.parent_id, m.uri, m.root, p.conversation_id {EACH} conversations_post p on p.conversation_id = j.value"
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


def conversations_of(keys: Iterable[int]) -> set[int]:
    return {
        row[0]
        for row in database().execute(f"select distinct p.conversation_id {EACH} conversations_post p on p.id = j.value", (listed(keys),))
    }


def insert_conversations(rows: Rows) -> None:
    """id, latest, posts, own, voices, missing."""
    asked = "insert into conversations_conversation (id, latest, posts, own, voices, missing) values (?, ?, ?, ?, ?, ?)"
    database().executemany(asked, rows)


def sizes(conversations: Iterable[int]) -> dict[int, int]:
    return dict(database().execute(f"select c.id, c.posts {EACH} conversations_conversation c on c.id = j.value", (listed(conversations),)))


def repoint(others: Sequence[int], key: int) -> None:
    db, asked = database(), listed(others)
    inside = "in (select value from json_each(?))"
    db.execute(f"update or ignore conversations_sighting set post_id = ? where post_id {inside}", (key, asked))
    db.execute(f"update conversations_post set parent_id = ? where parent_id {inside}", (key, asked))


def name_authors(rows: Rows) -> None:
    """author, post."""
    database().executemany("update conversations_post set author_id = ? where id = ?", rows)


def waiting(uris: Iterable[str]) -> Rows:
    """child, uri, root that is told beside it, conversation of the posts that answer one of these and have not found it."""
    return (
        database()
        .execute(
            f"select m.child_id, m.uri, m.root, p.conversation_id {EACH} conversations_missingparent m on m.uri = j.value"
            " join conversations_post p on p.id = m.child_id",
            (listed(uris),),
        )
        .fetchall()
    )


def waiting_under(roots: Iterable[str]) -> Rows:
    """root, conversation of the posts whose parent is missing and whose conversation begins with one of these."""
    db = database()
    if db.execute("select 1 from conversations_missingparent where root > '' limit 1").fetchone() is None:
        return []  # X tells of no roots, so that an archive need not ask this for each of its posts
    return db.execute(
        f"select m.root, p.conversation_id {EACH} conversations_missingparent m on m.root = j.value and m.root > ''"
        " join conversations_post p on p.id = m.child_id",
        (listed(roots),),
    ).fetchall()


def ghosts_of(keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """By post the uri of its missing parent and that of the root."""
    rows = database().execute(
        f"select m.child_id, m.uri, m.root {EACH} conversations_missingparent m on m.child_id = j.value", (listed(keys),)
    )
    return {key: (uri, root) for key, uri, root in rows}


def claimed(uris: Iterable[str]) -> dict[str, int]:
    """Whose a missing post is, as those say that answer it."""
    return dict(
        database().execute(
            f"select m.uri, min(m.author_id) {EACH} conversations_missingparent m on m.uri = j.value"
            " where m.author_id is not null group by m.uri",
            (listed(uris),),
        )
    )


def delete_sightings_in(keys: Iterable[int], places: Sequence[int]) -> None:
    database().execute(
        "delete from conversations_sighting where post_id in (select value from json_each(?))"
        " and place in (select value from json_each(?))",
        (listed(keys), listed(places)),
    )


def posts_by(author: int) -> list[int]:
    """From the index, which knows authors; from the posts themselves while it is being built."""
    return _tagged(f"a{author}", "author_id", author)


def replies_to(account: int) -> list[int]:
    return _tagged(f"r{account}", "reply_to_id", account)


def _tagged(tag: str, column: str, account: int) -> list[int]:
    db = database()
    if db.execute("select 1 from conversations_searchindex where complete_from > ?", (EVERYTHING,)).fetchone():
        found = db.execute(f"select id from conversations_post where {column} = ?", (account,))
    else:
        found = db.execute("select rowid from conversations_postindex where conversations_postindex match ?", (f'tags : "{tag}"',))
    return [row[0] for row in found]


def change_author(old: int, new: int) -> None:
    db = database()
    keys, replies = listed(posts_by(old)), listed(replies_to(old))
    db.execute("update conversations_post set author_id = ? where id in (select value from json_each(?))", (new, keys))
    db.execute("update conversations_post set reply_to_id = ? where id in (select value from json_each(?))", (new, replies))
    db.execute("update conversations_missingparent set author_id = ? where author_id = ?", (new, old))
    db.execute("update conversations_source set account_id = ? where account_id = ?", (new, old))


def name_in_urls(author: int, handle: str) -> None:
    """Addresses of posts whose author was nobody are by the handle, too."""
    database().execute(
        "update conversations_post set url = replace(url, '/i/status/', ?) where url like 'https://x.com/i/status/%'"
        " and id in (select value from json_each(?))",
        (f"/{handle}/status/", listed(posts_by(author))),
    )
