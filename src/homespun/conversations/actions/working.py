"""Background work that failed for good, once more."""

from datetime import datetime

from django.db import transaction

from homespun.core import audit
from homespun.core.jobs import leases
from homespun.users.models import User


def run_again(*, by: User, now: datetime, task: str) -> bool:
    with transaction.atomic():
        taken = leases.again(pk=task, now=now)
        if taken:
            audit.record(by=by, now=now, verb="task.retry", subject=f"task:{task}")
    return taken
