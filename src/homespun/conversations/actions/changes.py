"""What happens to posts and accounts where they are at home: edited, deleted, back again, called otherwise; followed and written down.

An `Absence` that says `gone` is the mark of a deletion: as long as it stands, no record of an archive or of another server brings the
post back. Only its own host does, when it shows it after that. What somebody has withdrawn no record brings back at all.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Case, Value, When

from homespun.conversations.actions import rows
from homespun.conversations.actions.drafts import Draft
from homespun.conversations.models import Absence, Post, State
from homespun.core import audit
from homespun.networks.values import Place
from homespun.networks.values import Post as Shown
from homespun.people.models import Account
from homespun.users.models import User

AT_HOME = (Place.OWN, Place.SERVER)


def mark_deleted(drafts: Iterable[Draft]) -> None:
    """Those of these that are gone at their source, whatever their records say."""
    named = {name: draft for draft in drafts for name in (draft.merged.uri, *draft.merged.names)}
    for name in rows.gone(named):
        if named[name].merged.state in (State.LIVE, State.EDITED):
            named[name].merged.state = State.DELETED


def bring_back(posts: Sequence[Shown], *, by: User | None, now: datetime) -> None:
    """Posts that were gone, and that their own host has shown since. Runs in the caller's transaction, before they are stored."""
    shown = {name: post.uri for post in posts if post.place in AT_HOME for name in (post.uri, *post.names)}
    marks = Absence.objects.filter(uri__in=rows.gone(shown), asked__lte=now)
    back = {shown[uri] for uri in marks.values_list("uri", flat=True)}
    if not back:
        return
    marks.delete()
    held = Post.objects.filter(uri__in=back, state=State.DELETED)
    for uri in held.values_list("uri", flat=True):
        audit.record(by=by, now=now, verb="post.back-at-source", subject=f"post:{uri}"[:300])
    held.update(state=Case(When(edited__isnull=True, then=Value(State.LIVE)), default=Value(State.EDITED)))


def note_edits(drafts: Iterable[Draft], *, by: User | None, now: datetime) -> None:
    """What posts said before, and for whom they were: their history. Words that were only passed on by others are no history."""
    for draft in drafts:
        old, new = draft.old, draft.merged
        if old is None or old.place > Place.COPY:
            continue
        before = {
            name: was
            for name, was, now_is in (
                ("text", old.text, new.text),
                ("warning", old.warning, new.warning),
                ("visibility", old.visibility, int(new.visibility)),
            )
            if was != now_is
        }
        if before:
            audit.record(by=by, now=now, verb="post.edited-at-source", subject=f"post:{new.uri}"[:300], before=before)


def handles(uris: Iterable[str]) -> dict[int, str]:
    return dict(Account.objects.filter(uri__in=list(uris)).exclude(handle="").values_list("pk", "handle"))


def note_renamed(before: dict[int, str], *, by: User | None, now: datetime) -> None:
    """Accounts that go by another handle than before."""
    for pk, handle in Account.objects.filter(pk__in=before).exclude(handle="").values_list("pk", "handle"):
        if handle.lower() != before[pk].lower():
            audit.record(by=by, now=now, verb="account.renamed", subject=f"account:{pk}", before=before[pk], after=handle)
