"""The measuring itself, in the process that `bench.story` starts: prints name, value, goal and unit of each figure."""

import gzip
import json
import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.contrib.staticfiles import finders  # noqa: E402  (nothing of Django may come in before it is set up)
from django.test import Client  # noqa: E402

from homespun.conversations.models import Conversation, Post  # noqa: E402
from homespun.core.models import Site  # noqa: E402
from homespun.networks.values import Place, Visibility  # noqa: E402
from homespun.people.models import Account  # noqa: E402
from homespun.public import kept  # noqa: E402
from homespun.stories import actions  # noqa: E402

ITEMS, TIMES = 50, 150
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
WORDS = "Well? A loaf that is done before the first tram leaves. We miss the six o’clock one each time, so they queue in the rain instead. "
KILOBYTE = 1000


def main() -> None:
    address = publish()
    client = Client(SERVER_NAME="127.0.0.1")
    print(json.dumps([*times(client, address), weight(client, address)]))


def publish() -> str:
    """Thirty posts of six people and twenty pieces of narration."""
    Site.objects.create(pk=1, name="The Quarter Loaf", about="Sourdough that goes out by post.")
    people = [
        Account.objects.create(uri=f"https://x.com/i/user/{n}", network="x", handle=f"person{n}", name=f"Person {n}") for n in range(6)
    ]
    talk = Conversation.objects.create(id=1, latest=1)
    posts = [
        Post(
            id=n + 1,
            uri=f"https://x.com/i/status/{n}",
            url=f"https://x.com/person/status/{n}",
            network="x",
            author=people[n % 6],
            published=NOW + timedelta(minutes=n),
            text=f"{WORDS}{n}",
            conversation=talk,
            place=Place.OWN,
            visibility=Visibility.PUBLIC,
        )
        for n in range(ITEMS * 3 // 5)
    ]
    Post.objects.bulk_create(posts)
    story = actions.create_story(title="Loaf nine on the 6.15 tram", by=None, now=NOW)
    actions.add_posts(story=story, uris=[post.uri for post in posts], by=None, now=NOW)
    for n in range(ITEMS - len(posts)):
        actions.add_item(story=story, kind="narration", html=f"<p>{WORDS}<em>{n}</em></p><p>{WORDS}</p>", by=None, now=NOW)
    actions.set_basis_for(story=story, basis="organisation", by=None, now=NOW)
    actions.publish(story=story, by=None, now=NOW)
    return f"/stories/{story.slug}/"


def times(client: Client, address: str) -> list[tuple[str, float, float, str]]:
    def fresh() -> None:
        kept.shelf.pages.clear()
        client.get(address)

    def again() -> None:
        client.get(address)

    etag = client.get(address)["ETag"]

    def known() -> None:
        client.get(address, headers={"If-None-Match": etag})

    return [
        *both("story of 50 items, rendered", fresh, 12),
        *both("the same, kept", again, 1.5),
        *both("the same, known to the browser", known, 1.5),
    ]


def both(name: str, ask: Callable[[], None], goal: float) -> list[tuple[str, float, float, str]]:
    ask()
    taken = sorted(timed(ask) for _ in range(TIMES))
    return [(f"{name}, median", statistics.median(taken), goal, "ms"), (f"{name}, 99th percentile", taken[TIMES * 99 // 100], goal, "ms")]


def timed(ask: Callable[[], None]) -> float:
    began = time.thread_time()  # of the processor: what else the machine does is not the page’s
    ask()
    return (time.thread_time() - began) * 1000


def weight(client: Client, address: str) -> tuple[str, float, float, str]:
    """The page with its stylesheet and its scripts, each packed as a server packs it."""
    html = client.get(address).content
    files = re.findall(rb'(?:<link rel="stylesheet" href|<script type="module" src)="/static/([^"]+)"', html)
    parts = [html]
    for name in files:
        found = finders.find(name.decode())
        assert isinstance(found, str), name
        with open(found, "rb") as file:
            parts.append(file.read())
    packed = sum(len(gzip.compress(part)) for part in parts)
    return ("story of 50 items with stylesheet and scripts, packed", packed / KILOBYTE, 60, "kB")


main()
