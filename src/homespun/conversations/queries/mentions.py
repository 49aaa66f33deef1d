"""Which posts wait for an answer of ours."""

from django.db.models import QuerySet

from homespun.conversations.models import Mention


def waiting() -> QuerySet[Mention]:
    """The newest first."""
    return Mention.objects.filter(done__isnull=True).select_related("post__author", "assigned_to").order_by("-pk")
