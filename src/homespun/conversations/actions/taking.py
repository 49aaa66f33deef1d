"""Taking in what a server showed: one short transaction for each answer, and who does not wish it is not taken."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from msgspec import structs

from homespun.conversations.actions import absences, changes, rows
from homespun.conversations.actions.opt_out_codes import holds_code
from homespun.conversations.actions.opt_outs import OptOuts
from homespun.conversations.actions.storing import Store, Stored
from homespun.conversations.models import Absence, Post, Source
from homespun.networks.protocols import Absent
from homespun.networks.values import FOR_FEW
from homespun.networks.values import Post as Shown
from homespun.people.models import Account
from homespun.users.models import User

NOBOT = re.compile(r"#\s?no-?bots?\b", re.IGNORECASE)
FEDERATED = "mastodon"
AHEAD = 86_400_000  # ms, as clocks and zones differ
BATCH = 2_000  # posts of one transaction


@dataclass
class Taking:
    """Kept for a whole asking."""

    by: User | None
    now: datetime
    ours: bool = False  # we take part in what is asked for: then it is kept on the desk, whatever a profile says
    new: int = 0
    updated: int = 0
    refused: list[Absent] = field(default_factory=list)
    opt_outs: OptOuts = field(default_factory=OptOuts)
    paused_by: dict[str, str] = field(default_factory=dict)  # of posts held back: by uri the digest of the request

    def take(self, server: str, posts: Sequence[Shown], absent: Iterable[Absent] = (), *, conversation: int | None = None) -> Stored:
        """Store what this server showed, and write down what it did not show."""
        total = Stored()
        absent = list(absent)
        for start in range(0, max(len(posts), 1), BATCH):
            with transaction.atomic():
                done = self.write(server_source(server, by=self.by, now=self.now), posts[start : start + BATCH], absent, conversation)
            total.new, total.updated, absent = total.new + done.new, total.updated + done.updated, []
        self.new, self.updated = self.new + total.new, self.updated + total.updated
        return total

    def write(self, source: Source, posts: Sequence[Shown], absent: Iterable[Absent], conversation: int | None = None) -> Stored:
        """The same of any source, in the caller's transaction. A post that verifies an opt-out request is read and not stored."""
        posts = [post for post in posts if not holds_code(post)]
        absent = told(absent)
        self.opt_outs.reload()
        kept, refused = self.wished(posts)
        people = {post.author.uri for post in posts if post.author}
        of_people = [each for each in absent if each.uri in people or each.uri.startswith("did:")]
        of_posts = [each for each in (*absent, *refused) if each not in of_people]
        absences.note(of_people, by=self.by, now=self.now)
        absences.note(of_posts, by=self.by, now=self.now, conversation=conversation)
        absences.note_paused(self.paused_by)
        self.paused_by = {}
        self.refused += refused
        if not kept:
            return Stored()
        kept = [dated(post, self.now) for post in kept]
        changes.bring_back(kept, by=self.by, now=self.now)
        stored = Store(source.pk, opt_outs=self.opt_outs, by=self.by, now=self.now).store(kept)
        absences.forget(name for post in kept for name in (post.uri, *post.names))
        return stored

    def wished(self, posts: Sequence[Shown]) -> tuple[list[Shown], list[Absent]]:
        """Posts that may be stored; and those that may not, with the reason: the author has blocked us, an opt-out or an open opt-out
        request covers them, their profile says #nobot and we take no part, or another server than their author's speaks for them."""
        authors = {post.author.uri for post in posts if post.author}
        known = {account.uri: account for account in Account.objects.filter(uri__in=authors)}
        blocked = set(Absence.objects.filter(uri__in=authors, why=Absence.Why.BLOCKED).values_list("uri", flat=True))
        kept, refused = [], []
        for post in posts:
            account = known.get(post.author.uri) if post.author else None
            own = account is not None and account.is_own
            bio = (post.author.bio if post.author else "") or (account.bio if account else "")
            if not is_theirs(post):
                refused.append(Absent(post.uri, "unreachable"))
            elif not own and post.author and post.author.uri in blocked:
                refused.append(Absent(post.uri, "blocked"))
            elif held_back := self.held_back(post):
                refused += held_back
            elif not (own or self.ours or not NOBOT.search(bio)):
                refused.append(Absent(post.uri, Absence.Why.LEFT_OUT))
            else:
                kept.append(post)
        return kept, refused

    def held_back(self, post: Shown) -> list[Absent]:
        """The post as an absence, where an opt-out or a request keeps it from being stored."""
        reason, digest = self.opt_outs.reason_and_digest(post)
        if digest:
            self.paused_by[post.uri] = digest
        return [Absent(post.uri, reason)] if reason else []


def dated(post: Shown, now: datetime) -> Shown:
    """Nothing was written after it was seen: else one post could stand above all others, and be asked about for years."""
    seen = int(now.timestamp() * 1000)
    return structs.replace(post, published=seen) if post.published > seen + AHEAD else post


def told(absent: Iterable[Absent]) -> list[Absent]:
    """What may be believed: that a stranger is told that there is nothing says nothing of a post that is for a few."""
    every = list(absent)
    gone = [each.uri for each in every if each.why == Absence.Why.GONE]
    private = set(Post.objects.filter(uri__in=gone, visibility__in=FOR_FEW).values_list("uri", flat=True)) if gone else set()
    return [each for each in every if each.uri not in private]


def is_theirs(post: Shown) -> bool:
    """Whether a post lies where its author is at home: a server speaks for its own people alone."""
    if post.author is None:
        return True
    if post.uri.startswith("at://"):
        return post.uri.startswith(f"at://{post.author.uri}/")
    return post.network != FEDERATED or host_of(post.uri) == host_of(post.author.uri) != ""


def host_of(uri: str) -> str:
    """With its port; "" where it names none."""
    try:
        return urlsplit(uri).netloc.lower()
    except ValueError:
        return ""


def server_source(host: str, *, by: User | None, now: datetime) -> Source:
    """The source that a server is, by its host."""
    print_of = host if len(host) <= 64 else hashlib.sha256(host.encode()).hexdigest()
    fresh = {"kind": "server", "title": host[:300], "is_ours": False, "added": now, "added_by": by}
    source, _made = Source.objects.get_or_create(fingerprint=print_of, defaults=fresh)
    return source


def speaks_of_us(posts: Iterable[Shown]) -> bool:
    """Whether we said something here, or are answered, so that the conversation is ours, too."""
    said = {account.uri for post in posts for account in (post.author, post.parent_author) if account}
    held = rows.parents({post.parent for post in posts if post.parent})
    authors = {author for _, _, author, _ in held.values() if author}
    return Account.objects.filter(is_own=True, uri__in=said).exists() or Account.objects.filter(is_own=True, pk__in=authors).exists()
