"""A loop of its own for what is asynchronous."""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_a_loop(what: Awaitable[T]) -> T:
    """In a thread, as the browser of another test may hold this one's loop."""

    async def done() -> T:
        return await what

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(done())).result()
