"""Objects, each taken from its own host and from nowhere else: what names itself as of another host is nobody's word (FEP-fe34)."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import orjson

from homespun.networks import tolerant
from homespun.networks.errors import NetworkError
from homespun.networks.mastodon import actors, contexts, objects, renewing, statuses
from homespun.networks.mastodon.api import Api
from homespun.networks.mastodon.asking import WHY, Asker, Refused
from homespun.networks.mastodon.properties import Thing, id_of, kinds, several
from homespun.networks.mastodon.server import Refusal
from homespun.networks.mastodon.values import host, same_host
from homespun.networks.said import said as _
from homespun.networks.values import Place, Post

PAGES, ITEMS = 500, 5_000  # of one collection; what one completion may ask ends it long before


class Homes:
    """Asks hosts for what is theirs; actors are asked for once."""

    def __init__(self, asker: Asker, owns: Sequence[Api] = ()) -> None:
        self.asker, self.owns = asker, owns
        self.actors: dict[str, Thing] = {}

    def object(self, address: str) -> Thing:
        """What is at an address, which may be the url of a page. Raises `Refused`."""
        thing, final = self._fetched(address)
        uri = id_of({"id": thing.get("id")})
        if uri and not same_host(uri, final):
            there = final
            try:
                thing, final = self._fetched(uri)  # the page of another server about it, say
            except Refused as error:
                raise self._lies(there) from error
            if id_of({"id": thing.get("id")}) != uri or not same_host(uri, final):
                raise self._lies(there)
        return thing

    def _fetched(self, address: str) -> tuple[Thing, str]:
        answer = self.asker.activity(address)
        found = tolerant.loosely(answer.body)
        if not isinstance(found, dict):
            raise Refused("unreachable", _("%(host)s: %(why)s", host=host(answer.url), why="What it answers is no object."))
        return found, answer.url

    def _lies(self, address: str) -> Refused:
        return Refused("unreachable", _("%(host)s answers with what is another server's, so it was left aside.", host=host(address)))

    def post(self, uri: str) -> tuple[Post, Thing]:
        """A post from its own host, with what its author is called. Raises `Refused`, or `Unusable` for what is no post.

        The server of an account of ours is asked for that account, as it shows what strangers are not shown.
        """
        if (own := self.own(uri)) and (number := contexts.number_of(uri)):
            return self._ours(own, uri, number), {}
        thing = self.object(uri)
        if "Tombstone" in kinds(thing):
            raise Refused("gone", _("It was deleted."))
        post = self.written(thing)
        return (post if uri in (post.uri, *post.names) else msgspec.structs.replace(post, names=(*post.names, uri))), thing

    def own(self, uri: str) -> Api | None:
        """The API of its server, where an account of ours is."""
        return next((api for api in self.owns if same_host(uri, api.server)), None)

    def _ours(self, own: Api, uri: str, number: str) -> Post:
        try:
            found = own.statuses([own.get(f"{statuses.API}{number}")])
        except Refusal as error:
            raise Refused(WHY.get(error.status, "unreachable"), error.said) from error
        except NetworkError as error:
            raise Refused("unreachable", error.said) from error
        for post in found.posts:
            if uri in (post.uri, *post.names):
                return post
        raise Refused("gone", _("Nothing is there any more."))

    def written(self, thing: Thing) -> Post:
        """The value of an object that came from its own host. Raises `Unusable`."""
        thing = renewing.unrooted(thing)
        objects.author_of(thing, objects.uri_of(thing))
        told = [self._beside(each) for each in several(thing.get("attributedTo"))]
        record = thing | {"attributedTo": told[0] if len(told) == 1 else told} if told else thing
        return objects.post(record, orjson.dumps(record), Place.SERVER)

    def _beside(self, author: Any) -> Any:
        uri = id_of(author)
        found = self.actor(uri) if uri else None
        return actors.brief(found) if found else author

    def actor(self, address: str) -> Thing | None:
        """An actor by id or by the address of a profile; None where it is not shown."""
        if address not in self.actors:
            try:
                found = self.object(address)
            except Refused:
                found = {}
            found = found if actors.KINDS.intersection(kinds(found)) else {}
            self.actors[address] = self.actors[id_of(found) or address] = found
        return self.actors[address] or None

    def pages(self, collection: Any, at: str, *, point: str = "next", most: int = PAGES) -> Iterator[list[Any]]:
        """The pages of a collection that is of the same host as `at`, each as its items; ends early for one that goes in circles."""
        seen: set[str] = set()
        items = 0
        for _page in range(most):
            found = collection if isinstance(collection, dict) else self._page(collection, at, seen)
            here = [*several(found.get("items")), *several(found.get("orderedItems"))]
            items += len(here)
            if here:
                yield here
            collection = found.get(point) or found.get("first")
            if not collection or items >= ITEMS:
                return

    def _page(self, address: Any, at: str, seen: set[str]) -> Thing:
        if not isinstance(address, str) or address in seen or not same_host(address, at):
            return {}
        seen.add(address)
        found, final = self._fetched(address)
        return found if same_host(final, at) else {}
