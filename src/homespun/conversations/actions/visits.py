"""What a member has seen of what arrived. No audit rows: it happens on every page, and says nothing of the organisation."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from homespun.conversations.models import Visit
from homespun.conversations.queries.looks import milliseconds_of, moment_of
from homespun.users.models import User

MOST = 500  # conversations that are remembered, the latest looks


def look(*, by: User, now: datetime, conversations: Iterable[int], since: datetime) -> None:
    """They have opened these. Looks from before `since`, when all was seen, are forgotten."""
    with transaction.atomic():
        visit, _made = Visit.objects.select_for_update().get_or_create(user=by)
        kept = {key: at for key, at in visit.looks.items() if moment_of(at) > since} | {
            str(conversation): milliseconds_of(now) for conversation in conversations
        }
        visit.looks = dict(sorted(kept.items(), key=lambda pair: pair[1])[-MOST:])
        visit.save(update_fields=["looks"])


def see_all(*, by: User, now: datetime) -> None:
    Visit.objects.update_or_create(user=by, defaults={"until": now, "looks": {}})
