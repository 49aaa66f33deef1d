"""Answers that one purpose takes for true as long as it lasts, so that nothing is asked twice by its parts, which know nothing of each
other."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST = 16 << 20  # bytes that are remembered
ANSWERS: ContextVar[dict[str, bytes] | None] = ContextVar("ANSWERS", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Within the block, `remembered` gives what `remember` was told."""
    token = ANSWERS.set({})
    try:
        yield
    finally:
        ANSWERS.reset(token)


def remembered(url: str) -> bytes | None:
    return (ANSWERS.get() or {}).get(url)


def remember(url: str, body: bytes) -> None:
    answers = ANSWERS.get()
    if answers is not None and sum(map(len, answers.values())) + len(body) <= MOST:
        answers[url] = body
