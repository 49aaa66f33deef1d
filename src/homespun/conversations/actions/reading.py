"""Reading a run: batch by batch, the cursor and the counts in the transaction of each, so that a kill at any moment loses nothing."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from homespun.conversations.actions import media, reporting, rows
from homespun.conversations.actions.locking import Busy, reading
from homespun.conversations.actions.removing import remove_source
from homespun.conversations.actions.runs import source_of, told
from homespun.conversations.actions.storing import Store, Stored
from homespun.conversations.models import Run
from homespun.conversations.worded import worded
from homespun.networks import NetworkError, known
from homespun.networks.said import Kept, Said
from homespun.networks.said import said as _
from homespun.networks.values import Page, Unread
from homespun.people.actions import Accounts

BATCH = 5_000  # posts of one transaction: a third of a second of SQLite's write lock, and 30 MB less than with 8,000
UNREADABLE_SHOWN = 1_000
Progress = Callable[[Run], None]

__all__ = ["Busy", "read_some"]


def read_some(*, run: Run, now: datetime, seconds: float | None = None, on_progress: Progress | None = None) -> bool:
    """Read on for about so many seconds, or to the end; True where there is more to read.

    One process at a time reads a run: raises `locking.Busy` where another does. Raises `NetworkError`, with a sentence, where the
    archive cannot be read; the run has then failed, and what had come stays. `run` is fresh afterwards.

    `store` writes keys that it has just read or made, so the database is not asked again whether each is there: that was a tenth of
    an import. The tests ask it.
    """
    with reading(f"run-{run.pk}"), still(), connection.constraint_checks_disabled():
        run.refresh_from_db()
        if run.state in (Run.State.DONE, Run.State.CANCELLED):
            return False
        try:
            return Reader(run, now, seconds, on_progress).read()
        except NetworkError as error:
            Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, error=worded(error.said), ended=now)
            run.refresh_from_db()
            raise


@contextmanager
def still() -> Iterator[None]:
    """Without the garbage collector, which would look through all that is read again and again; nothing here makes circles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Reader:
    """One process's turn at a run."""

    def __init__(self, run: Run, now: datetime, seconds: float | None, on_progress: Progress | None) -> None:
        self.run, self.now, self.on_progress = run, now, on_progress
        self.until = time.monotonic() + seconds if seconds is not None else None
        self.archive = known.opened(Path(run.path), told(run.options))

    def read(self) -> bool:
        try:
            self._begin()
            step = self.run.cursor.get("step", "posts")
            if step == "posts" and not self._read_posts():
                return self._stands()
            if self.run.cursor["step"] == "media" and not self._read_media():
                return self._stands()
            if not self.run.counts.get("found", 1):  # a run that an older version began has not counted them
                raise self._nothing_read()
            with transaction.atomic():
                reporting.finish(self.run, self.archive, timezone.now())
            self._tell()
            return False
        finally:
            self.archive.close()

    def _nothing_read(self) -> NetworkError:
        """Return the error of an import without a single post. The source that it made is removed, and the next try begins anew."""
        source = self.run.source
        Run.objects.filter(pk=self.run.pk).update(source=None, cursor={}, counts={}, progress=0)
        if source and not source.runs.exists() and not source.sightings.exists():
            remove_source(by=self.run.started_by, now=self.now, source=source)
        if self.run.unreadable:
            why = Said.again(self.run.unreadable[0]["why"])
            return NetworkError(_("No post in “%(name)s” could be read. The first problem: %(why)s", name=self.run.name, why=why))
        return NetworkError(_("“%(name)s” contains no posts.", name=self.run.name))

    def _begin(self) -> None:
        with transaction.atomic():
            source = source_of(self.run, self.archive, self.now)
            self.run.source = source
            self.run.state, self.run.beat, self.run.error = Run.State.RUNNING, self.now, ""
            if not self.run.cursor:
                self.run.cursor, self.run.counts = {"step": "posts", "at": {}}, {"found": 0}
            self.run.save(update_fields=["source", "state", "beat", "error", "cursor", "counts"])
        accounts = Accounts(rows.database(), source.pk)
        self.store = Store(source.pk, rows.moment_stamp(source.made), self.archive.owner, accounts=accounts)

    def _stands(self) -> bool:
        return bool(self.run.state == Run.State.RUNNING)

    def _read_posts(self) -> bool:
        """Whether all are read."""
        for batch in batches(self.archive.pages(self.run.cursor["at"])):
            with transaction.atomic():
                if not self._still_wanted():
                    return False
                stored = self.store.store([post for page in batch for post in page.posts], [post for page in batch for post in page.asides])
                self._count(batch, stored)
                self._save({"step": "posts", "at": batch[-1].cursor}, max(batch[-1].progress * 0.95, self.run.progress))
            self._tell()
            if self._is_late():
                return False
        self._save({"step": "media", "at": 0}, 0.95)
        return True

    def _read_media(self) -> bool:
        members = self.archive.media()
        for done, found in media.kept(self.archive, members, self.run.cursor["at"]):
            with transaction.atomic():
                if not self._still_wanted():
                    return False
                self._add_media(found)
                self._save({"step": "media", "at": done}, 0.95 + 0.05 * done / max(1, len(members)))
            self._tell()
            if self._is_late():
                return False
        self._save({"step": "count"}, 1.0)
        return True

    def _add_media(self, found: media.Found) -> None:
        media.attach(found.files)
        self.run.counts["media"] = self.run.counts.get("media", 0) + len(found.files)
        self.run.unreadable = [*self.run.unreadable, *map(kept, found.unread)][:UNREADABLE_SHOWN]

    def _still_wanted(self) -> bool:
        self.run.state = Run.objects.values_list("state", flat=True).get(pk=self.run.pk)
        return self._stands()

    def _is_late(self) -> bool:
        return self.until is not None and time.monotonic() >= self.until

    def _count(self, batch: list[Page], stored: Stored) -> None:
        counts = self.run.counts
        for name, value in {
            "new": stored.new,
            "updated": stored.updated,
            "unchanged": stored.unchanged,
            "opted_out": stored.opted_out,
        }.items():
            counts[name] = counts.get(name, 0) + value
        counts["found"] = counts.get("found", 0) + sum(len(page.posts) + len(page.asides) for page in batch)
        recovered = counts.setdefault("recovered", {})
        for place, number in stored.recovered.items():
            recovered[place] = recovered.get(place, 0) + number
        for page in batch:
            for name, number in page.counts.items():
                if name == "notes_read":
                    counts[name] = number
                else:
                    counts[name] = counts.get(name, 0) + number
        unread = [kept(each) for page in batch for each in page.unread]
        if unread:
            counts["unreadable"] = counts.get("unreadable", 0) + len(unread)
            self.run.unreadable = [*self.run.unreadable, *unread][:UNREADABLE_SHOWN]

    def _save(self, cursor: dict[str, Any], progress: float) -> None:
        self.run.cursor, self.run.progress, self.run.beat = cursor, progress, timezone.now()
        self.run.save(update_fields=["cursor", "progress", "beat", "counts", "unreadable"])

    def _tell(self) -> None:
        if self.on_progress:
            self.on_progress(self.run)


def kept(unread: Unread) -> dict[str, Kept]:
    return {"where": unread.where.kept(), "why": unread.why.kept()}


def batches(pages: Iterator[Page]) -> Iterator[list[Page]]:
    """Pages together, up to about a batch of posts."""
    batch: list[Page] = []
    count = 0
    for page in pages:
        batch.append(page)
        count += len(page.posts) + len(page.asides)
        if count >= BATCH:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch
