"""The measuring itself, in the process that `bench.story` starts: prints each figure: name, value, goal, unit, kind."""

import gzip
import json
import random
import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import django

django.setup()

from django.contrib.staticfiles import finders  # noqa: E402  (nothing of Django may come in before it is set up)

from bench import story_ratios  # noqa: E402
from homespun.config.wsgi import application  # noqa: E402
from homespun.conversations.models import Conversation, Post  # noqa: E402
from homespun.core import stylesheets  # noqa: E402
from homespun.core.models import Site  # noqa: E402
from homespun.networks.values import Place, Visibility  # noqa: E402
from homespun.people.models import Account  # noqa: E402
from homespun.public import kept  # noqa: E402
from homespun.stories import actions  # noqa: E402

ITEMS, ROUNDS, TIMES = 50, 5, 100
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
KILOBYTE = 1000
SYLLABLES = "a an ber ca der e en fa ing is ka lo ma mer ne on pa ra ri sa se ta ter ti to un ve wen"


def main() -> None:
    address = publish()
    print(json.dumps([*ratios(address), *times(address), weight(address)]))


def ratios(address: str) -> list[tuple[str, float, float, str, str]]:
    size = len(get(address, HTTP_ACCEPT_ENCODING="gzip")[1])
    return [
        ("story of 50 items, kept: times a bare WSGI response", story_ratios.kept(address, size), story_ratios.KEPT, "x", "ratio"),
        ("the same, rendered: times a plain template", story_ratios.rendered(), story_ratios.RENDERED, "x", "ratio"),
    ]


def publish() -> str:
    """Thirty posts of six people and twenty pieces of narration, no two alike."""
    chance = random.Random(7)
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
            text=said(chance, 24),
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
        actions.add_item(
            story=story, kind="narration", html=f"<p>{said(chance, 24)} <em>{n}</em></p><p>{said(chance, 24)}</p>", by=None, now=NOW
        )
    actions.set_basis_for(story=story, basis="organisation", by=None, now=NOW)
    actions.publish(story=story, by=None, now=NOW)
    return f"/stories/{story.slug}/"


def said(chance: random.Random, count: int) -> str:
    """So many made-up words, which pack as badly as real ones."""
    syllables = SYLLABLES.split()
    return " ".join("".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(count)).capitalize() + "."


def times(address: str) -> list[tuple[str, float, float, str]]:
    def fresh() -> None:
        kept.shelf.pages.clear()
        application.forget()
        get(address)

    def again() -> None:
        get(address)

    etag = get(address)[0]["ETag"]

    def known() -> None:
        get(address, HTTP_IF_NONE_MATCH=etag)

    return [
        *both("story of 50 items, rendered", fresh, 12),
        *both("the same, kept", again, 1.5),
        *both("the same, known to the browser", known, 1.5),
    ]


def both(name: str, ask: Callable[[], None], goal: float) -> list[tuple[str, float, float, str]]:
    """Of the quietest of some rounds: what else the machine does slows a page down, and nothing makes it faster than it is."""
    ask()
    taken = min((sorted(timed(ask) for _ in range(TIMES)) for _ in range(ROUNDS)), key=statistics.median)
    return [(f"{name}, median", statistics.median(taken), goal, "ms"), (f"{name}, 99th percentile", taken[TIMES * 99 // 100], goal, "ms")]


def timed(ask: Callable[[], None]) -> float:
    began = time.thread_time()  # of the processor: what else the machine does is not the page’s
    ask()
    return (time.thread_time() - began) * 1000


def get(address: str, **headers: str) -> tuple[dict[str, str], bytes]:
    """What the web server gets when it calls the application: headers and body."""
    answered: dict[str, str] = {}
    asked = {"PATH_INFO": address, "REMOTE_ADDR": "127.0.0.1", **headers}
    setup_testing_defaults(asked)

    def start(status: str, pairs: list[tuple[str, str]], error: object = None, /) -> Callable[[bytes], object]:
        answered.update(pairs, status=status)
        return lambda _: None

    answer = application(asked, start)
    body = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    assert answered["status"][:3] in ("200", "304"), answered
    return answered, body


def weight(address: str) -> tuple[str, float, float, str]:
    """The page with its stylesheet and its scripts, each packed as a server packs it."""
    html = get(address)[1]
    files = re.findall(rb'(?:<link rel="stylesheet" href|<script type="module" src)="/static/([^"]+)"', html)
    parts = [html]
    for name in files:
        found = finders.find(name.decode())
        assert isinstance(found, str), name
        path = Path(found)
        # A stylesheet that lies in parts is weighed whole, whether or not its bundle has been made.
        parts.append(stylesheets.compact(stylesheets.inlined(path)).encode() if path.suffix == ".css" else path.read_bytes())
    packed = sum(len(gzip.compress(part)) for part in parts)
    return ("story of 50 items with stylesheet and scripts, packed", packed / KILOBYTE, 60, "kB")


main()
