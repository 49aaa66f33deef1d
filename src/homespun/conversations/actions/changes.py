"""What happens to posts and accounts where they are at home: edited, deleted, back again, called otherwise; followed and written down.

An `Absence` that says `gone` is the mark of a deletion: as long as it stands, no record of an archive or of another server brings the
post back. Only its own host does, when it shows it after that. What somebody has withdrawn no record brings back at all.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Case, Value, When

from homespun.conversations.actions import rows
from homespun.conversations.actions.drafts import Draft
from homespun.conversations.actions.merging import Merged
from homespun.conversations.models import Absence, Post, State
from homespun.core import audit
from homespun.networks.values import Place
from homespun.networks.values import Post as Shown
from homespun.people.models import Account
from homespun.users.models import User

AT_HOME = (Place.OWN, Place.SERVER)


def mark_deleted(drafts: Iterable[Draft]) -> None:
    """Those of these that are gone at their source, or whose author is, whatever their records say."""
    if not rows.any_absent():
        return
    every = list(drafts)
    gone = set(rows.gone({name for draft in every for name in _names(draft.merged)}))
    for draft in every if gone else ():
        if draft.merged.state in (State.LIVE, State.EDITED) and not gone.isdisjoint(_names(draft.merged)):
            draft.merged.state = State.DELETED


def _names(post: Merged | Shown) -> list[str]:
    """Under what it can be marked."""
    return [post.uri, *post.names, *([post.author.uri] if post.author else [])]


def bring_back(posts: Sequence[Shown], *, by: User | None, now: datetime) -> None:
    """Posts that were gone, and that their own host has shown since, as it has their authors. Runs in the caller's transaction, before they
    are stored."""
    closed = rows.gone({post.author.uri for post in posts if post.place in AT_HOME and post.author})
    for account in Account.objects.filter(uri__in=Absence.objects.filter(uri__in=closed, asked__lte=now).values("uri")) if closed else ():
        account_back(account, now=now)
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


def account_back(account: Account, *, now: datetime) -> None:
    """What went with an account that had been closed is there again, but for what was deleted by itself."""
    if not Absence.objects.filter(uri=account.uri, why=Absence.Why.GONE).delete()[0]:
        return
    theirs = Post.objects.filter(author=account, state=State.DELETED)
    theirs = theirs.exclude(uri__in=Absence.objects.filter(why=Absence.Why.GONE).values("uri"))
    theirs.filter(edited__isnull=True).update(state=State.LIVE)
    theirs.filter(edited__isnull=False).update(state=State.EDITED)
    audit.record(by=None, now=now, verb="account.back-at-source", subject=f"account:{account.uri}"[:300])


def note_edits(drafts: Iterable[Draft], *, by: User | None, now: datetime) -> None:
    """What posts said before, and for whom they were: their history. How others had passed them on is no history."""
    for draft in drafts:
        old, new = draft.old, draft.merged
        if old is None or old.place > Place.COPY or (old.place == Place.COPY and new.place in AT_HOME):
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
