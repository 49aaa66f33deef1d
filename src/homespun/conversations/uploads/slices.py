"""A run, slice by slice."""

from collections.abc import Iterable
from datetime import datetime

from homespun.conversations.models import Run

UNFINISHED = (Run.State.WAITING, Run.State.RUNNING)


class Unreadable(Exception):
    """Why an archive cannot be read on, whatever is tried."""


def read(*, run: Run, now: datetime) -> bool:
    raise Unreadable


def take_out(*, source: int, now: datetime) -> bool:
    raise NotImplementedError


def left_lying(*, now: datetime) -> Iterable[Run]:
    return []
