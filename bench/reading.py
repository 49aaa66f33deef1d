"""The measuring itself, once the data folder is known: imported by `bench.read`."""

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence

import django

django.setup()

from django.test import Client  # noqa: E402  (nothing of Django may come in before it is set up)

from bench.figure import Figure  # noqa: E402
from homespun.conversations.models import Conversation, Post  # noqa: E402
from homespun.conversations.queries import search  # noqa: E402
from homespun.core.models import Site  # noqa: E402
from homespun.users.models import User  # noqa: E402

QUESTIONS, TYPED = 200, 60  # asked whole; typed letter by letter
PAGES = 11


def figures() -> list[Figure]:
    asked = questions()
    typed = [question[:end] for question in asked[:TYPED] for end in range(2, len(question) + 1)]
    found = [
        *both("search newest first", asked, lambda question: search(question), 10),
        *both("search newest first, as one types", typed, lambda question: search(question, typing=True), 10),
        *both("search ranked", asked, lambda question: search(question, order="ranked"), 80),
        *both("search ranked, as one types", typed, lambda question: search(question, order="ranked", typing=True), 80),
    ]
    client = reader()
    return [
        *found,
        page("conversation of 1,000 posts opens", client, large(1000), 150),
        page("conversation of 10,000 posts shows its first part", client, large(10000), 200),
        page("Conversations page", client, "/desk/conversations/", 100),
        page("Conversations page with something found", client, f"/desk/conversations/?q={asked[0]}", 100),
    ]


def questions() -> list[str]:
    """One to three words, as often as they are written in the newest posts; every tenth is in nothing."""
    chance = random.Random(5)
    texts = Post.objects.order_by("-pk").values_list("text", flat=True)[:5_000]
    words = Counter(word for text in texts if text.isascii() for word in re.findall(r"\w+", text.lower()))
    names, weights = list(words), list(words.values())
    asked = [" ".join(chance.choices(names, weights, k=chance.choice((1, 1, 2, 2, 3)))) for _ in range(QUESTIONS)]
    return [f"{question} xyzzy" if place % 10 == 9 else question for place, question in enumerate(asked)]


def both(name: str, asked: Sequence[str], answer: Callable[[str], object], goal: float) -> list[Figure]:
    times = sorted(timed(lambda question=question: answer(question)) for question in asked)  # type: ignore[misc]  # no type is seen through a default
    middle, last = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
    return [Figure(f"{name}, median", middle, goal, "ms"), Figure(f"{name}, 99th percentile", last, goal, "ms")]


def page(name: str, client: Client, address: str, goal: float) -> Figure:
    times = sorted(timed(lambda: client.get(address)) for _ in range(PAGES))
    return Figure(name, times[len(times) // 2], goal, "ms")


def timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


def reader() -> Client:
    Site.objects.get_or_create(pk=1, defaults={"name": "Bench"})
    member, _ = User.objects.get_or_create(email="reader@bench.example", defaults={"name": "Reader"})
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(member)
    assert client.get("/desk/conversations/").status_code == 200
    return client


def large(posts: int) -> str:
    found = Conversation.objects.filter(posts__lte=posts).order_by("-posts").first()
    return f"/desk/conversations/{found.pk}/" if found else "/desk/conversations/"
