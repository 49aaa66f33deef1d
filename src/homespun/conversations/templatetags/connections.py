"""What a connected account lets Homespun do, in words."""

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homespun.conversations.models import Connection

register = template.Library()

ASKED = {
    "read": gettext_lazy("read what the account can read"),
    "write": gettext_lazy(
        "write as the account: its server knows no smaller permission. Homespun posts, boosts and favourites, and no more"
    ),
    "read:accounts": gettext_lazy("see whose account it is"),
    "read:statuses": gettext_lazy("read the posts that the account can read"),
    "read:notifications": gettext_lazy("see who mentions and answers it"),
    "read:search": gettext_lazy("find a post by its address"),
    "read:follows": gettext_lazy("see who has blocked it, and leave them alone"),
    "write:statuses": gettext_lazy("post, edit, delete and boost"),
    "write:media": gettext_lazy("add pictures to posts"),
    "write:favourites": gettext_lazy("favourite posts"),
    "atproto": gettext_lazy("see whose account it is"),
    "transition:generic": gettext_lazy(
        "read and write as the account, but for its messages. Homespun posts, reposts and likes, and no more"
    ),
}
MAY = {
    "mastodon": gettext_lazy("May read, post, edit, delete, boost and favourite; may not follow anybody, or change the profile."),
    "bluesky": gettext_lazy("May read, post, delete, repost and like; may not read its messages."),
}
WIDE = gettext_lazy("May read and write whatever the account can: its server knows no smaller permission.")


@register.filter
def asked(scopes: Iterable[str]) -> list[str]:
    """Each permission that a network will ask for."""
    return [str(ASKED.get(scope, scope)) for scope in scopes]


@register.filter
def may(connection: Connection) -> str:
    if connection.network == "mastodon" and "write" in connection.scopes.split():
        return str(WIDE)
    return str(MAY.get(connection.network, connection.scopes or _("May do what its network lets it do.")))


@register.filter
def typed(connection: Connection) -> str:
    """What somebody would type to connect it again."""
    return f"@{connection.account.handle}"


@register.filter
def host(address: str) -> str:
    return address.partition("://")[2].partition("/")[0]
