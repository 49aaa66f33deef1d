"""How the house gets its first owner: by a code that only whoever started it has seen."""

from datetime import datetime

from django.db import IntegrityError, transaction

from homespun.core import audit, private_links
from homespun.core.models import Site
from homespun.users.models import ClaimCode, Role, User
from homespun.users.queries import is_claimed

THE_ROW = 1


class NotYours(Exception):
    """The link or code is not (or no longer) one that opens anything."""


def claim_code(now: datetime) -> str | None:
    """A fresh code for the address that `serve` prints; codes printed before it end. None once the house has an owner."""
    with transaction.atomic():
        if is_claimed():
            ClaimCode.objects.all().delete()
            return None
        code = private_links.make()
        ClaimCode.objects.update_or_create(pk=THE_ROW, defaults={"code_hash": private_links.digest(code), "created": now})
    return code


def can_claim(code: str) -> bool:
    return ClaimCode.objects.filter(code_hash=private_links.digest(code)).exists() and not is_claimed()


def claim(
    *,
    code: str,
    name: str,
    email: str,
    password: str,
    site_name: str,
    language: str,
    time_zone: str,
    now: datetime,
    contact: str = "",
    by: None = None,
) -> User:
    """Make the first owner and name the site. Whoever comes second gets `NotYours`, however close behind they are."""
    try:
        with transaction.atomic():
            spent, _rows = ClaimCode.objects.filter(code_hash=private_links.digest(code)).delete()
            if not spent or is_claimed():
                raise NotYours
            owner = User.objects.create_user(email, password, name=name, role=Role.OWNER, joined=now, last_seen=now)
            site = {"name": site_name, "language": language, "time_zone": time_zone, "contact": contact}
            Site.objects.update_or_create(pk=THE_ROW, defaults=site)
            audit.record(by=owner, now=now, verb="claim", subject="site")
    except IntegrityError as error:
        raise NotYours from error
    return owner
