"""The roles of members, and the rights that each of them holds."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What each may do is in `RIGHTS`."""

    OWNER = "owner", _("owner")
    EDITOR = "editor", _("editor")
    CONTRIBUTOR = "contributor", _("contributor")


class Right(StrEnum):
    """What pages and actions of the desk ask for."""

    ACCOUNT = "account"  # one's own name, address and password
    READ = "read"  # conversations and stories, as the team sees them
    WRITE = "write"  # stories, before they are published
    PUBLISH = "publish"  # also: record on what basis somebody is quoted, and take stories away as files
    COLLECT = "collect"  # bring archives, and take them out again
    SETTLE = "settle"  # the site's own settings
    INVITE = "invite"  # and remove members


RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.EDITOR: frozenset({Right.ACCOUNT, Right.READ, Right.WRITE, Right.PUBLISH, Right.COLLECT}),
    Role.CONTRIBUTOR: frozenset({Right.ACCOUNT, Right.READ, Right.WRITE}),
}
