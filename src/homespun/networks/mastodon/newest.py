"""What is new at an address behind a cursor: somebody's posts, a hashtag on a server, what speaks to an account of ours."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
import orjson

from homespun.networks import tolerant
from homespun.networks.errors import NetworkError, SignedOut, Unusable
from homespun.networks.mastodon import actors, addresses, objects, outboxes
from homespun.networks.mastodon.addresses import Named
from homespun.networks.mastodon.api import Api, Statuses, newest_last, number_of, order
from homespun.networks.mastodon.asking import Refused
from homespun.networks.mastodon.gathering import server_of
from homespun.networks.mastodon.properties import Thing, id_of, kinds, things
from homespun.networks.mastodon.shapes import Notification
from homespun.networks.mastodon.values import host, same_host
from homespun.networks.protocols import MENTIONS
from homespun.networks.said import Said
from homespun.networks.said import said as _
from homespun.networks.values import Cursor, Page, Place, Post, Unread

if TYPE_CHECKING:
    from homespun.networks.mastodon.client import Client

AT_ONCE = 40  # statuses of one question, the most that servers give
PAGES = 50  # of one asking; the caller asks again
SPEAKING = ("mention", "quote")
Ask = Callable[[dict[str, str]], list[bytes]]  # records newest last


class Account(msgspec.Struct):
    id: str = ""


class Newest:
    """Of one client."""

    def __init__(self, client: "Client") -> None:
        self.client = client

    def pages(self, address: str, cursor: Cursor) -> Iterator[Page]:
        """Raises `NetworkError`."""
        if address == MENTIONS:
            return self._mentions(cursor)
        named = addresses.read(address)
        if named.kind == "tag":
            return self._tag(named, cursor)
        if not named.kind:
            raise NetworkError(_("“%(address)s” is no address of the fediverse.", address=address[:200]))
        own = self.client.own
        if own and named.kind == "account" and named.server == host(own.server):
            return self._numbered(own, number_of_account(own, named.who), cursor)
        return self._account(self.client.actor(named), cursor)

    def _mentions(self, cursor: Cursor) -> Iterator[Page]:
        api = self.client.own
        if api is None:
            raise NetworkError(_("What speaks to an account is shown to nobody but that account. Connect it first."))
        kept = [("types[]", each) for each in SPEAKING]
        for records, behind in since(lambda more: listed(api, "/api/v1/notifications", more, kept), cursor):
            told = [bytes(tolerant.read(Notification, each).status) for each in records]
            yield self._page(api.statuses([each for each in told if len(each) > len(b"null")]), behind)

    def _tag(self, named: Named, cursor: Cursor) -> Iterator[Page]:
        api = self.client.api(self.client.server(named))
        path = f"/api/v1/timelines/tag/{addresses.tag_path(named.who)}"
        for records, behind in since(lambda more: listed(api, path, more), cursor):
            yield self._page(api.statuses(records), behind)

    def _account(self, actor: Thing, cursor: Cursor) -> Iterator[Page]:
        """By the API of the server that they are at home on, by the outbox where it has none for strangers."""
        api = self.client.api(server_of(id_of(actor)))
        number = "" if cursor.get("outbox") else str(cursor.get("account") or self._number(api, actor))
        if not number:
            yield from self._outbox(actor, cursor)
            return
        yield from self._numbered(api, number, cursor)

    def _numbered(self, api: Api, number: str, cursor: Cursor) -> Iterator[Page]:
        """The statuses of whom this server calls so; of an account of ours those that are not for everybody, too."""
        path = f"/api/v1/accounts/{number}/statuses"
        for records, behind in since(lambda more: listed(api, path, more), cursor):
            yield self._page(api.statuses(records), behind | {"account": number})

    def _number(self, api: Api, actor: Thing) -> str:
        name = actors.account_of(actor).handle.partition("@")[0]
        try:
            number = number_of_account(api, name)
            api.get(f"/api/v1/accounts/{number}/statuses?limit=1")
        except SignedOut:
            raise
        except NetworkError as error:
            if not error.permanent:
                raise
            return ""
        return number

    def _outbox(self, actor: Thing, cursor: Cursor) -> Iterator[Page]:
        uri, since_ms = id_of(actor), int(cursor.get("since", 0))
        homes = self.client.homes
        if not same_host(id_of(actor.get("outbox")), uri):
            raise NetworkError(_("%(server)s shows nobody what this account says.", server=host(uri)))
        found: list[Thing] = []
        for page in homes.pages(homes.object(id_of(actor.get("outbox"))), uri, most=outboxes.PAGES):
            here = [each for each in things(page) if each.get("published")]
            found += [each for each in here if outboxes.moment(each) >= since_ms]
            if not since_ms or any(outboxes.moment(each) < since_ms for each in here):
                break
        found.sort(key=outboxes.moment)
        read = [self._activity(each, uri) for each in found]
        newest = max([since_ms, *map(outboxes.moment, found)])
        unread = tuple(each for each in read if isinstance(each, Unread))
        yield Page([each for each in read if isinstance(each, Post)], {"outbox": True, "since": newest}, unread=unread)

    def _activity(self, activity: Thing, uri: str) -> Post | Unread | None:
        """What somebody said or boosted; None for the rest of what an outbox tells."""
        try:
            if "Announce" in kinds(activity) and same_host(id_of(activity.get("actor")), uri):
                return objects.repost(activity, orjson.dumps(activity), Place.SERVER)
            if named := outboxes.named(activity, uri):
                return self.client.homes.post(named)[0]
            thing = outboxes.written(activity)
            return self.client.homes.written(thing) if thing and same_host(id_of(thing), uri) else None
        except (Unusable, Refused) as error:
            return Unread(Said(str(activity.get("id"))[:300]), error.said)

    def _page(self, found: Statuses, cursor: Cursor) -> Page:
        """What was only named is fetched from where it is at home."""
        away = [post for answer in self.client.fetch(found.hints) for post in answer.posts]
        return Page(sorted([*found.posts, *away], key=lambda post: post.published), cursor, unread=tuple(found.unread))


def number_of_account(api: Api, name: str) -> str:
    """Raises `NetworkError` where there is none."""
    found = tolerant.read(Account, api.get(f"/api/v1/accounts/lookup?{urlencode({'acct': name})}")).id
    if not found:
        raise NetworkError(_("There is no account @%(who)s@%(server)s.", who=name, server=host(api.server)))
    return found


def listed(api: Api, path: str, more: dict[str, str], kept: list[tuple[str, str]] | None = None) -> list[bytes]:
    query = urlencode([*(kept or []), ("limit", str(AT_ONCE)), *more.items()])
    return newest_last(api.get(f"{path}?{query}"))


def since(ask: Ask, cursor: Cursor) -> Iterator[tuple[list[bytes], Cursor]]:
    """Lists of what is behind the cursor, oldest first, each with the next cursor; at first the newest."""
    newest = str(cursor.get("min", ""))
    if not newest:
        records = ask({})
        yield records, {"min": max(map(number_of, records), key=order, default="0")}
        return
    for _page in range(PAGES):
        records = [each for each in ask({"min_id": newest}) if order(number_of(each)) > order(newest)]
        if not records:
            return
        newest = max(map(number_of, records), key=order)
        yield records, {"min": newest}
        if len(records) < AT_ONCE // 2:
            return
