"""Background work: rows in the database, run by workers that hold a lease on what they do.

Say what is to be done with a task in your room's `tasks.py`, and ask for it inside the transaction that makes it needed:

    from homespun.core.jobs import task

    @task(queue_name="imports", attempts=5)
    def read_slice(run: int) -> None: ...

    read_slice.enqueue(run=run.pk)                                  # soon
    read_slice.using(run_after=now + timedelta(hours=1)).enqueue()  # later

    @periodic(every=timedelta(hours=1))
    @task
    def look_again() -> None: ...

What to hold to:

- Arguments are JSON: ids, not objects. A task may run twice (a worker that is killed loses its lease, and another takes the
  task up after `LEASE`), so it finds out what is still to do, and doing it again changes nothing.
- Long work is cut into slices of some seconds: a task does one and enqueues the next before it ends. No transaction
  holds the write lock for more than about half a second. `stopping()` says that the worker was asked to stop.
- A task that raises is tried again, `attempts` times in all, with growing pauses. `Again(seconds)` asks for a pause of its own
  and costs an attempt too; `GivenUp("sentence")` ends it at once.
- There are two queues, "default" and "imports", each with a process of its own under `homespun serve`.
- In tests `run_waiting()` from `homespun.core.jobs.worker` runs what is due, there and then.
"""

from homespun.core.jobs.tasks import Again, GivenUp, periodic, stopping, task

__all__ = ["Again", "GivenUp", "periodic", "stopping", "task"]
