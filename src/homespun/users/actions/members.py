"""Members: added, changed, removed, and seen."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from homespun.core import audit
from homespun.users.models import Invitation, Role, User
from homespun.users.queries import owners

VISIT_GAP = timedelta(minutes=30)  # after so long without a page, the next page begins a visit


class Taken(Exception):
    """Another member has this e-mail address."""


class LastOwner(Exception):
    """The house would be left without an owner."""


def add_member(*, email: str, name: str, password: str | None, role: str = Role.OWNER, by: User | None, now: datetime) -> User:
    """A new member, or one who had left, back in their own row; without a password they choose one by a private link."""
    try:
        with transaction.atomic():
            former = User.objects.filter(email__iexact=email).first()
            if former and former.is_active:
                raise Taken
            user = former or User(email=User.objects.normalize_email(email))
            user.name, user.role, user.is_active, user.joined = name, role, True, now
            user.set_password(password)
            user.save()
            audit.record(by=by or user, now=now, verb="join", subject=f"user:{user.pk}", role=role)
    except IntegrityError as error:
        raise Taken from error
    return user


def remove_member(*, member: User, by: User | None, now: datetime) -> None:
    """Their sessions end with the next page that they ask for, and what they wrote keeps their name."""
    with transaction.atomic():
        others = [owner for owner in owners().select_for_update() if owner != member]  # two owners cannot remove each other at once
        if member.role == Role.OWNER and not others:
            raise LastOwner
        member.is_active = False
        member.set_unusable_password()  # every session holds a hash of the password that it began with
        member.save(update_fields=["is_active", "password"])
        Invitation.objects.filter(invited_by=member, accepted=None).delete()
        audit.record(by=by, now=now, verb="remove", subject=f"user:{member.pk}")


def describe(*, user: User, name: str, about: str, theme: str, by: User, now: datetime) -> None:
    with transaction.atomic():
        user.name, user.about, user.theme = name, about, theme
        user.save(update_fields=["name", "about", "theme"])
        audit.record(by=by, now=now, verb="describe", subject=f"user:{user.pk}")


def change_email(*, user: User, email: str, by: User, now: datetime) -> None:
    """Links that were sent to the old address to choose another password end with it."""
    try:
        with transaction.atomic():
            if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
                raise Taken
            EmailAddress.objects.filter(user_id=user.pk).delete()  # allauth's own note of it, made again at the next sign-in
            user.email = User.objects.normalize_email(email)
            user.save(update_fields=["email"])
            audit.record(by=by, now=now, verb="change e-mail", subject=f"user:{user.pk}")
    except IntegrityError as error:
        raise Taken from error


def change_password(*, user: User, password: str, by: User | None, now: datetime) -> None:
    """All other sessions of the member end."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record(by=by, now=now, verb="change password", subject=f"user:{user.pk}")


def allow_new_password(*, member: User, by: User | None, now: datetime) -> None:
    """Leave a note that somebody was given a link for another password of this member."""
    audit.record(by=by, now=now, verb="allow new password", subject=f"user:{member.pk}")


def see(*, user: User, now: datetime) -> None:
    """Note that they are here. After a gap a new visit begins, and `last_visit` says when the one before it ended.

    No audit row, and at most one write in a minute: it happens on every page.
    """
    since = now - user.last_seen if user.last_seen else None
    if since is not None and since < timedelta(minutes=1):
        return
    fields = ["last_seen"]
    if since is not None and since >= VISIT_GAP:
        user.last_visit = user.last_seen
        fields.append("last_visit")
    user.last_seen = now
    user.save(update_fields=fields)
