"""Which conversations a member of the team may read. What is not theirs is not found."""

from django.db.models import QuerySet
from django.http import Http404

from homespun.conversations.models import Conversation
from homespun.conversations.queries import conversation_at
from homespun.users.access import Right, holds
from homespun.users.models import User


def conversations_for(user: User) -> QuerySet[Conversation]:
    """All of the organisation's conversations: every role reads them."""
    return Conversation.objects.all() if holds(user, Right.READ) else Conversation.objects.none()


def conversation_for(user: User, pk: int) -> Conversation:
    """A conversation by its key, or by that of one that was merged into it. Raises Http404."""
    found = conversation_at(pk) if holds(user, Right.READ) else None
    if found is None:
        raise Http404
    return found
