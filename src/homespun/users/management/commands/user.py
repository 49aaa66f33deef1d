"""`homespun user add` and `homespun user reset`: who may sign in, from the machine that Homespun runs on."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import pgettext

from homespun.core.command import Answer, Command, Failure
from homespun.users import actions
from homespun.users.adapter import new_password_link
from homespun.users.models import User
from homespun.users.queries import members


class Command(Command):  # type: ignore[no-redef]  # Django looks for it under this name
    help = "Let somebody in, or give them a private link to choose another password"
    group = "Look after"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["add", "reset"], help="add a member, or reset the password of one")
        parser.add_argument("email", help="the e-mail address with which they sign in")
        parser.add_argument("--name", default="", help="add: what they are called (the part of the address before the @)")

    def run(self, *, what: str, email: str, name: str, **options: Any) -> Answer:
        user = add(email, name) if what == "add" else found(email)
        actions.allow_new_password(member=user, by=None, now=timezone.now())
        return {"email": user.email, "name": user.name, "link": new_password_link(user)}

    def tell(self, answer: Answer) -> str:
        return f"Whoever opens this link chooses the password of {answer['email']}. It works once, for three days:\n{answer['link']}"


def add(email: str, name: str) -> User:
    try:
        validate_email(email)
    except ValidationError as error:
        raise Failure(f'"{email}" is not an e-mail address.') from error
    now = timezone.now()
    try:
        user = actions.add_member(email=email, name=name or email.partition("@")[0], password=None, by=None, now=now)
    except actions.Taken as error:
        raise Failure(f"{email} is a member already. For another password: homespun user reset {email}") from error
    actions.name_site(name=pgettext("product", "Homespun"), by=user, now=now)
    return user


def found(email: str) -> User:
    user = members().filter(email__iexact=email).first()
    if user is None:
        raise Failure(f"No member has the address {email}. To let them in: homespun user add {email}")
    return user
