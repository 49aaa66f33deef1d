"""`collect`: everything from a path to the report, in this process; a run that was killed is taken up where it stands."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from homespun.conversations.actions.locking import Busy
from homespun.conversations.actions.reading import Progress, read_some
from homespun.conversations.actions.runs import UNFINISHED, Options, go_on, start_run
from homespun.conversations.models import Run
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.users.models import User


def collect(*, by: User | None, now: datetime, path: Path, options: Options | None = None, on_progress: Progress | None = None) -> Run:
    """Read an archive to its end and give the finished run. Raises `NetworkError` with a sentence."""
    options = options or Options()
    path = path.resolve()
    run = left_lying(path, options) or start_run(by=by, now=now, path=path, options=options)
    if run.state == Run.State.FAILED:
        go_on(by=by, now=now, run=run)
    try:
        while read_some(run=run, now=now, on_progress=on_progress):
            pass
    except Busy as busy:
        raise NetworkError(_("“%(name)s” is being read by another process already.", name=run.name), permanent=False) from busy
    return run


def left_lying(path: Path, options: Options) -> Run | None:
    """What a killed or failed reading of the same left behind."""
    runs = Run.objects.filter(path=str(path), state__in=(*UNFINISHED, Run.State.FAILED)).order_by("-pk")
    return next((run for run in runs if run.options == asdict(options) and run.cursor), None)


def collect_all(
    *, by: User | None, now: datetime, paths: Sequence[Path], options: Options | None = None, on_progress: Progress | None = None
) -> list[Run]:
    return [collect(by=by, now=now, path=path, options=options, on_progress=on_progress) for path in paths]
