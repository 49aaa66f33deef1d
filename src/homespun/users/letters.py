"""The letters that the house writes to members, where it has been told how to send them."""

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from homespun.core.site import site
from homespun.users.models import Invitation, User


class Unsent(Exception):
    """A letter that did not leave; the text says why, as the mail server put it."""


def send_invitation(invitation: Invitation, link: str) -> None:
    """Send the private link to whom it is for. Raises `Unsent`."""
    context = {"invitation": invitation, "link": link, "site": site()}
    subject = render_to_string("users/letters/invitation_subject.txt", context).strip()
    text = render_to_string("users/letters/invitation.txt", context)
    _send(subject, text, invitation.email)


def send_to(member: User, subject: str, text: str) -> None:
    """Email a member. Raises `Unsent`."""
    _send(subject, text, member.email)


def _send(subject: str, text: str, address: str) -> None:
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
    except (SMTPException, OSError) as error:
        raise Unsent(str(error)) from error
