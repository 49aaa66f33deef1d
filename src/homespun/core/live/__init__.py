"""That something has changed, told to pages that are open. A change is no more than its number; a page asks again with its own rights.

`changed()` stands in the transaction of whatever changes what the team sees: `core.audit` calls it for every deed, storing for every
batch of posts. `stream` tells browsers, `watching` finds out.
"""

from django.db.models import F

from homespun.core import wakeups
from homespun.core.models import Change


def changed() -> None:
    if not Change.objects.filter(pk=1).update(version=F("version") + 1):
        Change.objects.create(pk=1, version=1)
    wakeups.notify_on_commit(wakeups.CHANGES)


def version() -> int:
    return Change.objects.filter(pk=1).values_list("version", flat=True).first() or 0
