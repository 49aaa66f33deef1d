"""What is remembered of hosts: how often each was asked, until when it wants to be left alone, and some of its answers.

It is kept in a file of the data folder, which all processes share, so that a command obeys what a host has told the listener. The file
is apart from the database, as every request writes to it and an import must not hold that up. Losing it loses nothing but politeness.
"""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from homespun.http.pauses import LONGEST

log = logging.getLogger("homespun.http")

BUSY = 5.0  # seconds to wait for another process
OLDEST = 24 * 3600.0  # seconds after which an answer is forgotten, however long its asker would take it for true
MOST_KEPT = 64 << 20  # bytes of answers
MEMORY = ":memory:"
SCHEMA = """
create table if not exists request (host text not null, at real not null);
create index if not exists request_by_host on request (host, at);
create index if not exists request_by_time on request (at);
create table if not exists rest (host text not null, is_read integer not null, until real not null, primary key (host, is_read));
create table if not exists answer (url text primary key, at real not null, content_type text not null, body blob not null);
create index if not exists answer_by_time on answer (at);
"""
T = TypeVar("T")


class Wait(NamedTuple):
    """Why a host isn't asked now, and for how many seconds."""

    seconds: float
    is_wish: bool  # of the host; else its budget is spent


class KeptAnswer(NamedTuple):
    at: float  # seconds since 1970
    content_type: str
    body: bytes


@dataclass
class HostMemory:
    """In a file, or in memory for one process. Safe to use from several threads."""

    path: Path | None = None
    clock: Callable[[], float] = time.time  # of the wall, as the processes share it
    lock: threading.Lock = field(default_factory=threading.Lock)
    opened: tuple[int, sqlite3.Connection] | None = None  # by which process
    inherited: list[sqlite3.Connection] = field(default_factory=list)  # from the process that was forked: neither used nor closed

    def take_turn(self, host: str, *, is_read: bool, budget: int, seconds: float) -> Wait | None:
        """Count a request to this host; what to wait for instead where it is asked too often or wants to be left alone."""
        return self._written(lambda database: self._take_turn(database, host, is_read, budget, seconds))

    def _take_turn(self, database: sqlite3.Connection, host: str, is_read: bool, budget: int, seconds: float) -> Wait | None:
        now = self.clock()
        row = database.execute("select until - ? from rest where host = ? and is_read = ?", (now, host, is_read)).fetchone()
        if row and 0 < row[0] <= LONGEST:  # longer: the clock was set back since
            return Wait(row[0], is_wish=True)
        database.execute("delete from request where at <= ? or at > ?", (now - seconds, now))
        number, first = database.execute("select count(*), min(at) from request where host = ?", (host,)).fetchone()
        if number >= budget:
            return Wait(seconds - (now - first), is_wish=False)
        database.execute("insert into request values (?, ?)", (host, now))
        return None

    def leave_alone(self, host: str, *, is_read: bool, seconds: float) -> None:
        """Remember that this host doesn't want to be read from, or written to, for so long."""
        until = self.clock() + min(seconds, LONGEST)
        statement = "insert into rest values (?, ?, ?) on conflict (host, is_read) do update set until = excluded.until"
        self._written(lambda database: database.execute(statement, (host, is_read, until)))

    def keep_answer(self, url: str, content_type: str, body: bytes) -> None:
        """Remember what was at an address just now. Old answers make room."""

        def keep(database: sqlite3.Connection) -> None:
            now = self.clock()
            database.execute("delete from answer where at <= ? or at > ?", (now - OLDEST, now))
            database.execute("insert or replace into answer values (?, ?, ?, ?)", (url, now, content_type, body))
            while database.execute("select coalesce(sum(length(body)), 0) from answer").fetchone()[0] > MOST_KEPT:
                database.execute("delete from answer where url in (select url from answer order by at limit 10)")

        self._written(keep)

    def kept_answer(self, url: str, *, seconds: float) -> KeptAnswer | None:
        """What was at an address, if that was asked within so many seconds."""
        now = self.clock()
        statement = "select at, content_type, body from answer where url = ? and at between ? and ?"
        row = self._written(lambda database: database.execute(statement, (url, now - seconds, now)).fetchone())
        return KeptAnswer(*row) if row else None

    def _written(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do it in one transaction. Where the file can't be used, this process remembers by itself."""
        with self.lock:
            try:
                with self._transaction() as database:
                    return work(database)
            except sqlite3.Error as error:
                if self.path is None:
                    raise
                log.warning("%s can't be used (%s); host budgets are kept for each process from now on", self.path.name, error)
                self._forget_file()
                with self._transaction() as database:
                    return work(database)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        database = self._database()
        database.execute("begin immediate")
        try:
            yield database
        except BaseException:
            database.execute("rollback")
            raise
        database.execute("commit")

    def _database(self) -> sqlite3.Connection:
        if self.opened and self.opened[0] != os.getpid():
            self.inherited.append(self.opened[1])
            self.opened = None
        if self.opened is None:
            self.opened = os.getpid(), _open(self.path)
        return self.opened[1]

    def _forget_file(self) -> None:
        if self.opened:
            with suppress(sqlite3.Error):
                self.opened[1].close()
        self.path = self.opened = None


def _open(path: Path | None) -> sqlite3.Connection:
    database = sqlite3.connect(path or MEMORY, timeout=BUSY, isolation_level=None, check_same_thread=False)
    if path:
        path.chmod(0o600)
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = off")
    database.executescript(SCHEMA)
    return database
