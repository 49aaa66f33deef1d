"""A conversation as the server of a connected account shows it to that account: up to 4,096 answers, and what it goes and gets for us.

Mastodon fetches what it lacks of others' conversations while we wait (docs.joinmastodon.org/methods/async_refreshes), of its own never.
"""

import re
import time
from urllib.parse import quote, urlencode

import msgspec

from homespun.http import Answer
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError
from homespun.networks.mastodon import contexts
from homespun.networks.mastodon.api import Api
from homespun.networks.mastodon.contexts import Seen
from homespun.networks.mastodon.shapes import Named
from homespun.networks.mastodon.values import same_host
from homespun.networks.values import Post

POLLS, LONGEST = 6, 5.0  # how often one looks whether it has come, and seconds between two looks
REFRESH = re.compile(r'id="([^"]{1,300})"(?:.*?retry=(\d+))?')


class Results(msgspec.Struct):
    statuses: list[Named] = []


class Refresh(msgspec.Struct):
    status: str = ""


class Refreshing(msgspec.Struct):
    async_refresh: Refresh = msgspec.field(default_factory=Refresh)


def shown(api: Api, post: Post) -> Seen:
    """What is around a post there; nothing where that server does not know it. Raises `NetworkError`."""
    number = number_of(api, post)
    if not number:
        return Seen()
    url = f"{api.server}/api/v1/statuses/{number}/context"
    answer = api.ask(url)
    if refreshed(api, answer):
        answer = api.ask(url)
    return contexts.read(answer.body, api.server, number, post.uri, trusted=True)


def number_of(api: Api, post: Post) -> str:
    """By which number the server knows it; it fetches what it has not seen."""
    if same_host(post.uri, api.server) and (number := contexts.number_of(post.uri, post.url)):
        return number
    query = urlencode({"q": post.uri, "resolve": "true", "type": "statuses", "limit": "1"})
    found = tolerant.read(Results, api.get(f"/api/v2/search?{query}")).statuses
    return next((each.id for each in found if each.id and each.uri == post.uri), "")


def refreshed(api: Api, answer: Answer) -> bool:
    """Whether the server has fetched more since it gave that answer."""
    match = REFRESH.search(answer.headers.get("mastodon-async-refresh", ""))
    if not match:
        return False
    for _look in range(POLLS):
        time.sleep(min(float(match[2] or 2), LONGEST))
        try:
            told = tolerant.read(Refreshing, api.get(f"/api/v1_alpha/async_refreshes/{quote(match[1], safe='')}"))
        except NetworkError:
            return True
        if told.async_refresh.status != "running":
            return True
    return True
