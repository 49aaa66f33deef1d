"""Who has blocked an account of ours, as the server of that account tells it. docs.joinmastodon.org/methods/accounts/#relationships"""

from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec

from homespun.networks import tolerant
from homespun.networks.mastodon.api import Api
from homespun.networks.mastodon.server import Refusal
from homespun.networks.values import Account

AT_ONCE = 40


class Known(msgspec.Struct):
    id: str = ""


class Relationship(msgspec.Struct):
    id: str = ""
    blocked_by: bool = False


def blocking(api: Api, accounts: Sequence[Account]) -> set[str]:
    """Uris of those of these who have. Raises `NetworkError` where the server does not tell."""
    numbers = {number: account.uri for account in accounts if account.handle and (number := number_of(api, account))}
    found: set[str] = set()
    every = list(numbers)
    for start in range(0, len(every), AT_ONCE):
        query = urlencode([("id[]", number) for number in every[start : start + AT_ONCE]])
        told = tolerant.loosely(api.get(f"/api/v1/accounts/relationships?{query}"))
        read = [tolerant.fitted(Relationship, each) for each in told] if isinstance(told, list) else []
        found |= {numbers[each.id] for each in read if each.blocked_by and each.id in numbers}
    return found


def number_of(api: Api, account: Account) -> str:
    """By which the server knows it; "" where it does not, so that it knows of no block either."""
    try:
        return tolerant.read(Known, api.get(f"/api/v1/accounts/lookup?{urlencode({'acct': account.handle})}")).id
    except Refusal as error:
        if error.status == 404:
            return ""
        raise
