"""An archive is brought in, stopped, gone on with, taken out again: what a member can ask for. The reading itself is done by tasks."""

import secrets
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from homespun.conversations import actions, sample, tasks
from homespun.conversations.models import Run, Upload
from homespun.conversations.uploads import pieces, slices
from homespun.conversations.uploads.recognition import Whose
from homespun.users.models import User


@transaction.atomic
def bring_upload(*, by: User, now: datetime, upload: Upload, whose: Whose) -> Run:
    """Read what was sent; from now on it belongs to the run."""
    name = upload.name
    return bring(by=by, now=now, path=pieces.hand_over(upload=upload), name=name, whose=whose)


@transaction.atomic
def bring(*, by: User, now: datetime, path: Path, name: str, whose: Whose, is_sample: bool = False) -> Run:
    """Read what lies at `path`, in the background."""
    options = actions.Options(theirs=not whose.ours, account=whose.account, deleted=whose.deleted, circle=whose.circle)
    run = actions.start_run(by=by, now=now, path=path, name=name, options=options)
    if is_sample:
        run.options = run.options | {"sample": True}
        run.save(update_fields=["options"])
    tasks.read_slice.enqueue(run=run.pk)
    return run


def bring_sample(*, by: User, now: datetime) -> list[Run]:
    """The made-up archives, as if they had been sent."""
    runs = []
    for archive in sample.archives():
        folder = pieces.folder() / secrets.token_urlsafe(32)
        folder.mkdir(mode=0o700, parents=True)
        whose = Whose(ours=archive.ours)
        runs.append(bring(by=by, now=now, path=archive.write(folder), name=archive.name, whose=whose, is_sample=True))
    return runs


def cancel(*, by: User, now: datetime, run: Run) -> None:
    """Stop it; what has come stays."""
    actions.cancel_run(run=run, by=by, now=now)


@transaction.atomic
def go_on(*, by: User, now: datetime, run: Run) -> None:
    """Go on where it was stopped, or where it failed."""
    if not Path(run.path).exists():
        raise pieces.Refused(_("“%(name)s” isn’t here any more. Import it again: nothing is duplicated.") % {"name": run.name})
    actions.go_on(run=run, by=by, now=now)
    tasks.read_slice.enqueue(run=run.pk)


@transaction.atomic
def remove(*, by: User, now: datetime, run: Run) -> None:
    """Take out all that only this archive brought."""
    readings = list(run.source.runs.all()) if run.source else [run]
    for reading in readings:
        if reading.state in slices.UNFINISHED:
            actions.cancel_run(run=reading, by=by, now=now)
        pieces.throw_away(Path(reading.path))
    if run.source is None:
        run.delete()
        return
    Run.objects.filter(source=run.source).update(options=run.options | {"removed_by": by.pk})
    tasks.take_out.enqueue(source=run.source.pk, by=by.pk)


def remove_sample(*, by: User, now: datetime) -> None:
    """Take out the archives of the sample."""
    gone: set[int | None] = set()
    for run in Run.objects.filter(options__sample=True).select_related("source"):
        if run.source_id is None or run.source_id not in gone:
            gone.add(run.source_id)
            remove(by=by, now=now, run=run)
