"""What taking a source out asks of the database, beside `rows`. SQLite's way."""

from collections.abc import Iterable, Sequence

from homespun.conversations.actions.rows import EACH, database, listed

INSIDE = "in (select value from json_each(?))"


def posts_seen_by(source: int, limit: int) -> list[int]:
    asked = "select distinct post_id from conversations_sighting where source_id = ? limit ?"
    return [row[0] for row in database().execute(asked, (source, limit))]


def drop_sightings_of(source: int, keys: Sequence[int]) -> None:
    database().execute(f"delete from conversations_sighting where source_id = ? and post_id {INSIDE}", (source, listed(keys)))


def drop_asides_of(source: int) -> None:
    database().execute("delete from conversations_aside where source_id = ?", (source,))


def answers_to(keys: Iterable[int]) -> set[int]:
    return {row[0] for row in database().execute(f"select p.id {EACH} conversations_post p on p.parent_id = j.value", (listed(keys),))}


def parents_of(keys: Iterable[int]) -> set[int]:
    rows = database().execute(
        f"select p.parent_id {EACH} conversations_post p on p.id = j.value where p.parent_id is not null",
        (listed(keys),),
    )
    return {row[0] for row in rows}


def placed_in(keys: Iterable[int], places: Sequence[int]) -> set[int]:
    """Of these posts those whose best place is one of these."""
    rows = database().execute(
        f"select p.id {EACH} conversations_post p on p.id = j.value where p.place {INSIDE}", (listed(keys), listed(places))
    )
    return {row[0] for row in rows}


def let_go(keys: Iterable[int]) -> None:
    """What answers these answers nothing, until it is settled anew."""
    database().execute(f"update conversations_post set parent_id = null where parent_id {INSIDE}", (listed(keys),))


def unanswered_asides(keys: Iterable[int], places: Sequence[int]) -> list[int]:
    """Of these posts those that stand on words kept aside alone, and that nothing answers any more."""
    rows = database().execute(
        f"select p.id {EACH} conversations_post p on p.id = j.value where p.place {INSIDE}"
        " and not exists (select 1 from conversations_post c where c.parent_id = p.id)",
        (listed(keys), listed(places)),
    )
    return [row[0] for row in rows]


def files_of(keys: Iterable[int]) -> list[int]:
    rows = database().execute(
        f"select distinct m.file_id {EACH} conversations_postmedia m on m.post_id = j.value where m.file_id is not null", (listed(keys),)
    )
    return [row[0] for row in rows]


def unused_files(files: Iterable[int]) -> list[int]:
    """Of these files those that no post shows any more. Rooms above may still hold them, which their rows refuse to lose."""
    rows = database().execute(
        f"select f.id {EACH} core_mediafile f on f.id = j.value"
        " where not exists (select 1 from conversations_postmedia m where m.file_id = f.id)"
        " and not exists (select 1 from core_publicmedia u where u.file_id = f.id)",
        (listed(files),),
    )
    return [row[0] for row in rows]


def accounts_with_archives() -> set[int]:
    return {row[0] for row in database().execute("select account_id from conversations_source where account_id is not null")}


def drop_unused_accounts() -> None:
    """Accounts that nothing points at any more."""
    db = database()
    unused = (
        "select a.id from people_account a where not exists (select 1 from conversations_missingparent m where m.author_id = a.id)"
        " and not exists (select 1 from conversations_source s where s.account_id = a.id)"
        " and not exists (select 1 from conversations_absence g where g.uri = a.uri)"
        " and a.id not in (select author_id from conversations_post where author_id is not null)"
        " and a.id not in (select reply_to_id from conversations_post where reply_to_id is not null)"
    )
    db.execute("create temporary table if not exists unused_account (id integer primary key)")
    db.execute("delete from unused_account")
    db.execute(f"insert into unused_account {unused}")
    db.execute("delete from people_accountname where account_id in (select id from unused_account)")
    db.execute("delete from people_account where id in (select id from unused_account)")
