"""What the end of a run asks of the database, beside `rows`: files by their names, and what it came to. SQLite's way."""

from collections.abc import Iterable

from homespun.conversations.actions.rows import EACH, Rows, database, listed


def wanted_files(names: Iterable[str]) -> set[str]:
    return {
        row[0]
        for row in database().execute(f"select distinct m.name {EACH} conversations_postmedia m on m.name = j.value", (listed(names),))
    }


def attach_files(files: Rows) -> None:
    """file, name. Of files that are still there: a source that is being taken out may just have taken one along."""
    database().executemany(
        "update conversations_postmedia set file_id = ?1 where name = ?2 and exists (select 1 from core_mediafile where id = ?1)", files
    )


def answers_of(source: int) -> tuple[int, int, int]:
    """Of what this source showed itself: replies, those whose parent is held, edits that were folded into another post."""
    row = (
        database()
        .execute(
            "select count(p.parent_id) + count(m.child_id), count(p.parent_id), sum(s.versions) - count(*) from"
            " (select post_id, count(case when place in (1, 4, 5, 6, 10) then 1 end) as versions from conversations_sighting"
            "  where source_id = ? and place in (1, 4, 5, 6, 10) group by post_id) s"
            " join conversations_post p on p.id = s.post_id left join conversations_missingparent m on m.child_id = p.id",
            (source,),
        )
        .fetchone()
    )
    return row[0] or 0, row[1] or 0, row[2] or 0


def media_counts(source: int) -> tuple[int, int]:
    """Of the posts that this source showed first hand: files that are here, and files that are not."""
    row = (
        database()
        .execute(
            "select count(m.file_id), count(*) - count(m.file_id) from conversations_sighting s join conversations_postmedia m"
            " on m.post_id = s.post_id where s.source_id = ? and s.place in (1, 4, 5, 6) and m.name != ''",
            (source,),
        )
        .fetchone()
    )
    return row[0], row[1]
