"""Taking a source out again: posts that only it brought go, the others fall back to what remains of them. In slices, like reading."""

import time
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.db.models import ProtectedError

from homespun.conversations.actions import indexing, own, removal_rows, rows, thread_rows, threads
from homespun.conversations.actions.drafts import KEPT_ASIDE
from homespun.conversations.actions.locking import reading
from homespun.conversations.actions.storing import Store
from homespun.conversations.models import Run, Source
from homespun.core import audit, media
from homespun.core.models import MediaFile
from homespun.people.actions import unlearn
from homespun.users.models import User

SLICE = 1_000  # posts of one transaction


def remove_source(*, by: User | None, now: datetime, source: Source) -> None:
    """Take a source out altogether, however long it takes."""
    while remove_some(by=by, now=now, source=source):
        pass


def remove_some(*, by: User | None, now: datetime, source: Source, seconds: float = 0) -> bool:
    """Take a part of it out, for about so many seconds; True where there is more. Raises `locking.Busy` while another process does so."""
    with reading(f"source-{source.pk}"):
        until = time.monotonic() + seconds
        while True:
            with transaction.atomic():
                Run.objects.filter(source=source, state__in=(Run.State.WAITING, Run.State.RUNNING)).update(
                    state=Run.State.CANCELLED, ended=now
                )
                more = _take_slice(source.pk)
                if not more:
                    _close(by, now, source)
            if not more:
                forget_accounts()
                return False
            if time.monotonic() >= until:
                return True


def _take_slice(source: int) -> bool:
    """Whether there was anything to take."""
    keys = removal_rows.posts_seen_by(source, SLICE)
    if not keys:
        return False
    removal_rows.drop_asides_of(source)
    removal_rows.drop_sightings_of(source, keys)
    left = rows.sightings(keys)
    alive = {row[0] for row in left}
    forget([key for key in keys if key not in alive], alive)
    return True


def forget(gone: list[int], alive: set[int]) -> None:
    """Delete posts, and work out anew those that answered them and those that only have lost a sighting."""
    store = Store(source=0)
    orphans = removal_rows.answers_to(gone) - set(gone)
    parents = removal_rows.parents_of([*gone, *alive]) - set(gone)
    conversations = thread_rows.conversations_of(gone)
    files = removal_rows.files_of(gone)
    indexing.take(indexing.entries(gone))
    removal_rows.let_go(gone)
    rows.delete_posts(gone)
    _settle(store, orphans | alive | _named_by_others(parents | alive))
    threads.part(conversations | thread_rows.conversations_of(orphans | alive))
    _forget_unanswered(parents)
    drop_files(files)


def _named_by_others(keys: set[int]) -> set[int]:
    """Of these the words kept aside, whose author is known from what answers them alone; with what still does."""
    words = removal_rows.placed_in(keys, KEPT_ASIDE)
    return words | removal_rows.answers_to(words)


def drop_files(files: list[int]) -> None:
    """Files that no post shows any more, unless something in the rooms above holds them."""
    for file in MediaFile.objects.filter(pk__in=removal_rows.unused_files(files)):
        try:
            with transaction.atomic():
                file.delete()
        except ProtectedError:
            continue
        transaction.on_commit(partial(_unlink, file.sha256))


def _unlink(sha256: str) -> None:
    """Unless somebody has brought the same file again meanwhile."""
    if not MediaFile.objects.filter(sha256=sha256).exists():
        media.path_of(sha256).unlink(missing_ok=True)


def _settle(store: Store, keys: set[int]) -> None:
    """Write posts as what is left of them says."""
    if keys:
        store.settle({post.uri: [] for post in rows.by_key(keys)}, anew=True)


def _forget_unanswered(parents: set[int]) -> None:
    """Words kept aside stand for a post only as long as something answers it."""
    unanswered = removal_rows.unanswered_asides(parents, KEPT_ASIDE)
    if unanswered:
        conversations = thread_rows.conversations_of(unanswered)
        indexing.take(indexing.entries(unanswered))
        rows.delete_posts(unanswered)
        thread_rows.refresh_conversations(conversations)


def _close(by: User | None, now: datetime, source: Source) -> None:
    removal_rows.drop_asides_of(source.pk)
    account, title, key = source.account_id, source.title, source.pk
    Run.objects.filter(source=source).delete()
    source.delete()
    unlearn(rows.database(), key, removal_rows.accounts_with_archives())
    if account:
        own.unmark_unless_ours(account)
    audit.record(by=by, now=now, verb="source.remove", subject=f"source:{key}", title=title)


def forget_accounts() -> None:
    """Throw away accounts that nothing points at. Without SQLite's own check, which would read all posts for each of them."""
    with connection.constraint_checks_disabled(), transaction.atomic():
        removal_rows.drop_unused_accounts()
