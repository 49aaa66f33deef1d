"""The address in an opt-out request: read from what was typed, with everything else that it may be called."""

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from homespun.conversations.actions.listening import tidied
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.people.models import Account

LONGEST = 500
SITE = re.compile(r"[\w-]+(\.[\w-]+)+")  # a Bluesky handle, a site, or both
PROFILE = re.compile(r"https?://(?:www\.)?(?P<host>[^/?#]+)/(?:profile/)?(?P<at>@?)(?P<name>[^/?#]+)/?")
PROFILES = {"bsky.app": "@{name}", "x.com": "@{name}", "twitter.com": "@{name}"}  # hosts whose handles leave the host out
NOT_AN_ADDRESS = _("Enter the address of an account, such as @name@server, name.bsky.social or the address of a website.")


def parse_address(typed: str) -> str:
    """The address as it is kept: a handle in small letters with its sign, a did or a web address. Raises `NetworkError`."""
    bare = typed.strip()
    if len(bare) > LONGEST or any(unicodedata.category(sign).startswith("C") for sign in bare):
        raise NetworkError(NOT_AN_ADDRESS)
    address = tidied(f"@{bare}" if SITE.fullmatch(bare) else bare)
    if not address or " " in address or not address.startswith(("@", "did:", "http://", "https://")) or len(address) > LONGEST:
        raise NetworkError(NOT_AN_ADDRESS)
    if address.strip("@") == "":
        raise NetworkError(NOT_AN_ADDRESS)
    return address


def aliases(address: str) -> list[str]:
    """The same address in every way it may be written: a handle, the page of its profile, a site of that name."""
    found = [address]
    handle = address.removeprefix("@")
    if address.startswith("@") and SITE.fullmatch(handle):
        found += [f"https://{handle}", f"https://{handle}/"]
    if (match := PROFILE.fullmatch(address)) and (match["at"] or match["host"].lower() in PROFILES):
        host, name = match["host"].lower(), match["name"].lower()
        found.append(name if name.startswith("did:") else PROFILES.get(host, "@{name}@{host}").format(name=name, host=host))
    if address.startswith("http"):
        found += [address.rstrip("/"), f"{address.rstrip('/')}/"]
    return list(dict.fromkeys(found))


def accounts_at(address: str) -> "QuerySet[Account]":
    """Accounts that go by this address now; if there are none, those that went by it before."""
    names = aliases(address)
    handles = [name.removeprefix("@") for name in names if name.startswith("@")]
    now = _any(("uri__iexact", names), ("handle__iexact", handles))
    found = Account.objects.filter(now)
    if not found.exists() and handles:
        found = Account.objects.filter(_any(("former_names__handle__iexact", handles)))
    return Account.objects.filter(pk__in=list(found.values_list("pk", flat=True).distinct()))


def _any(*lookups: tuple[str, Iterable[str]]) -> Q:
    q = Q(pk__in=[])
    for lookup, values in lookups:
        for value in values:
            q |= Q(**{lookup: value})
    return q
