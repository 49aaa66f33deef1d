"""The bare floor of importing tweets: parse, keep the raw record, index the words. What an import costs is told in floors.

python -m bench.floor TWEETS.js DATABASE
"""

import html
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import zstandard

PIECE = 1 << 20
BATCH = 10_000
SEAM = b"\n  },\n  {\n"
TABLES = (
    "pragma journal_mode = wal",
    "pragma synchronous = normal",
    "create table tweet (id integer primary key, created text, text text, parent integer, lang text)",
    "create table raw (id integer primary key, body blob)",
    "create virtual table words using fts5 (text, content = '', prefix = '2 3')",
)
compress = zstandard.ZstdCompressor(level=1).compress


def items(path: str) -> Iterator[dict[str, Any]]:
    """The file is cut at the newline between two items, a mebibyte at a time."""
    with open(path, "rb") as file:
        text = file.read(PIECE)
        text = text[text.index(b"[") + 1 :]
        while more := file.read(PIECE):
            text += more
            seam = text.rfind(SEAM)
            if seam >= 0:
                yield from orjson.loads(b"[" + text[:seam] + b"\n}]")
                text = b"{\n" + text[seam + len(SEAM) :]
    yield from orjson.loads(b"[" + text.strip().rstrip(b"];").rstrip() + b"]")


def row(item: dict[str, Any]) -> tuple[Any, ...]:
    tweet = item.get("tweet", item)
    words = html.unescape(tweet.get("full_text") or tweet["text"])
    parent, body = tweet.get("in_reply_to_status_id_str"), compress(orjson.dumps(tweet))
    return int(tweet["id_str"]), tweet["created_at"], words, parent, tweet.get("lang"), body


def write(database: sqlite3.Connection, batch: list[tuple[Any, ...]]) -> None:
    """In order of key, or the index writes out its pending terms again and again."""
    batch.sort()
    database.execute("begin immediate")
    database.executemany("insert or replace into tweet values (?, ?, ?, ?, ?)", [each[:5] for each in batch])
    database.executemany("insert or replace into raw values (?, ?)", [(each[0], each[5]) for each in batch])
    database.executemany("insert into words (rowid, text) values (?, ?)", [(each[0], each[2]) for each in batch])
    database.execute("commit")


def main(path: str, target: str) -> None:
    database = sqlite3.connect(target, isolation_level=None)
    for statement in TABLES:
        database.execute(statement)
    batch: list[tuple[Any, ...]] = []
    for item in items(path):
        batch.append(row(item))
        if len(batch) == BATCH:
            write(database, batch)
            batch = []
    write(database, batch)
    database.execute("create index tweet_parent on tweet (parent)")


if __name__ == "__main__":
    main(*sys.argv[1:3])
