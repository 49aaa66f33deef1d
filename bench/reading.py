"""The measuring itself, once the data folder is known: imported by `bench.read`."""

import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import django

django.setup()

from django.db import connection  # noqa: E402  (nothing of Django may come in before it is set up)
from django.test import Client  # noqa: E402

from bench.figure import Figure  # noqa: E402
from homespun.conversations.models import Conversation, Post  # noqa: E402
from homespun.conversations.queries import search  # noqa: E402
from homespun.core.models import Site  # noqa: E402
from homespun.users.models import User  # noqa: E402

QUESTIONS, TYPED = 200, 60  # asked whole; typed letter by letter
PAGES = 11
ROUNDS, WARM = 3, 20
RANKED = 2_000  # the newest posts that are put in order
INFORMATION = 100  # milliseconds depend on the machine: they are printed, and don't decide


def figures() -> list[Figure]:
    asked = questions()
    typed = [question[:end] for question in asked[:TYPED] for end in range(2, len(question) + 1)]
    found = [
        *compared("search newest first", asked, lambda question: search(question), bare_newest, 3),
        *compared("search newest first, as one types", typed, lambda question: search(question, typing=True), bare_newest, 3),
        *compared("search ranked", asked, lambda question: search(question, order="ranked"), bare_ranked, 2),
    ]
    client = reader()
    return [
        *found,
        page("conversation of 1,000 posts opens", client, large(1000), 150),
        page("conversation of 10,000 posts shows its first part", client, large(10000), 200),
        page("Conversations page", client, "/desk/conversations/", 100),
        page("Conversations page with something found", client, f"/desk/conversations/?q={asked[0]}", 100),
    ]


def bare_newest(question: str) -> Callable[[], object]:
    """The least that finds the newest posts with these words."""
    statement = "select rowid from conversations_postindex where conversations_postindex match %s order by rowid desc limit 20"
    return lambda: rows(statement, [words_of(question)])


def bare_ranked(question: str) -> Callable[[], object]:
    """The least that finds the best of the newest 2,000 posts with these words."""
    newest = "select rowid from conversations_postindex where conversations_postindex match %s order by rowid desc limit %s"
    keys = [key for (key,) in rows(newest, [words_of(question), RANKED])]
    best = "select rowid from conversations_postindex where conversations_postindex match %s and rowid >= %s order by rank limit 20"
    return lambda: rows(best, [words_of(question), keys[-1] if keys else 0])


def words_of(question: str) -> str:
    """The words in the language of FTS5; the last is a beginning unless a space follows."""
    words = " ".join(f'"{word}"' for word in question.split())
    return words if question.endswith(" ") else f"{words} *"


def rows(statement: str, values: Sequence[str | int]) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def compared(
    name: str, asked: Sequence[str], answer: Callable[[str], object], bare: Callable[[str], Callable[[], object]], goal: float
) -> list[Figure]:
    """Ours to the bare statement, in CPU time of this process: the median of rounds in turn for each question, then over all of them."""
    pairs = [(partial(answer, question), bare(question)) for question in asked]
    for ours, theirs in pairs[:WARM]:
        ours(), theirs()
    times = [[(spent(ours), spent(theirs)) for _ in range(ROUNDS)] for ours, theirs in pairs]
    mine, floor = (sorted(statistics.median(round[side] for round in rounds) for rounds in times) for side in (0, 1))
    figures = []
    for label, place in (("median", len(asked) // 2), ("99th percentile", min(len(asked) - 1, len(asked) * 99 // 100))):
        figures.append(Figure(f"{name}, {label}, to bare FTS5", mine[place] / floor[place], goal, kind="ratio"))
        figures.append(Figure(f"{name}, {label}", mine[place], INFORMATION, "ms"))
    return figures


def spent(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return (time.process_time() - began) * 1000


def questions() -> list[str]:
    """One to three words, as often as they are written in the newest posts; every tenth is in nothing."""
    chance = random.Random(5)
    texts = Post.objects.order_by("-pk").values_list("text", flat=True)[:5_000]
    words = Counter(word for text in texts if text.isascii() for word in re.findall(r"\w+", text.lower()))
    names, weights = list(words), list(words.values())
    asked = [" ".join(chance.choices(names, weights, k=chance.choice((1, 1, 2, 2, 3)))) for _ in range(QUESTIONS)]
    return [f"{question} xyzzy" if place % 10 == 9 else question for place, question in enumerate(asked)]


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
