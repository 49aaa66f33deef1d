"""Small servers of the fediverse on the loopback: each has people, what they wrote, and of what others wrote only what reached it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from tests.http.servers import Asked, Server, serving

AS = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS}#Public"
FIRST = 1_710_061_200_000  # 2024-03-10T09:00:00Z
MINUTE = 60_000
ACTIVITY = "application/activity+json; charset=utf-8"


@dataclass
class Written:
    """A post as its own server has it."""

    uri: str
    author: str  # uri
    number: str
    minute: int
    text: str
    parent: str = ""
    to: tuple[str, ...] = (PUBLIC,)
    more: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False

    @property
    def published(self) -> str:
        return f"2024-03-10T{9 + self.minute // 60:02}:{self.minute % 60:02}:00Z"

    def note(self) -> dict[str, Any]:
        if self.deleted:
            return {"@context": AS, "id": self.uri, "type": "Tombstone"}
        found: dict[str, Any] = {"@context": AS, "id": self.uri, "type": "Note", "attributedTo": self.author, "published": self.published}
        found |= {"to": list(self.to), "cc": [], "content": f"<p>{self.text}</p>", "inReplyTo": self.parent or None}
        return found | {"replies": f"{self.uri}/replies"} | self.more

    def status(self) -> dict[str, Any]:
        name = self.author.rpartition("/")[2]
        account = {"id": "1", "username": name, "acct": name, "display_name": name.title(), "uri": self.author, "url": self.author}
        found = {"id": self.number, "uri": self.uri, "url": self.uri, "created_at": self.published.replace("Z", ".000Z")}
        seen_by = "public" if PUBLIC in self.to else "direct"
        return found | {"visibility": seen_by, "content": f"<p>{self.text}</p>", "account": account, "media_attachments": []}


@dataclass
class Home:
    """One server. `knows`: uris of posts of others that reached it; `shows`: whether its API shows contexts to strangers."""

    server: Server
    shows: bool = True
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    own: dict[str, Written] = field(default_factory=dict)
    knows: dict[str, Written] = field(default_factory=dict)
    robots: bytes = b""
    status: int = 200  # of all that it answers
    odd: dict[str, Any] = field(default_factory=dict)  # by path, instead of what would be there
    names: bool = False  # whether its outboxes only name posts
    notices: list[dict[str, Any]] = field(default_factory=list)  # for that account

    @property
    def url(self) -> str:
        return self.server.url

    def person(self, name: str, **more: Any) -> str:
        uri = f"{self.url}/users/{name}"
        actor = {"@context": AS, "id": uri, "type": "Person", "preferredUsername": name, "name": name.title(), "outbox": f"{uri}/outbox"}
        self.people[name] = actor | more
        return uri

    def write(self, author: str, minute: int, text: str, parent: str = "", **more: Any) -> Written:
        if author not in self.people:
            self.person(author)
        number = str((FIRST + minute * MINUTE << 16) + len(self.own))
        uri = f"{self.url}/users/{author}/statuses/{number}"
        self.own[uri] = Written(uri, f"{self.url}/users/{author}", number, minute, text, parent, **more)
        return self.own[uri]

    def learn(self, *posts: Written) -> None:
        self.knows |= {post.uri: post for post in posts if post.uri not in self.own}

    @property
    def all(self) -> dict[str, Written]:
        return self.own | self.knows

    def __call__(self, asked: Asked) -> None:
        parts = urlsplit(asked.path)
        found = self.found(parts.path, parse_qs(parts.query))
        if parts.path == "/robots.txt" and self.status == 200:
            asked.say(200 if self.robots else 404, self.robots, content_type="text/plain")
        elif callable(found):
            found(asked)
        elif self.status != 200 or found is None:
            asked.say(404 if self.status == 200 else self.status)
        else:
            kind = "application/json" if parts.path.startswith(("/api/", "/.well-known/")) else ACTIVITY
            asked.say(410 if isinstance(found, dict) and found.get("type") == "Tombstone" else 200, orjson.dumps(found), content_type=kind)

    def found(self, path: str, query: dict[str, list[str]]) -> Any:
        if path in self.odd:
            return self.odd[path]
        if path == "/api/v2/search":
            return {"statuses": [self.status_of(each) for each in self.all.values() if each.uri == query["q"][0]]}
        if path == "/.well-known/webfinger":
            return self.finger(query["resource"][0])
        if path.startswith("/api/v1/"):
            return self.api(path.removeprefix("/api/v1/").split("/"), query) if self.shows else None
        uri = f"{self.url}{path}"
        if uri in self.own:
            return self.own[uri].note()
        if path.endswith("/replies") and (post := self.own.get(uri.removesuffix("/replies"))):
            return self.replies(post, uri, query)
        name, _, rest = path.removeprefix("/users/").partition("/")
        if name in self.people and path.startswith("/users/") and rest in ("", "outbox"):
            return self.outbox(name, uri, query) if rest else self.people[name]
        return None

    def finger(self, resource: str) -> dict[str, Any] | None:
        name = resource.removeprefix("acct:").partition("@")[0]
        if name not in self.people:
            return None
        link = {"rel": "self", "type": "application/activity+json", "href": f"{self.url}/users/{name}"}
        return {"subject": resource, "links": [link]}

    def api(self, parts: list[str], query: dict[str, list[str]]) -> Any:
        match parts:
            case ["statuses", number, "context"]:
                return self.context(number)
            case ["statuses", number]:
                return next((self.status_of(each) for each in self.all.values() if each.number == number), None)
            case ["accounts", "lookup"]:
                return {"id": query["acct"][0]} if query["acct"][0] in self.people else None
            case ["accounts", name, "statuses"]:
                mine = [self.status_of(each) for each in self.own.values() if each.author == f"{self.url}/users/{name}"]
                return listed(mine, query)
            case ["timelines", "tag", tag]:
                return listed([self.status_of(each) for each in self.all.values() if f"#{tag}" in each.text], query)
            case ["notifications"]:
                return listed([each for each in self.notices if each["type"] in query["types[]"]], query)
        return None

    def context(self, number: str) -> dict[str, Any] | None:
        """As Mastodon does it: parents from the root down, answers below it; ids of this server alone."""
        by_uri = self.all
        post = next((each for each in by_uri.values() if each.number == number), None)
        if post is None:
            return None
        ancestors: list[Written] = []
        while (parent := by_uri.get((ancestors[0] if ancestors else post).parent)) is not None:
            ancestors.insert(0, parent)
        below = [post]
        for each in sorted(by_uri.values(), key=lambda each: each.minute):
            if each.parent in {one.uri for one in below}:
                below.append(each)
        return {"ancestors": [self.status_of(each) for each in ancestors], "descendants": [self.status_of(each) for each in below[1:]][:60]}

    def status_of(self, post: Written) -> dict[str, Any]:
        parent = self.all.get(post.parent)
        return post.status() | {"in_reply_to_id": parent.number if parent else None}

    def replies(self, post: Written, uri: str, query: dict[str, list[str]]) -> dict[str, Any]:
        items = [each.uri for each in self.all.values() if each.parent == post.uri]
        if "page" in query:
            return {"id": f"{uri}?page=true", "type": "CollectionPage", "partOf": uri, "items": items[1:]}
        return {"id": uri, "type": "Collection", "first": {"type": "CollectionPage", "items": items[:1], "next": f"{uri}?page=true"}}

    def outbox(self, name: str, uri: str, query: dict[str, list[str]]) -> dict[str, Any]:
        mine = sorted((each for each in self.own.values() if each.author == f"{self.url}/users/{name}"), key=lambda each: each.minute)
        if "page" not in query:
            return {"id": uri, "type": "OrderedCollection", "totalItems": len(mine), "first": f"{uri}?page=true"}
        since = int(query.get("min_id", ["0"])[0])
        here = [each for each in mine if int(each.number) > since][:20]
        page = {
            "id": f"{uri}?page=true",
            "type": "OrderedCollectionPage",
            "orderedItems": [activity(each, self.names) for each in reversed(here)],
        }
        return page | ({"prev": f"{uri}?page=true&min_id={here[-1].number}"} if here else {})


def listed(records: list[dict[str, Any]], query: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Newest first, as the API does it: the newest, or those right behind `min_id`."""
    limit = int(query.get("limit", ["20"])[0])
    records = sorted(records, key=lambda each: int(each["id"]))
    if "min_id" in query:
        return [each for each in records if int(each["id"]) > int(query["min_id"][0])][:limit][::-1]
    return records[::-1][:limit]


def activity(post: Written, names: bool) -> dict[str, Any]:
    made = post.uri if names else post.note()
    return {"id": f"{post.uri}/activity", "type": "Create", "actor": post.author, "published": post.published, "object": made}


def guarded(home: Home, may_read: Callable[[Asked], bool]) -> None:
    """All but its robots.txt is for those who may read."""
    plain = home.server.answer

    def answer(asked: Asked) -> None:
        if asked.path == "/robots.txt" or may_read(asked):
            plain(asked)
        else:
            asked.say(401, orjson.dumps({"error": "signature required"}), content_type="application/json")

    home.server.answer = answer


@contextmanager
def homes(count: int) -> Iterator[list[Home]]:
    """That many servers, each on a port of its own."""
    with ExitStack() as stack:
        made = []
        for _each in range(count):
            server = stack.enter_context(serving(lambda asked: None))
            made.append(Home(server))
            server.answer = made[-1]
        yield made
