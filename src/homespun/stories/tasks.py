"""What stories quote, looked at again every day where it was posted."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from homespun.conversations.actions.aging import recheck
from homespun.core.door import door
from homespun.core.jobs import periodic, task
from homespun.stories.actions.closing import close
from homespun.stories.queries.used import used_uris

A_SLICE = 40  # posts of one task, so that nothing else waits long


@periodic(every=timedelta(days=1))
@task(queue_name="listening")
def recheck_used() -> None:
    """Whether it was edited or deleted since."""
    uris = used_uris()
    with transaction.atomic():
        for start in range(0, len(uris), A_SLICE):
            recheck_some.enqueue(uris=uris[start : start + A_SLICE])


@periodic(every=timedelta(minutes=1))
@task
def close_pictures() -> None:
    """Words that were closed vanish at once, and their pictures here."""
    close(now=timezone.now())


@task(queue_name="listening", attempts=3)
def recheck_some(uris: list[str]) -> None:
    recheck(uris=uris, now=timezone.now(), door=door())
