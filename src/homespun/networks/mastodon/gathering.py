"""One conversation gathered from the homes of all who take part: no server of the fediverse holds all of one.

Each post is asked for at its own host, and with it its parent, the answers that this host knows, and what those who take part or are
named said at home. Whatever is named anywhere is asked for in turn, until nothing new is named. Behind the root, posts that are not held
come before another look at those that are, so that each completion of a very large conversation gets further than the one before.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.mastodon import contexts, ours, outboxes, renewing
from homespun.networks.mastodon.api import Api
from homespun.networks.mastodon.asking import Refused
from homespun.networks.mastodon.homes import Homes
from homespun.networks.mastodon.properties import Thing, id_of
from homespun.networks.mastodon.values import URI, address, host
from homespun.networks.protocols import Absent, Around, never
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Place, Post, Visibility

MOST, PEOPLE, TOLD = 900, 60, 5  # requests of one asking, whose outboxes are read, and how many troubles are told
Shown = Mapping[str, tuple[Post, Thing]]  # posts with the objects that they are out of
COLLECTIONS = ("replies", "comments", "context")
SHOWN = (Visibility.PUBLIC, Visibility.UNLISTED)


class Gathering:
    """What is known of a conversation, and what and who has been asked."""

    def __init__(
        self,
        homes: Homes,
        held: Sequence[Post],
        *,
        most: int = MOST,
        shown: Shown | None = None,
        owns: Sequence[Api] = (),
        named: Sequence[str] = (),
        is_over: Callable[[], bool] = never,
    ) -> None:
        self.homes, self.asker, self.most, self.owns = homes, homes.asker, most, [*owns]
        self.held = {post.uri: post for post in held}
        self.waiting = deque(post.uri for post in held if post.visibility in SHOWN)  # held, and asked about once more
        self.unasked: deque[str] = deque()  # named, and not held
        self.visited: set[str] = {post.uri for post in held if post.visibility not in SHOWN}
        self.fresh: set[str] = set()  # shown by their own server just now
        self.covered: set[str] = set()  # with all that answers them there
        self.open: set[str] = set()  # servers whose API shows what is around a post
        self.silent: set[str] = set()  # and those whose does not
        self.is_open = False  # something in it is for everybody, so that others may be asked about it
        self.listed: set[str] = set()  # collections that were read
        self.people: dict[str, None] = {}
        self.heard: set[str] = set()  # of whom the outbox was read
        self.told: dict[str, list[Thing]] = {}  # out of outboxes: what answers a uri
        self.parents: set[str] = set()  # what is answered here
        self.near: set[str] = set()  # what a server shows around a post of its own, so that it is known although nobody may see it
        self.unseen: set[str] = set()  # of that what its own server does not show, so that nobody can tell what it answers
        self.strays = dict(shown or {})  # named here, and not known to belong here
        self.aside: dict[str, list[str]] = {}  # those by what they answer
        self.copies: dict[str, tuple[str, Post]] = {}  # not kept until their own hosts have been asked; who showed them
        self.troubles: dict[str, Said] = {}
        self.started = self.asker.asked
        self.is_over = is_over
        for post in held:
            self._learn(post)
        for uri in named:
            self._want(uri)

    def answers(self) -> Iterator[Around]:
        """Raises `NetworkError` in the end for hosts that did not answer."""
        while self.waiting or self.unasked or self.owns or self._unheard():
            if self._is_spent():
                break
            if self.waiting or self.unasked:
                uri = self._next()
                if uri not in self.visited:
                    yield from self._visit(uri)
            elif self.owns:
                yield from self._ours(self.owns.pop(0))
            else:
                yield from self._hear(self._unheard()[0])
        if left := tuple(dict.fromkeys([*(uri for uri in self.unasked if uri not in self.visited), *self.copies])):
            yield Around("", hints=left, asked=0)
        if self.troubles:
            raise NetworkError(_("%(why)s", why=" ".join([*self.troubles.values()][:TOLD])), permanent=False)

    def _is_spent(self) -> bool:
        return self.asker.asked - self.started >= self.most or self.is_over()

    def _next(self) -> str:
        """The root first, then what is not held."""
        return self.unasked.popleft() if self.unasked and (self.visited or not self.waiting) else self.waiting.popleft()

    def _visit(self, uri: str) -> Iterator[Around]:
        """A post at home: itself, its parent, and what answers it there."""
        self.visited.add(uri)
        if uri in self.covered and uri in self.fresh:
            return  # its server has shown it, and all that answers it
        post: Post | None = self.held.get(uri)
        thing: Thing | None = None
        if not post or uri not in self.fresh or server_of(uri) not in self.open:
            before = self.asker.asked
            try:
                post, thing = shown = self.strays.pop(uri, None) or self.homes.post(uri)
            except (Refused, Unusable) as error:
                yield self._missing(uri, error, before)
                return
            self.visited.add(post.uri)
            self.copies.pop(uri, None)
            if not self._belongs(post):
                self._keep_aside(*shown)
                yield Around("", asked=self.asker.asked - before)
                return
            yield self._around(host(post.uri), [post], before)
        if post.visibility in SHOWN:
            yield from self._context(post)
            if thing and post.uri not in self.covered:
                yield from self._collections(post, thing)
                self._children(post)

    def _belongs(self, post: Post) -> bool:
        """Servers may name what has nothing to do with it."""
        return not self.held or self._is_known(post.uri) or self._is_known(post.parent) or post.parent in self.unseen

    def _is_known(self, uri: str) -> bool:
        return uri in self.held or uri in self.parents

    def _keep_aside(self, post: Post, thing: Thing) -> None:
        """Until what it answers turns out to belong here."""
        if post.parent:
            self.strays[post.uri] = (post, thing)
            self.aside.setdefault(post.parent, []).append(post.uri)
            self._want(post.parent, first=True)

    def _missing(self, uri: str, error: Refused | Unusable, before: int) -> Around:
        why = error.why if isinstance(error, Refused) else "hidden"
        shown_by, copy = self.copies.pop(uri, ("", None))
        if copy and why == "gone":
            del self.held[uri]  # deleted before we saw it: another server's copy of it is not kept
            self.near.add(uri)
        elif copy:
            return Around(shown_by, (copy,), asked=self.asker.asked - before)
        if isinstance(error, Unusable):
            self.troubles.setdefault(host(uri), _("%(host)s: %(why)s", host=host(uri), why=str(error.said)))
        elif why == "unreachable":
            self.troubles.setdefault(host(uri), error.said)
        self.unseen |= {uri} & self.near
        for each in self.aside.pop(uri, []) if uri in self.near else ():
            self.visited.discard(each)
            self._want(each)
        is_told = self._is_known(uri) or uri in self.near
        is_told = is_told and (why == "gone" or uri not in self.held)  # a copy of what its own server keeps from us
        return Around(host(uri), absent=(Absent(uri, why),) if is_told else (), asked=self.asker.asked - before)

    def _around(self, server: str, posts: Sequence[Post], before: int, hints: Sequence[str] = ()) -> Around:
        self.held |= {post.uri: post for post in posts}
        self.fresh.update(post.uri for post in posts)
        for post in posts:
            self._learn(post)
        posts = [self._rooted(post) for post in posts]
        for uri in hints:
            self._want(uri)
        return Around(server, tuple(posts), asked=self.asker.asked - before)

    def _rooted(self, post: Post) -> Post:
        """What answers a post that is not shown still belongs to the conversation."""
        if not post.parent or post.parent in self.held:
            return post
        roots = [each.uri for each in self.held.values() if not each.parent]
        return renewing.rooted(post, roots[0]) if len(roots) == 1 else post

    def _learn(self, post: Post) -> None:
        """Who and what it names: its parent first, as that leads to the root."""
        if post.parent and post.parent not in self.held:
            self._want(post.parent, first=True)
        for uri in (post.author.uri if post.author else "", post.parent_author.uri if post.parent_author else "", *post.mentions):
            if address(uri, URI):
                self.people.setdefault(uri)
        self.is_open = self.is_open or post.visibility in SHOWN
        self.parents.update({post.parent} - {""})
        for uri in [*self.aside.pop(post.uri, []), *(id_of(thing) for thing in self.told.pop(post.uri, []))]:
            self.visited.discard(uri)
            self._want(uri)

    def _want(self, uri: str, *, first: bool = False) -> None:
        if uri in self.visited or not address(uri, URI):
            return
        if uri in self.held:
            self.waiting.append(uri)
        elif first:
            self.unasked.appendleft(uri)
        else:
            self.unasked.append(uri)

    def _context(self, post: Post) -> Iterator[Around]:
        """What the API of its server shows around it, where that server has one and it was not shown before."""
        server, number = server_of(post.uri), contexts.number_of(post.uri, post.url)
        if not number or server in self.silent or post.uri in self.covered:
            return
        if own := self.homes.own(post.uri):
            yield from self._shown_us(own, post)
            return
        before = self.asker.asked
        try:
            answer = self.asker.json(f"{server}/api/v1/statuses/{number}/context").body
        except Refused:
            self.silent |= {server} - self.open
            return
        self.open.add(server)
        seen = contexts.read(answer, server, number, post.uri)
        self.covered.update(seen.covered)
        self.near.update(seen.hints)
        yield self._around(host(server), seen.posts, before, [*(each.uri for each in seen.posts), *seen.hints])

    def _ours(self, own: Api) -> Iterator[Around]:
        """What a server of ours shows around the root."""
        root = min(self.held.values(), key=lambda post: (post.parent in self.held, post.published), default=None)  # seconds may be the same
        if root:
            yield from self._shown_us(own, root)

    def _shown_us(self, own: Api, post: Post) -> Iterator[Around]:
        """What it shows an account of ours around a post: its own posts, copies of others, and what it names."""
        before = self.asker.asked
        try:
            seen = ours.shown(own, post)
        except NetworkError as error:
            self.troubles.setdefault(host(own.server), error.said)
            return
        self.covered.update(seen.covered)
        copies = [each for each in seen.posts if each.place == Place.COPY and each.uri not in self.held]
        self.held |= {each.uri: each for each in copies}
        private = [each for each in copies if each.visibility not in SHOWN]  # of which their own hosts tell strangers nothing
        self.visited |= {each.uri for each in private}
        self.copies |= {each.uri: (host(own.server), each) for each in copies if each.visibility in SHOWN}
        mine = [each for each in seen.posts if each.place == Place.SERVER]
        for each in copies:
            self._learn(each)
        around = self._around(host(own.server), mine, before, seen.hints)
        yield msgspec.structs.replace(around, posts=(*around.posts, *private))

    def _collections(self, post: Post, thing: Thing) -> Iterator[Around]:
        """What its server lists as answers, and as its conversation (FEP-7888), page by page."""
        for name in COLLECTIONS:
            listed = thing.get(name)
            if not listed or (isinstance(listed, str) and listed in self.listed):
                continue
            self.listed.update([listed] if isinstance(listed, str) else [])
            before = self.asker.asked
            try:
                for page in self.homes.pages(listed, post.uri):
                    for each in page:
                        self._want(id_of(each))
                    yield Around("", asked=self.asker.asked - before)
                    before = self.asker.asked
                    if self._is_spent():
                        break
            except Refused as error:
                self._note(post.uri, error)

    def _children(self, post: Post) -> None:
        """What a Misskey knows as answers, which it lists in its own way."""
        match = contexts.NOTE.match(post.uri)
        if not match or match[1] in self.silent:
            return
        try:
            answer = self.asker.query(f"{match[1]}/api/notes/children", {"noteId": match[2], "limit": 100})
        except Refused:
            self.silent |= {match[1]}
            return
        for uri in contexts.children(answer.body, match[1]):
            self._want(uri)

    def _unheard(self) -> list[str]:
        return [] if len(self.heard) >= PEOPLE or not self.is_open else [uri for uri in self.people if uri not in self.heard][:1]

    def _hear(self, person: str) -> Iterator[Around]:
        """What somebody said at home since the conversation began, as far as it belongs here."""
        self.heard.add(person)
        before = self.asker.asked
        actor = self.homes.actor(person)
        uri = id_of(actor) if actor else ""
        if not actor or (uri != person and uri in self.heard):
            return
        self.heard.add(uri)
        began = min((post.published for post in self.held.values()), default=0)
        try:
            for thing in outboxes.said(self.homes, actor, began):
                parent = id_of(thing.get("inReplyTo"))
                if parent and id_of(thing) not in self.held:
                    self.told.setdefault(parent, []).append(thing)
        except Refused as error:
            self._note(uri, error)
        known = [uri for uri in self.told if uri in self.held]
        posts = [post for parent in known for thing in self.told.pop(parent) if (post := self._written(thing))]
        while fresh := [post for post in posts if post.uri in self.told]:  # their answers to themselves
            posts += [post for parent in fresh for thing in self.told.pop(parent.uri, []) if (post := self._written(thing))]
        for post in posts:
            self._want(post.uri)
        yield self._around(host(uri), posts, before)

    def _written(self, thing: Thing) -> Post | None:
        try:
            return self.homes.written(thing)
        except Unusable:
            return None

    def _note(self, uri: str, error: Refused) -> None:
        if error.why == "unreachable":
            self.troubles.setdefault(host(uri), error.said)


def server_of(uri: str) -> str:
    scheme, _sep, rest = uri.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
