"""Builds the full-text index after an upgrade, merges its segments, and lists its words.

A kill loses one short transaction at most.
"""

import time
from collections.abc import Callable

from django.db import transaction

from homespun.conversations.actions import indexing
from homespun.conversations.actions.locking import reading
from homespun.conversations.actions.rows import database, listed
from homespun.conversations.models import EVERYTHING

BATCH = 2_000  # posts of one transaction
SLICE = 10_000  # words of one transaction
VOCABULARY = "create virtual table if not exists temp.index_vocabulary using fts5vocab('main', 'conversations_postindex', 'col')"
NEXT_WORDS = (
    "select term, sum(doc) from temp.index_vocabulary where term > ? and col <> 'tags' and length(term) >= 4"
    " group by term order by term limit ?"
)
LISTED = "select id, word, post_count from conversations_word where word > ? and (?2 is null or word <= ?2)"
# Posts stored before there was a column for it: the account that they reply to is the author of the post that they reply to.
REPLIES = (
    "update conversations_post set reply_to_id = coalesce("
    "(select q.author_id from conversations_post q where q.id = conversations_post.parent_id),"
    " (select m.author_id from conversations_missingparent m where m.child_id = conversations_post.id))"
    " where reply_to_id is null and id in (select value from json_each(?))"
)


def build(*, seconds: float = float("inf"), stopping: Callable[[], bool] = lambda: False) -> bool:
    """Build on for about so many seconds. True where more is to do. Raises `locking.Busy` where another process is building."""
    until = time.monotonic() + seconds
    with reading("search-index"):
        for step in (index_batch, merge_batch, list_words):
            while step():
                if stopping() or time.monotonic() >= until:
                    return True
    return False


def is_behind() -> bool:
    """Whether posts are missing in the index, or words in the list of words."""
    asked = "select 1 from conversations_searchindex where complete_from > ? or unlisted_batches > 0"
    return database().execute(asked, (EVERYTHING,)).fetchone() is not None


def progress() -> float:
    """How much of the index is there, from 0 to 1, by the time that the posts span."""
    first, last = database().execute("select min(id), max(id) from conversations_post").fetchone()
    lowest = indexing.complete_from()
    if lowest == EVERYTHING or first is None or lowest <= first:
        return 1.0
    return float(max(0.0, (last - lowest) / max(last - first, 1)))


@transaction.atomic
def index_batch() -> bool:
    """Index the next posts below those that are indexed. True where there were any."""
    db, lowest = database(), indexing.complete_from()
    if lowest == EVERYTHING:
        return False
    keys = [row[0] for row in db.execute("select id from conversations_post where id < ? order by id desc limit ?", (lowest, BATCH))]
    db.execute("update conversations_searchindex set complete_from = ?", (keys[-1] if keys else EVERYTHING,))
    if keys:
        db.execute(REPLIES, (listed(keys),))
        indexing.add(indexing.entries(keys))
        indexing.merge_segments()
    return bool(keys)


@transaction.atomic
def merge_batch() -> bool:
    """Merge some segments of the index, which imports leave as they are. True where there were any to merge."""
    return indexing.merge_segments()


def list_words() -> bool:
    """Bring the list of words in step with the index. True where more has come meanwhile."""
    row = database().execute("select unlisted_batches from conversations_searchindex").fetchone()
    if not row or not row[0]:
        return False
    last: str | None = ""
    while last is not None:
        last = list_words_after(last)
    database().execute("update conversations_searchindex set unlisted_batches = unlisted_batches - ?", (row[0],))
    return True


@transaction.atomic
def list_words_after(last: str) -> str | None:
    """Compare the next words after `last` with the list. Gives the last of them, None where there are no more."""
    db = database()
    db.execute(VOCABULARY)
    counts = dict(db.execute(NEXT_WORDS, (last, SLICE)))
    reached = max(counts) if len(counts) == SLICE else None
    listed_before = db.execute(LISTED, (last, reached)).fetchall()
    gone = [(key, word) for key, word, _ in listed_before if word not in counts]
    db.executemany("insert into conversations_wordpiece (conversations_wordpiece, rowid, word) values ('delete', ?, ?)", gone)
    db.executemany("delete from conversations_word where id = ?", [(key,) for key, _ in gone])
    changed = [(counts[word], key) for key, word, count in listed_before if counts.get(word, count) != count]
    db.executemany("update conversations_word set post_count = ? where id = ?", changed)
    known = {word for _, word, _ in listed_before}
    indexing.insert_words([(word, count) for word, count in counts.items() if word not in known])
    return reached
