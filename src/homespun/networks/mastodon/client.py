"""The fediverse, asked: what is at an address, what is around a post, what is new. Each post from its own server."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from homespun.http import Answer
from homespun.networks import tolerant
from homespun.networks.errors import NetworkError, Unusable
from homespun.networks.mastodon import actors, addresses, blocks, contexts
from homespun.networks.mastodon.addresses import Named
from homespun.networks.mastodon.api import Api
from homespun.networks.mastodon.asking import Asker, Refused
from homespun.networks.mastodon.gathering import Gathering
from homespun.networks.mastodon.homes import Homes
from homespun.networks.mastodon.newest import Newest
from homespun.networks.mastodon.properties import Thing, kinds
from homespun.networks.mastodon.server import Server, address_of
from homespun.networks.mastodon.shapes import Named as StatusNamed
from homespun.networks.mastodon.stream import Stream
from homespun.networks.mastodon.values import URI, address, host
from homespun.networks.protocols import Absent, Around, Found, Heard, never
from homespun.networks.said import said as _
from homespun.networks.values import Account, Cursor, Page, Post

if TYPE_CHECKING:
    from homespun.networks.live import Asking  # which knows all networks

AT_ONCE = 40  # requests that finding a post may take; what it does not reach is asked for when the conversation is completed
TAGGED = 20  # posts of a hashtag that are fetched at once
PROFILE = re.compile(r'application/(?:activity\+json|ld\+json\s*;.*profile="https://www\.w3\.org/ns/activitystreams")')


class Link(msgspec.Struct):
    rel: str = ""
    type: str = ""
    href: str = ""


class Card(msgspec.Struct):
    """What WebFinger says of a name (RFC 7033)."""

    subject: str = ""
    links: list[Link] = []


class Client:
    """`finds`, `completes`, `listens` and, for a connected account, `streams`. The robots.txt of that account's server is not for us."""

    def __init__(self, asking: "Asking") -> None:
        self.asking = asking
        accounts = [asking, *asking.others]
        self.asker = Asker(asking.door, frozenset(host(each.server) for each in accounts), asking.sign, asking.private_url)
        self.home = home(asking)
        owns = {each.server: self._own(home(each)) for each in accounts if each.server and each.secret.get("token")}
        self.own = owns.get(asking.server)
        self.homes = Homes(self.asker, [*owns.values()])

    def _own(self, server: Server) -> Api:
        """The server of an account that it acts for."""

        def ask(url: str) -> Answer:
            self.asker.asked += 1
            return server.asked("GET", url.removeprefix(server.address))

        return Api(server.address, ask, trusted=True)

    def api(self, server: str) -> Api:
        return next((own for own in self.homes.owns if own.server == server), None) or Api(server, self.asker.json, trusted=False)

    def knows(self, address: str) -> bool:
        return bool(addresses.read(address).kind)

    def find(self, address: str) -> Found:
        """A post with its thread, an account, or what was said under a hashtag. Raises `NetworkError`."""
        named = addresses.read(address)
        if named.kind == "account":
            return self._account(self.actor(named))
        if named.kind == "tag":
            return self._tag(named)
        if named.kind != "url":
            raise NetworkError(_("“%(address)s” is no address of the fediverse.", address=address[:200]))
        thing = self.homes.object(self._object_address(named.who))
        if actors.KINDS.intersection(kinds(thing)):
            return self._account(thing)
        return self._thread(thing)

    def actor(self, named: Named) -> Thing:
        """Whom a handle or the address of a profile names. Raises `NetworkError`."""
        found = self.homes.actor(self._finger(named) if named.kind == "account" else named.who)
        if found is None:
            raise NetworkError(_("%(server)s shows no account at this address.", server=named.server))
        return found

    def _finger(self, named: Named) -> str:
        """The id of an actor by WebFinger, which the actor's own host has to confirm by showing it."""
        query = urlencode({"resource": f"acct:{named.who}@{named.server}"})
        try:
            answer = self.asker.finger(f"{self.server(named)}/.well-known/webfinger?{query}")
        except Refused as error:
            if error.why == "gone":
                raise NetworkError(_("There is no account @%(who)s@%(server)s.", who=named.who, server=named.server)) from error
            raise
        links = tolerant.read(Card, answer.body).links
        found = next((each.href for each in links if each.rel == "self" and PROFILE.match(each.type) and address(each.href, URI)), "")
        if not found:
            raise NetworkError(_("%(server)s names @%(who)s, and no place where it can be read.", who=named.who, server=named.server))
        return found

    def server(self, named: Named) -> str:
        found = address_of(named.server)
        if not found:
            raise NetworkError(_("“%(server)s” is no name of a server.", server=named.server))
        return found if self.asker.answers(found) else found.replace("https://", "http://", 1)

    def _account(self, actor: Thing) -> Found:
        account = actors.account_of(actor)
        return Found("account", account=account, server=host(account.uri))

    def _thread(self, thing: Thing) -> Found:
        """The post, then what its conversation brings within a few questions."""
        if "Tombstone" in kinds(thing):
            raise Refused("gone", _("It was deleted."))
        try:
            post = self.homes.written(thing)
        except Unusable as error:
            raise NetworkError(error.said) from error
        around: list[Around] = []
        try:
            for answer in Gathering(self.homes, [post], most=AT_ONCE, shown={post.uri: (post, thing)}).answers():
                around.append(answer)
        except NetworkError:
            pass  # what is missing, and why, is said where the conversation is completed
        return Found("thread", (post,), server=host(post.uri), around=tuple(around))

    def _tag(self, named: Named) -> Found:
        """The newest that a server shows under a hashtag, each from its own server."""
        posts = [post for each in self.fetch(self.tagged(named)) for post in each.posts]
        return Found("feed", tuple(posts), server=named.server)

    def tagged(self, named: Named, **more: str) -> list[str]:
        query = urlencode({"limit": str(TAGGED)} | more)
        answer = self.asker.json(f"{self.server(named)}/api/v1/timelines/tag/{addresses.tag_path(named.who)}?{query}")
        return [uri for each in contexts.listed(answer.body) if (uri := address(each.uri, URI))]

    def _object_address(self, url: str) -> str:
        """The id behind a name that only an API knows."""
        match = contexts.API_NAME.match(url)
        if not match:
            return url
        found = tolerant.read(StatusNamed, self.asker.json(url).body)
        if not (uri := address(found.uri, URI)):
            raise Refused("unreachable", _("%(server)s shows no post at this address.", server=host(url)))
        return uri

    def around(self, posts: Sequence[Post], *, named: Sequence[str] = (), is_over: Callable[[], bool] = never) -> Iterator[Around]:
        """From home to home, until nothing new is named; see `gathering`."""
        return Gathering(self.homes, posts, owns=self.homes.owns, named=named, is_over=is_over).answers()

    def fetch(self, uris: Iterable[str]) -> Iterator[Around]:
        """Each from its own host, one answer for each."""
        for uri in dict.fromkeys(uris):
            if not address(uri, URI):
                continue
            before = self.asker.asked
            try:
                at = self._object_address(uri)
                post, _thing = self.homes.post(at)
                if at != uri:
                    post = msgspec.structs.replace(post, names=(*post.names, uri))
            except (Refused, Unusable) as error:
                why = error.why if isinstance(error, Refused) else "hidden"
                yield Around(host(uri), absent=(Absent(uri, why),), asked=self.asker.asked - before)
                continue
            yield Around(host(post.uri), (post,), asked=self.asker.asked - before)

    def blocking(self, accounts: Sequence[Account]) -> set[str]:
        """A server tells its own accounts alone."""
        if self.own is None:
            raise NetworkError(_("A server tells who has blocked an account to that account alone."))
        return blocks.blocking(self.own, accounts)

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        """What is new there; see `newest`."""
        return Newest(self).pages(address, cursor)

    def stream(self, addresses: Sequence[str], cursor: Cursor, stopped: Callable[[], bool]) -> Iterator[Heard]:
        """What happens at these addresses, as far as the account that it acts for is shown it; see `stream`."""
        if self.own is None:
            raise NetworkError(_("Only a connected account is told what happens."))
        return Stream(self.asking, self.home, self.own).heard(addresses, cursor, stopped)


def home(asking: "Asking") -> Server:
    return Server(asking.door, asking.server, str(asking.secret.get("token", "")), asking.lost)
