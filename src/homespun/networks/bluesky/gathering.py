"""One conversation gathered: the app view shows what it may, the repositories of those who take part hold the rest.

An app view stops at ten levels, and leaves out without a trace what stands below somebody who blocks, below a deleted post, and
answers that a gate does not let in. All of it is public, and stands in its authors' repositories.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from homespun.networks.bluesky import posts, threads
from homespun.networks.bluesky.appview import POSTS, host
from homespun.networks.bluesky.asking import why_of
from homespun.networks.bluesky.identity import DID, did_of, is_post, key_at, key_ms, parts
from homespun.networks.bluesky.repositories import AT_ONCE
from homespun.networks.errors import NetworkError, UnreadableRecord
from homespun.networks.protocols import Absent, Around, never
from homespun.networks.values import Post, Unread

if TYPE_CHECKING:
    from homespun.networks.bluesky.client import Client

EACH = 3  # requests for everybody who takes part
FINDING = 1  # of these, which may have gone into finding out whose the address is
WORTH_IT = 3  # questions that have to be left to look beside
PEOPLE = 100  # whose repositories are read, those who say most first
CANDIDATES = 10  # accounts that one account blocks, whose repositories are looked at
BLOCK, LIKE = "app.bsky.graph.block", "app.bsky.feed.like"
THREADS = 5  # threads of one conversation of ours
EARLIER = 60_000  # ms before the root, as clocks differ
LATER = 7 * 86_400_000  # ms without a word, after which nobody is read on for
END = "~"  # behind every record key


def gathered(client: "Client", held: Sequence[Post], is_over: Callable[[], bool] = never) -> Iterator[Around]:
    """All threads that these posts are of, one after another."""
    mine = [post for post in held if is_post(post.uri)]
    roots = list(dict.fromkeys(root for post in mine if (root := root_of(post))))
    for root in roots[:THREADS]:
        yield from Gathering(client, root, [post for post in mine if root_of(post) == root], is_over).answers()


def root_of(post: Post) -> str:
    """Its own word for it, else that of its record; itself where it answers nothing."""
    if post.root or not post.parent:
        return post.root or post.uri
    try:
        return posts.root_of(posts.read(posts.unpacked(post.raw)))
    except UnreadableRecord:
        return ""


class Gathering:
    """What is known of a conversation, and who and what has been asked."""

    def __init__(self, client: "Client", root: str, held: Sequence[Post], is_over: Callable[[], bool] = never) -> None:
        self.client, self.asker, self.root, self.is_over = client, client.asker, root, is_over
        self.held = {post.uri: post for post in held}
        self.absent: dict[str, str] = {}  # why something is not shown, as far as the app view says
        self.read: dict[str, tuple[str, str]] = {}  # by DID: between which record keys a repository was read
        self.closed: dict[str, str] = {}  # by DID: why it could not be
        self.blocked: set[str] = set()  # uris of what is theirs who have blocked us
        self.anchored: set[str] = set()
        self.knocked = False  # whether neighbours were asked
        self.traced: set[tuple[str, str]] = set()  # which collections of whom were read for what they name
        self.strangers: set[str] = set()  # whose repositories hold nothing of this conversation
        self.counted = {post.uri for post in held if post.replies}
        self.started = self.told = self.asker.asked

    def answers(self) -> Iterator[Around]:
        yield self._thread(self.root)
        while not self.is_over():
            before = self.asker.asked
            yield from self._repositories()
            yield from self._counts()
            yield from self._gaps()
            yield from self._between_blocks()
            yield from self._liked()
            yield from self._neighbours()
            if before == self.asker.asked:
                yield from self._further()
            if before == self.asker.asked:
                break
        yield self._missing()

    def _may_ask(self, least: int = 1) -> bool:
        """Of those who have turned up and were not looked at yet the share is left."""
        return not self.is_over() and self.asker.asked - self.started + least <= EACH * len({*self.read, *self.closed}) - FINDING

    def _people(self) -> list[str]:
        """Whoever has said something in it, or is answered in it; who said most comes first."""
        said = Counter(did_of(uri) for uri in self.held)
        said.update(did_of(uri) for uri in {self.root, *self.absent, *(post.parent for post in self.held.values() if post.parent)})
        return [did for did, _times in said.most_common(PEOPLE)]

    def _thread(self, uri: str) -> Around:
        self.anchored.add(uri)
        found, absent = self.client.appview.thread(uri)
        self.counted |= {post.uri for post in found}
        self.absent |= {each.uri: each.why for each in absent}
        return self._around(self.client.appview.host, found)

    def _around(self, server: str, found: Sequence[Post]) -> Around:
        """What of this belongs here, and what it quotes."""
        welcome, absent = self.client.welcome(found)
        self.blocked |= {each.uri for each in absent}
        self.held |= {post.uri: self._with_count(post) for post in welcome if self._belongs(post)}
        return Around(server, tuple(welcome), absent=tuple(absent), asked=self._since())

    def _with_count(self, post: Post) -> Post:
        """A repository doesn't count replies; what the app view counted still holds."""
        before = self.held.get(post.uri)
        return structs.replace(post, replies=before.replies) if before and before.replies > post.replies else post

    def _since(self) -> int:
        """How many questions were not told of yet."""
        last, self.told = self.told, self.asker.asked
        return self.told - last

    def _belongs(self, post: Post) -> bool:
        return post.uri in self.held or self.root in (post.uri, post.root)

    def _repositories(self) -> Iterator[Around]:
        """The first look at those of all who have turned up."""
        fresh = [did for did in self._people() if did not in self.read and did not in self.closed and did not in self.blocked]
        self.client.appview.learn(fresh)
        self.client.appview.blocking(self.client.own, fresh)  # of all at once, or each answer would ask for its author
        for did in fresh:
            if self.is_over():
                return
            yield self._repository(did, key_at(max(0, self._begun() - EARLIER)))

    def _further(self) -> Iterator[Around]:
        """A look behind the first hundred, at those who go on while the conversation does."""
        for did, (_start, end) in [*self.read.items()]:
            if end != END and self._may_ask() and key_ms(end) <= max(post.published for post in self.held.values()) + LATER:
                yield self._repository(did, end)

    def _repository(self, did: str, after: str) -> Around:
        """What they said here: of up to a hundred posts behind that key."""
        server, mine = "", []
        start, _end = self.read.get(did, (after, after))
        try:
            server = host(self.client.directory.pds(did))
            found = self.client.repositories.listed(did, after=after)
            mine = [post for post in found if isinstance(post, Post) and (post.uri in self.absent or self._belongs(post))]
            self.read[did] = (start, end_of(found, after))
        except NetworkError as error:
            self.closed[did] = self.client.repositories.closed(did) or why_of(error)
        return self._around(server, mine)

    def _neighbours(self) -> Iterator[Around]:
        """In a small house those at home beside the first author: they may have said what no app view shows, and nobody names."""
        if self.knocked or not self._may_ask(WORTH_IT):
            return
        self.knocked, first = True, did_of(self.root)
        after = key_at(max(0, self._begun() - EARLIER))
        try:
            home = self.client.directory.pds(first)
            beside = self.client.repositories.neighbours(first)
        except NetworkError:
            return
        for did in beside:
            if self._is_unknown(did) and self._may_ask() and self._speaks_here(did, home, after):
                yield self._repository(did, after)

    def _speaks_here(self, did: str, home: str, after: str) -> bool:
        try:
            found = self.client.repositories.listed(did, after=after, at=home)
            return any(isinstance(post, Post) and self._belongs(post) for post in found) and self.client.directory.pds(did) == home
        except NetworkError:
            return False

    def _begun(self) -> int:
        told = [key_ms(parts(self.root)[2]), *(post.published for post in self.held.values())]
        return min((ms for ms in told if ms), default=0)

    def _counts(self) -> Iterator[Around]:
        """How many answers the app view counts to what it has not shown itself."""
        unseen = [uri for uri in self.held if uri not in self.counted]
        for start in range(0, len(unseen), POSTS):
            if not self._may_ask():
                return
            part = unseen[start : start + POSTS]
            self.counted |= {*part}
            yield self._around(self.client.appview.host, self.client.appview.posts(part))

    def _gaps(self) -> Iterator[Around]:
        """A closer look at where more answers are counted than there are."""
        for uri in threads.short(self.held.values()):
            if uri not in self.anchored and self._may_ask():
                yield self._thread(uri)

    def _between_blocks(self) -> Iterator[Around]:
        """Replies that the app view counts and hides, as their authors and the author above have blocked each other: it names nobody, but
        blocks are public. Only those whom the author of such a post blocks are looked for."""
        for uri in threads.short(self.held.values()):
            for did in self._traces(did_of(uri), BLOCK)[:CANDIDATES]:
                if DID.match(did) and self._is_unknown(did) and self._may_ask(2):
                    yield from self._candidate(did)

    def _liked(self) -> Iterator[Around]:
        """Replies to a deleted root, which no app view lists any more, as far as somebody who takes part likes them."""
        if self.root not in self.absent:
            return
        liked = [uri for did in [*self.read] for uri in self._traces(did, LIKE, after=key_at(max(0, self._begun() - EARLIER)))]
        fresh = [uri for uri in dict.fromkeys(liked) if is_post(uri) and uri not in self.held and self._is_unknown(did_of(uri))]
        for start in range(0, len(fresh), POSTS):
            if self._may_ask():
                found = self.client.appview.posts(fresh[start : start + POSTS])
                yield self._around(self.client.appview.host, [post for post in found if self._belongs(post)])

    def _traces(self, did: str, collection: str, *, after: str = "") -> list[str]:
        """What somebody's other records name; each collection is read once."""
        if (did, collection) in self.traced or did in self.closed or not self._may_ask(2):
            return []
        self.traced.add((did, collection))
        try:
            return self.client.repositories.subjects(did, collection, after=after)
        except NetworkError:
            return []

    def _candidate(self, did: str) -> Iterator[Around]:
        """Somebody who may have said something here; one who has not is no participant."""
        after = key_at(max(0, self._begun() - EARLIER))
        try:
            found = self.client.repositories.listed(did, after=after)
        except NetworkError:
            found = []
        mine = [post for post in found if isinstance(post, Post) and self._belongs(post)]
        if not mine:
            self.strangers.add(did)
            return
        self.read[did] = (after, end_of(found, after))
        yield self._around(host(self.client.directory.pds(did)), mine)

    def _is_unknown(self, did: str) -> bool:
        return not any(did in known for known in (self.read, self.closed, self.blocked, self.strangers))

    def _missing(self) -> Around:
        """What is answered here and was found nowhere, and why; what cannot be told has to be asked for by itself."""
        wanted = {self.root, *(post.parent for post in self.held.values() if post.parent)} - {*self.held}
        why = {uri: self._why(uri) for uri in sorted(wanted) if is_post(uri)}
        absent = tuple(Absent(uri, told) for uri, told in why.items() if told)
        hints = tuple(uri for uri, told in why.items() if not told)
        return Around(self.client.appview.host, hints=hints, absent=absent, asked=self._since())

    def _why(self, uri: str) -> str:
        did, _collection, key = parts(uri)
        start, end = self.read.get(did, (END, END))
        return "blocked" if did in self.blocked else self.closed.get(did, "") or ("gone" if start < key <= end else "")


def end_of(found: Sequence[Post | Unread], after: str) -> str:
    """Up to which record key a repository was read."""
    if len(found) < AT_ONCE:
        return END
    return max([after, *(parts(post.uri)[2] for post in found if isinstance(post, Post))])
