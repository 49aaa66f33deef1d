"""A thread as an app view shows it: its posts, what is not shown and why, and where more answers exist than are shown. Pure."""

from collections import Counter, deque
from collections.abc import Iterable

from homespun.networks import tolerant
from homespun.networks.bluesky import posts
from homespun.networks.bluesky.identity import is_post
from homespun.networks.bluesky.shapes import Node, Thread
from homespun.networks.protocols import Absent
from homespun.networks.values import Post

MOST = 20_000  # nodes of one answer


def read(answer: bytes) -> tuple[list[Post], list[Absent]]:
    """Posts and absences of an answer to getPostThread: the one that was asked for first, then its parents, then its answers."""
    found: list[Post] = []
    absent: list[Absent] = []
    waiting = deque([bytes(tolerant.read(Thread, answer).thread)])
    for _node in range(MOST):
        if not waiting:
            break
        node = tolerant.read(Node, waiting.popleft())
        more, missing = posts.shown(bytes(node.post)) if bytes(node.post) else ([], without(node))
        found += more
        absent += missing
        waiting.extend(bytes(each) for each in node.replies or ())
        if bytes(node.parent):
            waiting.appendleft(bytes(node.parent))
    return found, absent


def without(node: Node) -> list[Absent]:
    uri = node.uri or ""
    if not is_post(uri) or not (node.blocked or node.notFound):
        return []
    return [Absent(uri, "gone" if node.notFound else "hidden")]


def short(held: Iterable[Post]) -> list[str]:
    """Those with more answers than are held, fullest gap first."""
    held = list(held)
    answers = Counter(post.parent for post in held if post.parent)
    gaps = {post.uri: post.replies - answers[post.uri] for post in held if post.replies > answers[post.uri]}
    return sorted(gaps, key=lambda uri: (-gaps[uri], uri))
