"""The full-text index: what stands in it for each post. Taking a post out needs exactly what was put in, so both are made here."""

from collections.abc import Iterable, Sequence

from homespun.conversations.actions.rows import database, listed
from homespun.conversations.words import cut

Entry = tuple[int, str, str]  # key of the post, words, tags

NOW = (
    "select p.id, p.text, p.author_id, coalesce(a.is_own, 0), exists (select 1 from conversations_postmedia m where m.post_id = p.id)"
    " from json_each(?) j cross join conversations_post p on p.id = j.value left join people_account a on a.id = p.author_id"
)


def tags(author: int | None, own: bool, pictured: bool) -> str:
    """`a123` for the author, `isown` for a post of ours, `haspic` where there is a picture, film or sound."""
    written = f"a{author}" if author is not None else ""
    if own:
        written += " isown"
    return f"{written} haspic" if pictured else written


def entries(keys: Iterable[int]) -> list[Entry]:
    """What stands in the index for these posts, as long as nothing of them is changed."""
    rows = database().execute(NOW, (listed(keys),))
    return [(key, cut(text), tags(author, bool(own), bool(pictured))) for key, text, author, own, pictured in rows]


def put(new: Sequence[Entry]) -> None:
    """In order of key: the index writes out its pending terms whenever a key is not above the last."""
    database().executemany("insert into conversations_words (rowid, text, tags) values (?, ?, ?)", sorted(new))


def take(old: Sequence[Entry]) -> None:
    database().executemany(
        "insert into conversations_words (conversations_words, rowid, text, tags) values ('delete', ?, ?, ?)", sorted(old)
    )
