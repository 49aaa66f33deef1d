"""Doing what was decided (`outgoing`): made once, however often its worker is killed.

A row is SENDING, and that is written down, before the network hears of it, so that whoever takes it up after a crash asks by the same key,
which gives the post that a try before it left.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from homespun.conversations.actions import absences, mentions
from homespun.conversations.actions.finding import sentence
from homespun.conversations.actions.outgoing import end_following
from homespun.conversations.actions.renewing import worked
from homespun.conversations.actions.storing import Store
from homespun.conversations.models import Connection, Outgoing, Post, PostName, Source
from homespun.core import audit
from homespun.core.media.keeping import path_of
from homespun.core.models import MediaFile
from homespun.http import NetworkError as DoorError
from homespun.networks.errors import NetworkError
from homespun.networks.live import takes_back
from homespun.networks.protocols import Absent, Picture, Speaks, Words
from homespun.networks.said import said as _
from homespun.networks.values import Post as Shown

log = logging.getLogger("homespun.outgoing")

TRIES = 12
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
OPEN = (Outgoing.State.WAITING, Outgoing.State.SENDING)
BROKEN = _("Something broke while it was sent. It has been written to the log.")
BEFORE_IT = _("What comes before it was not sent.")
Speaker = Callable[[Connection], Speaks]


def send(*, outgoing: int, now: datetime, speaker: Speaker) -> Outgoing:
    """Do it, if it is due. Whatever happens is written in the row; only a killed process leaves it SENDING, to be called again."""
    row, is_to_be_done = _begun(outgoing, now)
    if not is_to_be_done:
        return row
    try:
        post = _done(row, speaker(row.connection))
    except (NetworkError, DoorError) as error:
        _failed(row, sentence(error), permanent=error.permanent, now=now, asked=getattr(error, "retry_after", None))
    except Exception:
        log.exception("outgoing %d failed (try %d)", row.pk, row.tries)
        _failed(row, str(BROKEN), permanent=False, now=now)
    else:
        _sent(row, post, now)
    row.refresh_from_db()
    return row


def _begun(pk: int, now: datetime) -> tuple[Outgoing, bool]:
    """The row, and whether it is to be done now: then it is SENDING, and a part that follows answers what the part before it became."""
    with transaction.atomic():
        row = Outgoing.objects.select_for_update().get(pk=pk)
        before = row.after
        if row.state not in OPEN or row.due > now or (before and before.state != Outgoing.State.SENT):
            return row, False
        row.state, row.tries, row.begun = Outgoing.State.SENDING, row.tries + 1, row.begun or now
        row.target = before.uri if before else row.target
        row.save(update_fields=["state", "tries", "begun", "target"])
    return row, True


def _done(row: Outgoing, speaks: Speaks) -> Shown | None:
    match row.verb:
        case Outgoing.Verb.POST:
            return speaks.post(words(row))
        case Outgoing.Verb.EDIT:
            return speaks.edit(row.target, words(row))
        case Outgoing.Verb.DELETE:
            speaks.delete(row.target)
        case Outgoing.Verb.REPOST:
            speaks.repost(row.target)
        case Outgoing.Verb.LIKE:
            speaks.like(row.target)
        case _:
            _take_back(row, speaks)
    return None


def _take_back(row: Outgoing, speaks: Speaks) -> None:
    if not takes_back(speaks):
        raise NetworkError(_("This network does not let one take that back."))
    if row.verb == Outgoing.Verb.UNLIKE:
        speaks.unlike(row.target)
    else:
        speaks.unrepost(row.target)


def words(row: Outgoing) -> Words:
    """As its network is given them."""
    is_new = row.verb == Outgoing.Verb.POST
    return Words(
        key=row.key,
        text=row.text,
        parent=row.target if is_new else "",
        quoted=row.quoted,
        warning=row.warning,
        lang=row.lang,
        visibility=row.visibility,
        pictures=tuple(_picture(each) for each in row.media),
        begun=int(row.begun.timestamp() * 1000) if row.begun else 0,
        again=row.tries > 1 or bool(row.begun and row.begun < row.due),  # after a pause, or somebody's wish, or a crash
        people=_answered(row) if is_new else (),
    )


def _answered(row: Outgoing) -> tuple[tuple[str, str], ...]:
    """The handles, former ones included, and the uri of whom the first part answers."""
    first = row
    while first.after:
        first = first.after
    post = Post.objects.filter(uri=first.target).select_related("author").first() if first.target else None
    if not post or not post.author:
        return ()
    handles = {post.author.handle, *post.author.former_names.values_list("handle", flat=True)} - {""}
    return tuple((handle, post.author.uri) for handle in sorted(handles))


def _picture(each: dict[str, str]) -> Picture:
    file = MediaFile.objects.filter(sha256=each["file"]).first()
    if file is None or not path_of(file).exists():
        raise NetworkError(_("A picture of this post is no longer here."))
    return Picture(path_of(file).read_bytes(), file.content_type, each.get("alt", ""))


def _sent(row: Outgoing, post: Shown | None, now: datetime) -> None:
    """What came of it, with the post itself, in one transaction: after a crash before it, the network is asked by the same key."""
    with transaction.atomic():
        if not Outgoing.objects.filter(pk=row.pk, state=Outgoing.State.SENDING).update(
            state=Outgoing.State.SENT, sent=now, trouble="", uri=post.uri if post else row.target
        ):
            return
        if post:
            Store(source=source_of(row.connection, now).pk, by=row.made_by, now=now).store([post])
        if row.verb == Outgoing.Verb.DELETE:
            absences.note([Absent(row.target, "gone")], by=row.made_by, now=now)
        if row.verb == Outgoing.Verb.POST and row.target:
            mentions.answered(by=row.made_by, now=now, posts=_keys(row.target))
        worked(connection=row.connection_id, now=now)
        audit.record(by=row.made_by, now=now, verb="outgoing.sent", subject=f"outgoing:{row.pk}")


def source_of(connection: Connection, now: datetime) -> Source:
    """The server that shows what was posted on it."""
    host = connection.server.split("://", 1)[-1]
    told = {"kind": "server", "title": host, "is_ours": False, "added": now}
    return Source.objects.get_or_create(fingerprint=host, defaults=told)[0]


def _keys(uri: str) -> list[int]:
    """Of the post by any of its names."""
    found = list(Post.objects.filter(uri=uri).values_list("pk", flat=True))
    return found or list(PostName.objects.filter(name=uri).values_list("post_id", flat=True))


def _failed(row: Outgoing, trouble: str, *, permanent: bool, now: datetime, asked: float | None = None) -> None:
    """`asked` is the pause in seconds that the other side wishes."""
    later = now + max(pause(row.tries), timedelta(seconds=asked or 0))
    is_over = permanent or row.tries >= TRIES
    state = Outgoing.State.FAILED if is_over else Outgoing.State.WAITING
    with transaction.atomic():
        rows = Outgoing.objects.filter(pk=row.pk, state=Outgoing.State.SENDING)
        rows.update(state=state, trouble=trouble, due=now if is_over else later)
        if is_over:
            end_following(row, Outgoing.State.FAILED, str(BEFORE_IT))
            audit.record(by=row.made_by, now=now, verb="outgoing.failed", subject=f"outgoing:{row.pk}")


def pause(tries: int) -> timedelta:
    longer: timedelta = FIRST_PAUSE * 3 ** (tries - 1)
    return min(longer, LONGEST_PAUSE)


def ready_after(row: Outgoing, *, now: datetime) -> list[Outgoing]:
    """What comes next once it was sent or put by: the part that follows, or the same again at its time."""
    if row.state == Outgoing.State.WAITING and row.due > now:
        return [row]
    return list(Outgoing.objects.filter(after=row, state=Outgoing.State.WAITING)) if row.state == Outgoing.State.SENT else []


def due(*, now: datetime) -> list[int]:
    """What is to be sent now, oldest first; parts of which the one before is not sent yet are left out."""
    ready = Outgoing.objects.filter(state__in=OPEN, due__lte=now).exclude(after__isnull=False, after__state__in=OPEN)
    return list(ready.order_by("due", "pk").values_list("pk", flat=True)[:100])
