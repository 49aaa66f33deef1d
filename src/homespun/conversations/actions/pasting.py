"""`paste`: whatever somebody pastes or drops, if it is an address, several, or the text of posts that X shows to nobody but people.

Somebody waits for it, so all of it ends within `SECONDS`; what a conversation lacks by then is asked for where it is completed.
"""

import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import httpx
from django.db import transaction
from django.db.models import QuerySet

from homespun.conversations.actions.finding import REFUSALS, Came, find, root_of, sentence
from homespun.conversations.actions.taking import Taking, speaks_of_us
from homespun.conversations.models import Post, Source
from homespun.conversations.worded import worded
from homespun.core import audit
from homespun.http import Answer, Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.networks import said as _
from homespun.networks.x import saved
from homespun.users.models import User

SECONDS = 20.0  # that somebody waits
LONGEST = 1 << 21  # characters of a pasted text
MOST = 10  # addresses of one text
PAGE = _("a saved page")
ADDRESSES = re.compile(r"""[a-z][a-z+]{1,9}://[^\s"'<>]+|(?<![\w/.@])@[\w.-]+(?:@[\w.-]+)?\.\w+|did:\w+:[\w.:-]+|(?<![\w&])\#\w+@[\w.-]+""")
EMBEDDED = re.compile(r"""data-bluesky-uri=["'](at://[^"']+)|data-embed-url=["'](https?://[^"']+?)(?:/embed)?["']""")


@dataclass
class Pasted:
    """What came of it, address by address, and what went wrong, in words."""

    came: list[tuple[str, Came]] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.came)

    @property
    def one(self) -> Came | None:
        """Where to go, if there is one place to go to."""
        there = [came for _address, came in self.came if came.conversation]
        return there[0] if len(there) == 1 == len(self.came) and not self.troubles else None


def paste(*, by: User | None, now: datetime, text: str, door: Door) -> Pasted:
    """Raises `NetworkError` with a sentence where there is nothing in it that could be fetched or kept."""
    text = text[:LONGEST].strip()
    if pasted := kept(by=by, now=now, content=text.encode(errors="replace"), name=str(PAGE)):
        return pasted
    return fetched(by, now, addresses_in(text), hurried(door))


def fetched(by: User | None, now: datetime, addresses: list[str], door: Door) -> Pasted:
    pasted = Pasted()
    if not addresses:
        raise NetworkError(_("Homespun found no link and no X post in this text. Paste a link to a post, a page or a feed."))
    for address in addresses:
        try:
            pasted.came.append((address, find(by=by, now=now, address=address, door=door)))
        except (NetworkError, DoorError) as error:
            if len(addresses) == 1:
                raise
            pasted.troubles.append((address, sentence(error)))
    return pasted


def addresses_in(text: str) -> list[str]:
    """A single word is an address whatever it looks like; out of more words, those that can be nothing else."""
    if text and not re.search(r"[\s<>]", text):
        return [text]
    if embedded := [match[1] or match[2] for match in EMBEDDED.finditer(text)]:
        return list(dict.fromkeys(embedded))[:MOST]
    return list(dict.fromkeys(each.rstrip(".,;:!?)]}’”") for each in ADDRESSES.findall(text)))[:MOST]


def kept(*, by: User | None, now: datetime, content: bytes, name: str) -> Pasted | None:
    """Keep the posts of X that a page or a text shows; None where it shows none. Raises `NetworkError` for what is too large or damaged."""
    posts = saved.posts_in(content).posts
    if not posts:
        return None
    uris = [post.uri for post in posts]
    known = set(at(uris).values_list("uri", flat=True))
    taking = Taking(by, now, ours=speaks_of_us(posts))
    with transaction.atomic():
        stored = taking.write(source_of(content, name, by=by, now=now), posts, ())
        audit.record(by=by, now=now, verb="posts.paste", subject=f"posts:{len(posts)}", new=stored.new)
    if pasted := Pasted([(rows[0].url, came(rows, known, stored.updated)) for rows in by_conversation(uris)]):
        return pasted
    raise NetworkError(REFUSALS["left out"])


def at(uris: list[str]) -> QuerySet[Post]:
    return Post.objects.filter(uri__in=uris[:500]).select_related("conversation").order_by("id")


def by_conversation(uris: list[str]) -> list[list[Post]]:
    found: dict[int, list[Post]] = {}
    for row in at(uris):
        found.setdefault(row.conversation_id, []).append(row)
    return list(found.values())


def came(rows: list[Post], known: set[str], updated: int) -> Came:
    """Of the posts of one conversation."""
    new, first = sum(row.uri not in known for row in rows), rows[0]
    kind = "post" if len(rows) == 1 else "thread"
    root, others = root_of(first.conversation), (first.conversation_id,)
    return Came(kind, new, min(updated, len(rows) - new), first.conversation, root, first.pk, others)


def source_of(content: bytes, name: str, *, by: User | None, now: datetime) -> Source:
    """The same as for a page that was collected from a file."""
    fresh = {"kind": saved.Pages.kind, "title": name[:300], "is_ours": False, "added": now, "added_by": by}
    print_of = saved.fingerprint([(len(content), content)])
    source, _made = Source.objects.get_or_create(fingerprint=print_of, defaults=fresh)
    return source


def hurried(door: Door) -> "Hurried":
    return Hurried(**{name: getattr(door, name) for name in Door.__dataclass_fields__}, through=door, until=time.monotonic() + SECONDS)


@dataclass(frozen=True)
class Hurried(Door):
    """The same door, for somebody who waits: no question outlasts `until`."""

    through: Door = field(default_factory=lambda: Door(site=""))
    until: float = 0.0

    def fetch(self, url: str, *, deadline: float, **more: Any) -> Answer:
        left = self.until - time.monotonic()
        if left <= 0:
            raise DoorError(worded(LATE), permanent=False)
        return super().fetch(url, deadline=min(deadline, left), **more)

    @cached_property
    def client(self) -> httpx.Client:
        return self.through.client


LATE = _("The server took too long to respond. Try again later.")
