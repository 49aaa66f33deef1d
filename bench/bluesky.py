"""Bluesky: posts as values, an own repository beside a bare walk through it, and what the network's stream costs. All of it made up.

How long completing a conversation takes, and how many questions, is held by `make peers`, against a real network.
"""

import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time, thread_time, time_ns
from typing import Any

import libipld
import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from bench.figure import Figure
from bench.repository import DID, OTHER, post, write
from homespun.http import Door, addresses
from homespun.networks.bluesky import Client, export, posts
from homespun.networks.bluesky.identity import key_at
from homespun.networks.exports import Told
from homespun.networks.live import Asking
from homespun.networks.values import Place

POSTS, EVENTS, TURNS = 24_000, 12_000, 3
ROUNDS = 7  # of ours and the bare walk in turn
A_SECOND = 1_500  # events
COLLECTION = b"app.bsky.feed.post/"
MEMORY = """
import sys
from pathlib import Path
from homespun.networks.bluesky import export
from homespun.networks.exports import Told

def most(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name))

before = most("VmRSS")
repository = export.opened(Path(sys.argv[1]), Told())
assert sum(len(page.posts) for page in repository.pages({})) == int(sys.argv[2])
print((most("VmHWM") - before) / 1024)
"""


def measure() -> list[Figure]:
    return [*values(), *repository(), *stream()]


def values() -> list[Figure]:
    records = [shown(number) for number in range(POSTS)]
    ours = fastest(lambda: [posts.post(posts.read(record), record, Place.COPY) for record in records]) / POSTS
    bare = fastest(lambda: [orjson.loads(record) for record in records]) / POSTS
    return [
        Figure("a Bluesky post as a value (30,000 a second)", ours * 1e6, 1e6 / 30_000, "µs"),
        Figure("the same against reading its JSON into dicts", ours / bare, 8.0, "x", kind="ratio"),
    ]


def shown(number: int) -> bytes:
    author = {"did": DID, "handle": "bench.example", "displayName": "Bench", "avatar": "https://cdn.example/1.jpg", "labels": []}
    uri = f"at://{DID}/app.bsky.feed.post/{key_at(1_690_000_000_000 + number * 600_000)}"
    record = orjson.loads(orjson.dumps(post(number, random.Random(number)), default=export.linked))
    counts = {"replyCount": 1, "repostCount": 2, "likeCount": 3, "quoteCount": 0}
    return orjson.dumps({"uri": uri, "cid": "bafyreibench", "author": author, "record": record, "labels": [], **counts})


def repository() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path, liking = write(Path(folder) / "repo.car", POSTS), write(Path(folder) / "liking.car", POSTS, 2 * POSTS)
        alone, beside = (in_turn(partial(read, each), partial(walked, each)) for each in (path, liking))
        done = subprocess.run([sys.executable, "-c", MEMORY, str(path), str(POSTS)], capture_output=True, text=True, check=True)
    return [
        Figure(f"a repository of {POSTS:,} posts read, CPU to a bare walk's", alone, 1.8, "x", kind="ratio"),
        Figure("the same with twice as many likes beside them", beside, 2.0, "x", kind="ratio"),
        Figure("memory that this takes", float(done.stdout), 60, "MB", kind="ratio"),
    ]


def walked(path: Path) -> None:
    """The bare floor: libipld decodes it, and every post is come upon by the tree."""
    head, blocks = libipld.decode_car(path.read_bytes())
    waiting, found = [blocks[head["roots"][0]]["data"]], []
    while waiting:
        node = blocks[waiting.pop()]
        waiting += [node["l"]] if node["l"] else []
        last = b""
        for entry in node["e"]:
            last = last[: entry["p"]] + entry["k"]
            if last.startswith(COLLECTION):
                found.append((last.decode(), blocks[entry["v"]]))
            waiting += [entry["t"]] if entry["t"] else []
    assert len(found) == POSTS


def read(path: Path) -> None:
    opened = export.opened(path, Told())
    assert sum(len(page.posts) for page in opened.pages({})) == POSTS
    opened.close()


def in_turn(ours: Callable[[], object], bare: Callable[[], object]) -> float:
    """The ratio of their CPU times: the median of rounds that take turns."""
    return median(turn(ours) / turn(bare) for _round in range(ROUNDS))


def fastest(work: Callable[[], object]) -> float:
    """Seconds of CPU in the best of some turns."""
    return min(turn(work) for _turn in range(TURNS))


def turn(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def stream() -> list[Figure]:
    """Every post of the network, one in a hundred of which is ours; beside it, the same read from the socket into dicts."""
    events = [orjson.dumps(event(number)).decode() for number in range(EVENTS)]
    bare, ours = min(bare_stream(events) for _turn in range(TURNS)), min(our_stream(events) for _turn in range(TURNS))
    return [
        Figure("a stream of 1,500 events a second, of a core", ours / EVENTS * A_SECOND, 0.2, "cores"),
        Figure("the same against reading it into dicts", ours / bare, 2.0, "x", kind="ratio"),
    ]


def event(number: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "did": DID if number % 100 == 0 else f"{OTHER[:-5]}{key_at(number)[-5:]}",
        "time_us": time_ns() // 1000 + number,
    }
    if number % 8 == 7:
        return told | {"kind": "identity", "identity": {"did": told["did"], "seq": number, "time": "2024-09-03T10:20:30.123Z"}}
    record = orjson.loads(orjson.dumps(post(number, random.Random(number)), default=export.linked))
    commit = {"rev": key_at(number), "operation": "create", "collection": "app.bsky.feed.post", "rkey": key_at(1_690_000_000_000 + number)}
    return told | {
        "kind": "commit",
        "commit": commit | {"record": orjson.loads(orjson.dumps(record).replace(DID.encode(), OTHER.encode()))},
    }


@contextmanager
def served(events: list[str]) -> Iterator[tuple[str, Callable[[], float]]]:
    """The address of a server that sends them all, and the CPU that it has taken for that, which is not ours."""
    taken: list[float] = []

    def send(socket: ServerConnection) -> None:
        begun = thread_time()
        for each in events:
            socket.send(each)
        taken.append(thread_time() - begun)
        with suppress(ConnectionClosed):
            socket.recv()

    with serve(send, "127.0.0.1", 0, compression=None) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}", lambda: sum(taken)
        server.shutdown()
        serving.join()


def bare_stream(events: list[str]) -> float:
    with served(events) as (url, theirs):
        begun = process_time()
        with connect(url, proxy=None) as socket:
            for _event in events:
                orjson.loads(socket.recv(decode=False))
            took = process_time() - begun
            socket.send("enough")
        return took - theirs()


def our_stream(events: list[str]) -> float:
    client = Client(Asking(door=Door("https://bench.example", allow=addresses("127.0.0.1")), own=(DID,)))
    client.appview.learn = client.appview.blocking = lambda *_people: set()  # type: ignore[method-assign, assignment]
    heard: list[int] = []
    wanted = sum(each.startswith(f'{{"did":"{DID}"') for each in events)
    with served(events) as (url, theirs):
        client.jetstream = url
        begun = process_time()
        for told in client.stream([DID], {"us": time_ns() // 1000}, lambda: sum(heard) >= wanted):
            heard.append(len(told.posts))
        return process_time() - begun - theirs()
