"""A task that does nothing, and a program that asks for it again and again. Each time it waits until a worker has run it."""

import sys
import time

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from homespun.core.jobs import task


@task(queue_name="imports")
def tick() -> None:
    pass


def enqueue_one_after_the_other(times: int) -> None:
    for _ in range(times):
        enqueued = tick.enqueue()
        while DBTaskResult.objects.get(pk=enqueued.id).status != TaskResultStatus.SUCCESSFUL:
            time.sleep(0.002)
    sys.stdout.write("done")
