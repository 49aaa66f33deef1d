"""Which conversations a member of the team may read. What is not theirs is not found."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from homespun.conversations.models import Conversation, Mention, OptOutRequest
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


def opt_out_request_for(user: User, pk: int) -> OptOutRequest:
    """An open opt-out request, for who decides on it. Raises Http404."""
    rows = (
        OptOutRequest.objects.filter(purpose=OptOutRequest.Purpose.OPT_OUT) if holds(user, Right.COLLECT) else OptOutRequest.objects.none()
    )
    return get_object_or_404(rows, pk=pk)


def mention_for(user: User, pk: int) -> Mention:
    """A post that speaks to us, for who answers. Raises Http404."""
    rows = Mention.objects.all() if holds(user, Right.WRITE) else Mention.objects.none()
    return get_object_or_404(rows.select_related("post", "assigned_to", "done_by"), pk=pk)
