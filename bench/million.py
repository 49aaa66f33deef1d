"""A million posts, written straight into the tables as an import would leave them, so that reading can be measured.

    python -m bench.million FOLDER [POSTS]

Made up from syllables by a fixed seed: words as frequent as words are (Zipf), one post in twenty without spaces, five thousand
authors, conversations of all sizes, one of 1,000 posts and one of 10,000 (a long line with branches, and many short answers).
"""

import random
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

MILLION = 1_000_000
BATCH = 20_000
AUTHORS = 5_000
SMALL, STEMS, ENDINGS = 120, 2_000, 19
FIRST = datetime(2010, 1, 1, tzinfo=UTC)
STEP = timedelta(days=16 * 365) / MILLION
ONSETS = [*list("bcdfghklmnprstvw"), "br", "ch", "cl", "cr", "dr", "fl", "gr", "pl", "pr", "qu", "sh", "sl", "sp", "st", "str", "th", "tr"]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "oa", "ou", "y"]
CODAS: list[str] = ["", "", "", *"lmnrstd", "ck", "ll", "mp", "nd", "ng", "nt", "rd", "rk", "rm", "rn", "rt", "ss", "st"]
KANA = [chr(code) for code in range(0x3042, 0x3094)] + [chr(code) for code in range(0x4E00, 0x4E00 + 600)]


class Cast:
    """Words and people, the same for the same seed. Half of the words are short, half are stems with endings: beginnings are shared."""

    def __init__(self, seed: int = 23) -> None:
        self.random = random.Random(seed)
        self.small = self.made(SMALL, lambda: self.syllable()[:4])
        stems = self.made(STEMS, lambda: self.syllable() + self.syllable())
        self.endings = ["", *self.made(ENDINGS, self.syllable)]
        self.large = [stem + ending for ending in self.endings for stem in stems]
        self.small_weights = list(accumulate(1 / (rank + 3) for rank in range(SMALL)))
        self.large_weights = list(accumulate(1 / (rank + 30) / (turn + 1) for turn in range(ENDINGS + 1) for rank in range(STEMS)))
        self.people = list(accumulate(1 / (rank + 20) for rank in range(AUTHORS)))

    def made(self, count: int, make: Callable[[], str]) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            found[make()] = None
        return list(found)

    def syllable(self) -> str:
        return self.random.choice(ONSETS) + self.random.choice(VOWELS) + self.random.choice(CODAS)

    def text(self, longest: int = 14) -> str:
        """One of twenty in Japanese; in the others up to so many pairs of a common word and a rare one."""
        if self.random.random() < 0.05:
            return "".join(self.random.choices(KANA, k=self.random.randint(12, 60))) + "。"
        half = self.random.randint(3, longest)
        small = self.random.choices(self.small, cum_weights=self.small_weights, k=half)
        large = self.random.choices(self.large, cum_weights=self.large_weights, k=half)
        return " ".join(f"{one} {other}" for one, other in zip(small, large, strict=True)).capitalize() + "."

    def author(self) -> int:
        return self.random.choices(range(1, AUTHORS + 1), cum_weights=self.people)[0]


