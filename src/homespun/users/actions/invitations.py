"""Asking somebody into the team, by a private link."""

from datetime import datetime, timedelta

from django.db import transaction

from homespun.core import audit, private_links
from homespun.users.actions.claim import NotYours
from homespun.users.actions.members import Taken, add_member
from homespun.users.models import Invitation, Role, User
from homespun.users.queries import members, open_invitations

INVITATION_LASTS = timedelta(days=7)


def invite(*, email: str, role: str = Role.OWNER, by: User, now: datetime) -> tuple[Invitation, str]:
    """The invitation and the word for its link, which is told this once. An older one to the same address ends."""
    with transaction.atomic():
        if members().filter(email__iexact=email).exists():
            raise Taken
        open_invitations().filter(email__iexact=email).delete()
        token = private_links.make()
        invitation = Invitation.objects.create(
            email=email, role=role, token_hash=private_links.digest(token), invited_by=by, created=now, expires=now + INVITATION_LASTS
        )
        audit.record(by=by, now=now, verb="invite", subject=f"invitation:{invitation.pk}", role=role)
    return invitation, token


def invitation_by(token: str, now: datetime) -> Invitation:
    """The invitation that a link opens. Raises `NotYours` where it was used, taken back, or is past its time."""
    invitation = open_invitations().filter(token_hash=private_links.digest(token), expires__gt=now).first()
    if invitation is None:
        raise NotYours
    return invitation


def accept(*, token: str, name: str, password: str, now: datetime, by: None = None) -> User:
    """Join the team. Used once: whoever comes second gets `NotYours`."""
    with transaction.atomic():
        invitation = invitation_by(token, now)
        taken = Invitation.objects.filter(pk=invitation.pk, accepted=None).update(accepted=now)
        if not taken:
            raise NotYours
        return add_member(email=invitation.email, name=name, password=password, role=invitation.role, by=by, now=now)


def withdraw(*, invitation: Invitation, by: User, now: datetime) -> None:
    with transaction.atomic():
        audit.record(by=by, now=now, verb="withdraw invitation", subject=f"invitation:{invitation.pk}")
        invitation.delete()
