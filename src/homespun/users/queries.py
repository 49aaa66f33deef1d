"""Who is in the team, who has been asked to join, and whether anybody owns the house yet."""

from django.db.models import QuerySet

from homespun.users.models import Invitation, Role, User


def members() -> QuerySet[User]:
    """Everybody who may sign in, in the order in which they came."""
    return User.objects.filter(is_active=True).order_by("pk")


def owners() -> QuerySet[User]:
    return members().filter(role=Role.OWNER)


def is_claimed() -> bool:
    """Whether the house has an owner."""
    return owners().exists()


def open_invitations() -> QuerySet[Invitation]:
    """Those that nobody has taken up, past their time or not, newest first."""
    return Invitation.objects.filter(accepted=None).select_related("invited_by").order_by("-created", "-pk")
