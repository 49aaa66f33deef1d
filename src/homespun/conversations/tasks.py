"""Background work: archives read a slice at a time, conversations completed, what we say sent."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django_tasks import TaskContext

from homespun.conversations import opt_out_emails
from homespun.conversations.actions import (
    Busy,
    aging,
    blocks,
    completions,
    connecting,
    index_building,
    opt_out_file,
    opt_out_proofs,
    opt_out_upkeep,
    pictures,
    sending,
)
from homespun.conversations.actions.asking import speaker
from homespun.conversations.models import OptOutRequest, Outgoing, Run
from homespun.conversations.queries import conversation_at
from homespun.conversations.queries.work import being_sent
from homespun.conversations.uploads import pieces, slices
from homespun.core.door import door
from homespun.core.jobs import Again, GivenUp, periodic, stopping, task
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.users.models import User

TRIES = 5


@task(queue_name="imports", attempts=TRIES, takes_context=True)
def read_slice(context: TaskContext, run: int) -> None:
    """Read a few thousand posts. Whatever the last reader left, this one begins after what is saved."""
    row = Run.objects.filter(pk=run, state__in=slices.UNFINISHED).first()
    if row is None:
        return
    try:
        more = slices.read(run=row, now=timezone.now())
    except slices.Unreadable as error:
        raise GivenUp(str(error)) from error
    except Exception:
        if context.attempt >= TRIES:
            slices.fail(run=row, sentence=gettext(BROKEN), now=timezone.now())
        raise
    if more:
        read_slice.enqueue(run=run)


BROKEN = gettext_noop("Something broke while it was read, more than once. It has been written to the log.")


@task(queue_name="imports", attempts=5)
def take_out(source: int, by: int) -> None:
    """Remove what only this source brought."""
    try:
        more = slices.take_out(source=source, by=by, now=timezone.now())
    except Busy as error:
        raise Again(10) from error
    if more:
        take_out.enqueue(source=source, by=by)


@periodic(every=timedelta(hours=6))
@task
def sweep_uploads() -> None:
    """Throw away what nobody went on sending."""
    pieces.sweep(now=timezone.now())


@periodic(every=timedelta(minutes=1))
@task
def pick_up() -> None:
    """Ask for the next slice of runs that nobody is reading: their worker died before it could, or the run came in by a restore."""
    with transaction.atomic():
        for run in slices.left_lying(now=timezone.now()):
            read_slice.enqueue(run=run.pk)


@periodic(every=timedelta(minutes=1))
@task(queue_name="imports")
def build_search_index() -> None:
    """Go on with the full-text index after an upgrade; merge its segments and list its words after large imports."""
    if not index_building.is_behind():
        return
    try:
        more = index_building.build(seconds=INDEXING, stopping=stopping)
    except Busy:
        return  # whoever builds it goes on
    if more:
        build_search_index.enqueue()


INDEXING = 5.0  # seconds, after which other work of the queue has its turn


@task(queue_name="imports", attempts=TRIES, takes_context=True)
def complete_conversation(context: TaskContext, conversation: int, by: int | None) -> None:
    """Ask for what a conversation lacks. In the other queue, as it may take minutes, and answers of ours are sent in this one."""
    found = conversation_at(conversation)
    if found is None:
        return
    try:
        aging.completed(by=User.objects.filter(pk=by or 0).first(), now=timezone.now(), door=door(), conversation=found)
    except Busy as error:
        raise Again(10) from error
    except Exception:
        if context.attempt >= TRIES:
            completions.fail(now=timezone.now(), conversation=found.pk, trouble=gettext(UNASKED))
        raise


UNASKED = gettext_noop("Something broke while it was asked for, more than once. It has been written to the log.")


@task(attempts=TRIES)
def send(outgoing: int) -> None:
    """Do what was decided, and ask for what is to be done after it: another try, or the part that follows."""
    now = timezone.now()
    row = sending.send(outgoing=outgoing, now=now, speaker=lambda connection: speaker(connection, door()))
    send_soon(sending.ready_after(row, now=now))


def send_soon(rows: Iterable[Outgoing]) -> None:
    """Each when it is due. Asked for in the transaction that decided it, or whenever it may have been forgotten."""
    for row in rows:
        send.using(run_after=row.due).enqueue(outgoing=row.pk)


@periodic(every=timedelta(minutes=1))
@task
def send_due() -> None:
    """What is due and nobody has in hand: its worker died, or it came in by a restore."""
    with transaction.atomic():
        in_hand = being_sent(send.module_path)
        send_soon(Outgoing.objects.filter(pk__in=set(sending.due(now=timezone.now())) - in_hand))


LISTENING = "listening"  # the queue of what is asked of networks by itself


@periodic(every=timedelta(minutes=1))
@task(queue_name=LISTENING)
def complete_due() -> None:
    """Ask for what lacks of conversations that we take part in, the younger the more often."""
    now = timezone.now()
    aging.begin_asking(now=now)
    with transaction.atomic():
        for conversation in aging.take_due(now=now):
            complete_again.enqueue(conversation=conversation)


@task(queue_name=LISTENING, attempts=2)
def complete_again(conversation: int) -> None:
    """One of them. What it takes to ask again after a failure is in its row."""
    aging.complete_again(conversation=conversation, now=timezone.now(), door=door())


@periodic(every=timedelta(minutes=1))
@task(queue_name=LISTENING)
def fetch_newest_pictures() -> None:
    """Those of what came last, from where they lie."""
    pictures.fetch_pictures(now=timezone.now(), door=door())


@task(queue_name=LISTENING, attempts=TRIES)
def fetch_pictures(conversation: int) -> None:
    """Those of a conversation that somebody added."""
    pictures.fetch_pictures(now=timezone.now(), door=door(), conversation=conversation)


@periodic(every=timedelta(hours=6))
@task(queue_name=LISTENING)
def check_connections() -> None:
    """Whether connected accounts still let us in, before somebody finds out by an answer that was not sent."""
    connecting.check_all(now=timezone.now(), door=door())


@periodic(every=timedelta(days=1))
@task(queue_name=LISTENING)
def look_for_blocks() -> None:
    """Who has blocked an account of ours, and who has no longer."""
    blocks.look(by=None, now=timezone.now(), door=door())


@task(queue_name=LISTENING, attempts=TRIES)
def resolve_opt_out(request: int) -> None:
    """Find out which account an opt-out request is about. An address without an account is no failure."""
    row = OptOutRequest.objects.filter(pk=request).first()
    if row is None:
        return
    try:
        opt_out_proofs.resolve_claimed(request=row, now=timezone.now(), door=door())
    except (NetworkError, DoorError) as error:
        if not error.permanent:
            raise Again(600) from None


@periodic(every=timedelta(minutes=1))
@task(queue_name=LISTENING)
def go_on_with_opt_outs() -> None:
    """Fetch what dismissed requests held back, and look again at requests whose account wasn't known when the code came."""
    opt_out_upkeep.fetch_held_back(now=timezone.now(), door=door())
    opt_out_upkeep.resolve_waiting(now=timezone.now(), door=door())


@periodic(every=timedelta(hours=1))
@task
def look_after_opt_outs() -> None:
    """The file as the database is, whatever a kill may have left; stale requests; and emails about those that wait too long."""
    opt_out_file.write_opt_out_file()
    opt_out_upkeep.delete_stale(now=timezone.now())
    opt_out_emails.remind_owners(now=timezone.now())
