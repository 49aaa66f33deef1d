"""Reading archives in the background, a slice at a time; each slice enqueues the next in the queue of its own."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from homespun.conversations.models import Run
from homespun.conversations.uploads import pieces, slices
from homespun.core.jobs import GivenUp, periodic, task


@task(queue_name="imports", attempts=8)
def read_slice(run: int) -> None:
    """Read a few thousand posts. Whatever the last reader left, this one begins after what is saved."""
    row = Run.objects.filter(pk=run).first()
    if row is None or row.state not in slices.UNFINISHED:
        return
    try:
        more = slices.read(run=row, now=timezone.now())
    except slices.Unreadable as error:
        raise GivenUp(str(error)) from error
    if more:
        read_slice.enqueue(run=run)


@task(queue_name="imports", attempts=5)
def take_out(source: int, by: int) -> None:
    """Remove what only this source brought."""
    if slices.take_out(source=source, by=by, now=timezone.now()):
        take_out.enqueue(source=source, by=by)


@periodic(every=timedelta(hours=6))
@task
def sweep_uploads() -> None:
    """Throw away what nobody went on sending."""
    pieces.sweep(now=timezone.now())


@periodic(every=timedelta(minutes=1))
@task
def pick_up() -> None:
    """Ask for the next slice of runs that nobody is reading: their worker died before it could, or the run came in by a restore."""
    with transaction.atomic():
        for run in slices.left_lying(now=timezone.now()):
            read_slice.enqueue(run=run.pk)