def sizes(cast: Cast, posts: int) -> Iterator[int]:
    """Of conversations, until all posts are spent."""
    large = [10_000, 1_000] if posts >= 100_000 else [posts // 10, posts // 100]
    yield from large
    left = posts - sum(large)
    while left > 0:
        size = min(left, cast.random.choices((1, 2, 4, 9, 40), (600, 200, 150, 40, 2))[0])
        yield size
        left -= size


def fill(database: Path, posts: int = MILLION) -> None:
    """Fill the tables of an empty, migrated database."""
    cast = Cast()
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("pragma synchronous = off")
    db.execute("begin")
    db.executemany(
        "insert into people_account (id, uri, network, handle, name, bio, avatar, is_own) values (?, ?, 'x', ?, ?, '', '', ?)",
        ((pk, f"https://x.com/i/user/{pk}", f"person{pk}", f"Person {pk}", pk == 1) for pk in range(1, AUTHORS + 1)),
    )
    source = db.execute(
        "insert into conversations_source (kind, fingerprint, title, account_id, is_ours, added, declared)"
        " values ('x-archive', 'made-up', 'A made-up archive', 1, 1, ?, '{}')",
        (FIRST.isoformat(" "),),
    ).lastrowid
    rows = made_posts(cast, posts)
    while batch := list(islice(rows, BATCH)):
        write(db, source or 1, batch)
    # The search index is built by `homespun upgrade`, from the posts.
    db.execute("update conversations_searchindex set complete_from = (select max(id) + 1 from conversations_post)")
    for table in ("conversation", "post", "missingparent", "sighting"):
        db.execute(f"analyze conversations_{table}")
    db.execute("commit")
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()


Row = tuple[
    int, int, int | None, int, str, datetime, bool, bool
]  # key, conversation, parent, author, text, published, picture, ghost above


def made_posts(cast: Cast, posts: int) -> Iterator[Row]:
    """In order of time: conversations are spread over the years, and their posts stand close together."""
    waiting: list[int] = list(sizes(cast, posts))
    large, rest = waiting[:2], waiting[2:]
    cast.random.shuffle(rest)
    order = rest[: len(rest) // 2] + large + rest[len(rest) // 2 :]
    number = 0
    for size in order:
        keys: list[int] = []
        for place in range(size):
            published = FIRST + STEP * number * (MILLION / posts)
            key = (int(published.timestamp() * 1000) << 22) + number % 4096
            ghost = place == 0 and size > 1 and cast.random.random() < 0.2
            yield (
                key,
                keys[0] if keys else key,
                parent(cast, keys),
                cast.author(),
                cast.text(),
                published,
                cast.random.random() < 0.1,
                ghost,
            )
            keys.append(key)
            number += 1


def parent(cast: Cast, keys: list[int]) -> int | None:
    if not keys:
        return None
    chance = cast.random.random()
    return keys[-1] if chance < 0.6 else keys[0] if chance < 0.75 else cast.random.choice(keys)


def write(db: sqlite3.Connection, source: int, batch: list[Row]) -> None:
    conversations: dict[int, list[int]] = {}
    voices: dict[int, set[int]] = defaultdict(set)  # of a conversation that two batches share, those of the larger part
    for key, conversation, _, author, _, _, _, ghost in batch:
        counted = conversations.setdefault(conversation, [key, 0, 0, 0])
        voices[conversation].add(author)
        counted[0], counted[1], counted[2], counted[3] = key, counted[1] + 1, counted[2] + (author == 1), counted[3] + ghost
    db.executemany(
        "insert into conversations_conversation (id, latest, posts, own, missing, voices) values (?1, ?2, ?3, ?4, ?5, ?6)"
        " on conflict (id) do update"
        " set latest = ?2, posts = posts + ?3, own = own + ?4, missing = missing + ?5, voices = max(voices, ?6)",
        ((pk, *counted, len(voices[pk])) for pk, counted in conversations.items()),
    )
    db.executemany(
        "insert into conversations_post (id, uri, url, network, author_id, published, text, html, lang, parent_id, conversation_id, place,"
        " visibility, state, warning, replies_told) values (?, ?, ?, 'x', ?, ?, ?, '', 'en', ?, ?, 1, 1, 1, '', 0)",
        (
            (key, address(key), address(key), author, f"{published:%Y-%m-%d %H:%M:%S.%f}", text, above, conversation)
            for key, conversation, above, author, text, published, _, _ in batch
        ),
    )
    db.executemany(
        "insert into conversations_missingparent (child_id, uri, author_id) values (?, ?, ?)",
        ((key, address(key - 1), author) for key, _, _, author, _, _, _, ghost in batch if ghost),
    )
    db.executemany(
        "insert into conversations_sighting (post_id, source_id, place, version, raw) values (?, ?, 1, '', x'00')",
        ((row[0], source) for row in batch),
    )


def address(key: int) -> str:
    return f"https://x.com/i/status/{key}"


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else MILLION)
