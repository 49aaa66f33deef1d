"""Which accounts are ours: those of archives that are ours, and those that are connected. Posts, the index and the counts of
conversations follow, and what they said waits for no answer of ours."""

from homespun.conversations.actions import indexing, thread_rows
from homespun.conversations.models import Connection, Mention, Source
from homespun.people.models import Account


def mark(account: int) -> None:
    """This account is ours. Runs in the caller's transaction."""
    _set(account, own=True)


def unmark_unless_ours(account: int) -> None:
    """No longer, unless another archive of ours is this account's, or it was connected."""
    is_told = Source.objects.filter(account=account, is_ours=True).exists()
    if not is_told and not Connection.objects.filter(account=account).exists():
        _set(account, own=False)


def _set(account: int, *, own: bool) -> None:
    if not Account.objects.filter(pk=account, is_own=not own).exists():
        return
    keys = thread_rows.posts_by(account)
    before = indexing.entries(keys)
    Account.objects.filter(pk=account).update(is_own=own)
    if own:
        Mention.objects.filter(post__author=account).delete()
    indexing.take(before)
    indexing.put(indexing.entries(keys))
    thread_rows.refresh_conversations(thread_rows.conversations_of(keys))
