"""One conversation before an archive came and after: the shortest way to say what it is worth."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from homespun.conversations.models import MissingParent, Post, Run, Sighting
from homespun.conversations.queries.talks import title

LOOKED_AT = 1000  # posts of the archive, the newest
SHORTEST, LONGEST = 3, 24


@dataclass(frozen=True)
class Compared:
    """`before` and `now` are signs of a strip: us, them, missing."""

    conversation: int
    title: str
    before: list[str]
    now: list[str]


def compared(run: Run) -> Compared | None:
    """The conversation that this archive filled best; None where it filled none."""
    if run.source_id is None:
        return None
    seen = set(Sighting.objects.filter(source=run.source_id).order_by("-post_id").values_list("post_id", flat=True)[:LOOKED_AT])
    shared = set(Sighting.objects.filter(post__in=seen).exclude(source=run.source_id).values_list("post_id", flat=True))
    alone = Counter(Post.objects.filter(pk__in=seen - shared).values_list("conversation_id", flat=True))
    best = max(fitting(alone), key=lambda each: (each[1], each[0]), default=None)
    return told(best[0], run.source_id) if best else None


def fitting(alone: Counter[int]) -> Iterable[tuple[int, int]]:
    """Conversations of a length that a strip can show, with how well new and old posts are mixed in each."""
    held = Counter(Post.objects.filter(conversation__in=[*alone]).values_list("conversation_id", flat=True))
    for conversation, new in alone.items():
        mixed = min(new, held[conversation] - new)
        if mixed > 0 and SHORTEST <= held[conversation] <= LONGEST:
            yield conversation, mixed


def told(conversation: int, source: int) -> Compared:
    posts = list(Post.objects.filter(conversation=conversation).select_related("author").order_by("pk"))
    others = set(Sighting.objects.filter(post__in=posts).exclude(source=source).values_list("post_id", flat=True))
    answered = {post.parent_id for post in posts if post.pk in others}
    ghosts = set(MissingParent.objects.filter(child__in=posts).values_list("child_id", flat=True))
    before: list[str] = []
    now: list[str] = []
    for post in posts:
        if post.pk in ghosts:
            now.append("missing")
            before += ["missing"] if post.pk in others else []
        sign = "us" if post.author and post.author.is_own else "them"
        now.append(sign)
        if post.pk in others:
            before.append(sign)
        elif post.pk in answered:
            before.append("missing")
    return Compared(conversation, title(posts[0].text), before, now)
