"""Conversations that an import brought, or added to."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from homespun.conversations.models import Conversation, Sighting, Source


def conversations_from(
    conversations: QuerySet[Conversation], sources: Collection[int], only: Collection[int] = ()
) -> QuerySet[Conversation]:
    """Those with a post that one of the `sources` showed, and those named in `only`; all of them where neither is given."""
    if not sources and not only:
        return conversations
    shown = Q(pk__in=Sighting.objects.filter(source__in=sources).values("post__conversation")) if sources else Q()
    return conversations.filter(shown | Q(pk__in=only)) if only else conversations.filter(shown)


def count_conversations_from(sources: Collection[int]) -> int:
    """How many conversations have a post from one of these sources; none where there are no sources."""
    return conversations_from(Conversation.objects.all(), sources).count() if sources else 0


def source_titles(sources: Collection[int]) -> list[str]:
    """What the sources are called, in the order in which they were added."""
    return list(Source.objects.filter(pk__in=sources).order_by("added", "pk").values_list("title", flat=True))
