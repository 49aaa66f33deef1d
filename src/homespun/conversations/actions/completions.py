"""That somebody asks for what a conversation lacks: one asking at a time, and an end to each."""

from datetime import datetime, timedelta

from django.db import transaction

from homespun.conversations.models import Completion, Conversation
from homespun.core import live
from homespun.users.models import User

MOVING = (Completion.State.WAITING, Completion.State.RUNNING)
LONGEST = timedelta(minutes=15)  # what has not ended by then was killed, and may be begun again


def begin(*, by: User | None, now: datetime, conversation: Conversation) -> bool:
    """Whether an asking is to be enqueued: not where one waits or runs. Runs in the caller's transaction, which enqueues it."""
    row = Completion.objects.filter(conversation=conversation.pk).first()
    if row is not None and is_moving(row, now):
        return False
    fresh = {"begun": now, "begun_by": by, "ended": None, "asked": 0, "places": 0, "new": 0, "trouble": ""}
    Completion.objects.update_or_create(conversation=conversation.pk, defaults=fresh | {"state": Completion.State.WAITING})
    live.changed()
    return True


def is_moving(row: Completion, now: datetime) -> bool:
    return row.state in MOVING and row.begun > now - LONGEST


def fail(*, now: datetime, conversation: int, trouble: str) -> None:
    """It broke more than once. What had come is kept."""
    with transaction.atomic():
        Completion.objects.filter(conversation=conversation, state__in=MOVING).update(
            state=Completion.State.FAILED, ended=now, trouble=trouble
        )
        live.changed()
