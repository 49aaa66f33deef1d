"""Accounts of ours that are connected."""

from django.db.models import Count, Q, QuerySet

from homespun.conversations.models import Connection, Outgoing


def connected() -> QuerySet[Connection]:
    """Those that work and those that have to be connected again, network by network, with how much waits to be sent (`unsent`)."""
    rows = Connection.objects.exclude(state=Connection.State.ENDED).select_related("account", "connected_by")
    unsent = Count("outgoing", filter=Q(outgoing__state=Outgoing.State.WAITING))
    return rows.annotate(unsent=unsent).order_by("network", "account__handle", "pk")


def broken() -> QuerySet[Connection]:
    """Those that have to be connected again."""
    return Connection.objects.filter(state=Connection.State.BROKEN).select_related("account").order_by("pk")
