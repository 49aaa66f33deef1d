"""Writing the full-text index. Taking a post out of it needs exactly what was put in, so both are made here.

Inside the caller's transaction. After an upgrade, the index is built from the newest post down. A post that it has not come to yet is
neither put in nor taken out: it will be indexed as it is then.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from homespun.conversations.actions.rows import database, listed
from homespun.conversations.models import EVERYTHING
from homespun.conversations.queries.folding import WORD, fold
from homespun.conversations.queries.index_tokens import more_words, tags
from homespun.conversations.words import cut

SMALL = 200  # posts whose words are listed at once; after more of them, the list is renewed in the background
SHORTEST = 4  # letters of a word that can have pieces worth looking for

STORED = (
    "select p.id, p.text, p.warning, p.html, p.author_id, p.reply_to_id, coalesce(a.is_own, 0),"
    " exists (select 1 from conversations_postmedia m where m.post_id = p.id)"
    " from json_each(?) j cross join conversations_post p on p.id = j.value left join people_account a on a.id = p.author_id"
)
COLUMNS = "rowid, text, more, tags"
KEY = itemgetter(0)
MERGED_PAGES = 1_000  # of one transaction: about a twentieth of a second


class Entry(NamedTuple):
    """What the index holds for a post."""

    key: int
    text: str
    more: str
    tags: str


def entry(key: int, text: str, *, warning: str, html: str, author: int | None, reply_to: int | None, own: bool, pictured: bool) -> Entry:
    more = more_words(text, warning, html) if warning or html else ""
    found = tags(text, more, author=author, reply_to=reply_to, own=own, pictured=pictured)
    return Entry(key, cut(text), cut(more) if more else "", found)


def entries(keys: Iterable[int]) -> list[Entry]:
    """What the index holds for these posts, as long as nothing of them is changed."""
    return [
        entry(key, text, warning=warning, html=html, author=author, reply_to=reply_to, own=bool(own), pictured=bool(pictured))
        for key, text, warning, html, author, reply_to, own, pictured in database().execute(STORED, (listed(keys),))
    ]


def put(new: Sequence[Entry]) -> None:
    """In order of key: the index writes out its pending terms whenever a key is not above the last."""
    add(_that_are_reached(new))


def add(new: Sequence[Entry]) -> None:
    database().executemany(f"insert into conversations_postindex ({COLUMNS}) values (?, ?, ?, ?)", sorted(new, key=KEY))
    list_words(new)
    if len(new) <= SMALL:
        merge_segments()


def take(old: Sequence[Entry]) -> None:
    database().executemany(
        f"insert into conversations_postindex (conversations_postindex, {COLUMNS}) values ('delete', ?, ?, ?, ?)",
        sorted(_that_are_reached(old), key=KEY),
    )
    if old:
        merge_segments()


def merge_segments() -> bool:
    """Merge segments of the index, where there are many, up to `MERGED_PAGES`. True where there was something to merge.

    SQLite tells by the count of changes: the command itself makes one.
    """
    db = database()
    before = db.total_changes
    db.execute("insert into conversations_postindex (conversations_postindex, rank) values ('merge', ?)", (MERGED_PAGES,))
    return db.total_changes - before > 1


def complete_from() -> int:
    """The lowest key that the index has come to."""
    row = database().execute("select complete_from from conversations_searchindex").fetchone()
    return int(row[0]) if row else EVERYTHING


def _that_are_reached(entries: Sequence[Entry]) -> Sequence[Entry]:
    lowest = complete_from() if entries else EVERYTHING
    return entries if lowest == EVERYTHING else [each for each in entries if each.key >= lowest]


def list_words(new: Sequence[Entry]) -> None:
    """Add the words of a few posts to the list of words. Of many, only note that the list is behind."""
    if len(new) > SMALL:
        database().execute(
            "insert into conversations_searchindex (id, complete_from, unlisted_batches) values (1, ?, 1)"
            " on conflict (id) do update set unlisted_batches = unlisted_batches + 1",
            (EVERYTHING,),
        )
        return
    words = {word for each in new for word in WORD.findall(fold(f"{each.text} {each.more}")) if len(word) >= SHORTEST}
    insert_words([(word, 1) for word in sorted(words)])


def insert_words(words: Sequence[tuple[str, int]]) -> None:
    """word, post count. Those that are listed already keep their number."""
    db = database()
    last = db.execute("select coalesce(max(id), 0) from conversations_word").fetchone()[0]
    db.executemany("insert or ignore into conversations_word (word, post_count) values (?, ?)", words)
    db.execute("insert into conversations_wordpiece (rowid, word) select id, word from conversations_word where id > ?", (last,))
