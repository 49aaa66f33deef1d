"""Collecting: archives read into posts, joined into conversations, and taken out again.

For pages and background work: `start_run` makes a run, `read_some(run=…, now=…, seconds=…)` reads on for a while and says whether there
is more, `cancel_run` stops it, `go_on` takes it up, `report` is what it says at the end, `remove_some` takes a source out again.
"""

from homespun.conversations.actions.collecting import collect, collect_all
from homespun.conversations.actions.locking import Busy
from homespun.conversations.actions.reading import read_some
from homespun.conversations.actions.removing import remove_some, remove_source
from homespun.conversations.actions.reporting import report
from homespun.conversations.actions.runs import Options, cancel_run, go_on, start_run

__all__ = [
    "Busy",
    "Options",
    "cancel_run",
    "collect",
    "collect_all",
    "go_on",
    "read_some",
    "remove_some",
    "remove_source",
    "report",
    "start_run",
]
