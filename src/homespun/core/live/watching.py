"""Finds out that something has changed, for all streams of a process at once: a look at each wake-up, and none while nobody listens."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from django.db import Error, connection

from homespun.core import live
from homespun.core.wakeups import CHANGES, Waiter

log = logging.getLogger("homespun.live")

EVERY = 10.0  # seconds between two looks where no wake-up comes
TOGETHER = 0.05  # seconds in which several changes cost one look
T = TypeVar("T")


class Looking:
    """Looks from one thread. In SQLite a look costs microseconds until another connection has written something."""

    def __init__(self) -> None:
        self.data: int | None = None
        self.version = 0

    def look(self) -> int:
        """The number of the last change; the one before while the database does not answer."""
        try:
            if self.has_stirred():
                self.version = live.version()
        except Error as error:
            log.warning("the database does not say whether something has changed (%s)", error)
            self.data = None
            connection.close()
        return self.version

    def has_stirred(self) -> bool:
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("pragma data_version")
            before, self.data = self.data, int(cursor.fetchone()[0])
        return before != self.data


class Watcher:
    """Wakes whoever waits for a change. Belongs to one event loop."""

    def __init__(self, look: Callable[[], int] | None = None, *, every: float = EVERY) -> None:
        self.look = look or Looking().look
        self.every = every
        self.version: int | None = None  # None: nobody has listened for a while
        self.listeners = 0
        self.task: asyncio.Task[None] | None = None
        self.woken = asyncio.Event()
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask the database in the one thread that has a connection for it."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, question)

    async def begin(self) -> int:
        """Somebody listens. Returns the number as it is now."""
        self.listeners += 1
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.watch())
        while self.version is None:
            await self.woken.wait()
        return self.version

    def end(self) -> None:
        self.listeners -= 1

    async def change(self, known: int, seconds: float) -> int:
        """The number as soon as it is another than `known`; after so many seconds as it is."""
        if self.version in (None, known):
            waiting = asyncio.ensure_future(self.woken.wait())
            await asyncio.wait([waiting], timeout=seconds)
            waiting.cancel()
        return known if self.version is None else self.version

    def wake(self) -> None:
        """All who wait now look up; who waits from now on waits for the next time."""
        woken, self.woken = self.woken, asyncio.Event()
        woken.set()

    async def watch(self) -> None:
        loop, notified = asyncio.get_running_loop(), asyncio.Event()

        def on_notification() -> None:
            waiter.drain()
            notified.set()

        with Waiter(CHANGES) as waiter:
            loop.add_reader(waiter.reading, on_notification)
            try:
                while self.listeners:
                    notified.clear()
                    await self.look_once()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self.every):
                            await notified.wait()
                    await asyncio.sleep(min(TOGETHER, self.every))
            finally:
                loop.remove_reader(waiter.reading)
        self.version = None

    async def look_once(self) -> None:
        found = await self.ask(self.look)
        if found != self.version:
            self.version = found
            self.wake()
