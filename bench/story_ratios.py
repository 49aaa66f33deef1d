"""What a story costs beside a bare equivalent, in CPU time: rounds in turn (A B A B), and the ratio of their medians."""

import http.client
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.template import Context, Engine

from bench.idle import free_port, wait_until_it_answers, with_children
from homespun.core.models import Site
from homespun.stories import edition, page
from homespun.stories.models import Edition

ROUNDS, REQUESTS, RENDERINGS = 11, 200, 20
KEPT, RENDERED = 3.0, 2.0  # goals
NANO = 1e-9
PLAIN = """<!doctype html>
<html lang="en"><head><title>{{ head.title }} · {{ site.name }}</title><meta name="description" content="{{ head.lead }}"></head><body>
<h1>{{ head.title }}</h1><p>{{ head.count }} {{ head.author.name }} {{ head.people }}</p>{{ head.introduction|safe }}
<ol>{% for item in items %}<li id="e{{ item.number }}"><a href="#e{{ item.number }}">{{ item.number }}</a>
{% if item.author %}<p><b>{{ item.author.name }}</b> <a href="{{ item.author.url }}">@{{ item.author.handle }}</a>
{{ item.network }} <a href="{{ item.url }}">
<time datetime="{{ item.published|date:'c' }}">{{ item.published|date:'j F Y, H:i' }}</time></a></p>
<blockquote>{{ item.html|safe }}</blockquote>{% else %}{{ item.html|safe }}{% endif %}</li>
{% endfor %}</ol></body></html>
"""


def kept(address: str, size: int) -> float:
    """A page that is kept, over a bare WSGI response of the same size, each through the product's web server."""
    with served() as pages, served(size) as bare:
        return ratio(lambda: pages(address), lambda: bare("/"))


def rendered() -> float:
    """A published story rendered anew, over a plain template that prints the same words."""
    content, site = edition.content(Edition.objects.get()), Site.objects.get()
    where = page.Where(site=site, address="https://example.org/stories/loaf/", published=Edition.objects.get().published)
    plain = Engine().from_string(PLAIN)
    context = {"head": content.head, "items": content.items, "site": site}
    return ratio(
        lambda: own_time(lambda: page.render(content, where)),
        lambda: own_time(lambda: plain.render(Context(context))),
    )


def ratio(ours: Callable[[], float], bare: Callable[[], float]) -> float:
    ours(), bare()
    rounds = [(ours(), bare()) for _ in range(ROUNDS)]
    return statistics.median(one for one, _ in rounds) / statistics.median(other for _, other in rounds)


def own_time(work: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(RENDERINGS):
        work()
    return time.process_time() - began


@contextmanager
def served(size: int = 0) -> Iterator[Callable[[str], float]]:
    """Gives what asks an address some hundred times over one connection, and returns the CPU seconds that the server took."""
    port = free_port()
    words = [sys.executable, "-m", "bench.story_server", str(port), *([str(size)] if size else [])]
    server = subprocess.Popen(words, env=os.environ | {"HOMESPUN_URL": f"http://127.0.0.1:{port}"}, stdout=subprocess.DEVNULL)
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}")
        yield lambda address: asked(server.pid, port, address)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def asked(server: int, port: int, address: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    before = cpu_seconds(server)
    for _ in range(REQUESTS):
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        answer.read()
    connection.close()
    return cpu_seconds(server) - before


def cpu_seconds(server: int) -> float:
    """Of all threads of all its processes, finer than a clock tick."""
    threads = (task for process in with_children(server) for task in Path(f"/proc/{process}/task").iterdir())
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) * NANO
