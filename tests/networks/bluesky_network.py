"""A small Bluesky network behind a door, in memory: a directory, an app view with its blind spots, and a server for each repository."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import orjson

from homespun import http
from homespun.networks import live
from homespun.networks.bluesky import Client
from homespun.networks.bluesky.identity import key_at

BEGUN = 1_725_358_800_000  # ms
LEVELS = 10  # that the app view shows
APPVIEW, PLC = "https://appview.example", "https://plc.example"
Raw = dict[str, Any]


def did(name: str) -> str:
    return f"did:plc:{name:a<24}"


@dataclass
class Network:
    """Stands in for the door, too. `posts` are records by uri; what is not in `indexed` the app view knows nothing of."""

    posts: dict[str, Raw] = field(default_factory=dict)
    people: dict[str, Raw] = field(default_factory=dict)  # by DID
    hidden: set[str] = field(default_factory=set)  # uris that the app view shows nobody, with all below
    deleted: set[str] = field(default_factory=set)
    blocks: set[tuple[str, str]] = field(default_factory=set)  # who has blocked whom
    closed: dict[str, str] = field(default_factory=dict)  # by DID: deactivated, takendown, down
    answers: dict[str, bytes] = field(default_factory=dict)  # instead of the true ones, by the name of the question
    refused: dict[str, int] = field(default_factory=dict)  # statuses by the name of the question
    homes: dict[str, str] = field(default_factory=dict)  # by DID, where they are not at a home of their own
    others: dict[tuple[str, str], list[Any]] = field(default_factory=dict)  # subjects of other records, by DID and collection
    neighbours: list[str] = field(default_factory=list)  # DIDs on every server
    lets_strangers_search: bool = True
    notices: list[tuple[str, str]] = field(default_factory=list)  # reason and uri, for the account of ours
    asked: list[str] = field(default_factory=list)

    def person(self, name: str, **more: Any) -> str:
        self.people[did(name)] = {"did": did(name), "handle": f"{name}.example", "displayName": name.title(), "labels": []} | more
        return did(name)

    def post(self, name: str, text: str, parent: str = "", minutes: int = 0, **more: Any) -> str:
        if did(name) not in self.people:
            self.person(name)
        number = len(self.posts)
        uri = f"at://{did(name)}/app.bsky.feed.post/{key_at(BEGUN + number * 1000 + minutes * 60_000)}"
        reply = {"reply": {"parent": {"uri": parent}, "root": {"uri": self.root(parent)}}} if parent else {}
        self.posts[uri] = {"text": text, "createdAt": "2024-09-03T10:20:30Z"} | reply | more
        return uri

    def delete(self, uri: str) -> str:
        self.deleted.add(uri)
        return uri

    def root(self, uri: str) -> str:
        record = self.posts[uri]
        return str(record["reply"]["root"]["uri"]) if "reply" in record else uri

    def client(self, *own: str, acting: str = "") -> Client:
        """`acting`: for an account of ours, by an app password."""
        settings = {"bluesky_appview": APPVIEW, "bluesky_plc": PLC}
        secret = {"kind": "password", "did": acting, "handle": "", "token": "token", "refresh": "", "password": ""} if acting else {}
        asking = live.Asking(door=self, settings=settings, own=own, server="https://own.home.example", me=acting, secret=secret)  # type: ignore[arg-type]
        return Client(asking)

    def fetch(self, url: str, **_options: Any) -> http.Answer:
        """What the door does."""
        http.count_request()
        address, asked = urlsplit(url), parse_qs(urlsplit(url).query)
        name = address.path.rpartition("/")[2]
        name = name if address.netloc == "plc.example" else name.rpartition(".")[2]
        self.asked.append("directory" if address.netloc == "plc.example" else name)
        if self.asked[-1] in self.refused:
            refuse(self.refused[self.asked[-1]])
        body = self.answers.get(self.asked[-1])
        if body is None:
            told = self.document(unquote(name)) if address.netloc == "plc.example" else self.told(name, asked, address.hostname or "")
            body = orjson.dumps(told)
        return http.Answer(url, 200, httpx.Headers({"content-type": "application/json"}), body)

    def document(self, who: str) -> Raw:
        if who not in self.people:
            raise refusal(404)
        known = {"id": who, "alsoKnownAs": [f"at://{self.people[who]['handle']}"]}
        return known | {
            "service": [{"id": "#atproto_pds", "serviceEndpoint": self.homes.get(who, f"https://{who[8:].strip('a')}.home.example")}]
        }

    def told(self, name: str, asked: dict[str, list[str]], host: str) -> Raw:
        if name == "searchPosts" and not host.endswith(".home.example") and not self.lets_strangers_search:
            refuse(403)
        found: Raw = getattr(self, name)(asked)
        if name.startswith(("list", "getRecord")):  # of a home, that of our account too
            assert host.endswith(".home.example")
        else:
            assert host == "appview.example" or name in ("getRepoStatus", "searchPosts")
        return found

    def resolveHandle(self, asked: dict[str, list[str]]) -> Raw:
        found = [each["did"] for each in self.people.values() if each["handle"] == asked["handle"][0]]
        return {"did": found[0]} if found else refuse(400)

    def getProfile(self, asked: dict[str, list[str]]) -> Raw:
        return self.people.get(asked["actor"][0]) or refuse(400)

    def getProfiles(self, asked: dict[str, list[str]]) -> Raw:
        assert len(asked["actors"]) <= 25
        return {"profiles": [self.people[each] for each in asked["actors"] if each in self.people and each not in self.closed]}

    def getRelationships(self, asked: dict[str, list[str]]) -> Raw:
        ours = asked["actor"][0]
        told = [{"did": each} | ({"blockedBy": "at://block"} if (each, ours) in self.blocks else {}) for each in asked["others"]]
        return {"actor": ours, "relationships": told}

    def is_shown(self, uri: str) -> bool:
        return uri in self.posts and uri not in self.hidden | self.deleted and uri[5:].partition("/")[0] not in self.closed

    def below(self, uri: str) -> list[str]:
        return [each for each, record in self.posts.items() if record.get("reply", {}).get("parent", {}).get("uri") == uri]

    def view(self, uri: str) -> Raw:
        author = self.people[uri[5:].partition("/")[0]]
        told = sum(each not in self.deleted for each in self.below(uri))
        return {"uri": uri, "author": author, "record": self.posts[uri], "replyCount": told, "labels": []}

    def node(self, uri: str, levels: int) -> Raw:
        below = [self.node(each, levels - 1) for each in self.below(uri) if levels and self.is_shown(each)]
        return {"post": self.view(uri), "replies": below}

    def getPostThread(self, asked: dict[str, list[str]]) -> Raw:
        uri = asked["uri"][0]
        return {"thread": self.node(uri, LEVELS)} if self.is_shown(uri) else refuse(400)

    def getPosts(self, asked: dict[str, list[str]]) -> Raw:
        assert len(asked["uris"]) <= 25
        return {"posts": [self.view(uri) for uri in asked["uris"] if self.is_shown(uri)]}

    def listRecords(self, asked: dict[str, list[str]]) -> Raw:
        who, after = asked["repo"][0], asked.get("cursor", [""])[0]
        self.open(who)
        if subjects := self.others.get((who, asked["collection"][0])):
            return {
                "records": [
                    {"uri": f"at://{who}/{asked['collection'][0]}/{n}", "value": {"subject": each}} for n, each in enumerate(subjects)
                ]
            }
        mine = sorted(uri for uri in self.posts if uri.startswith(f"at://{who}/") and uri not in self.deleted)
        mine = [uri for uri in mine if uri.rpartition("/")[2] > after] if asked["reverse"] == ["true"] else mine[::-1]
        return {"records": [{"uri": uri, "value": self.posts[uri]} for uri in mine[: int(asked["limit"][0])]]}

    def searchPosts(self, asked: dict[str, list[str]]) -> Raw:
        found = [uri for uri, record in self.posts.items() if asked["q"][0].lower() in record["text"].lower() and self.is_shown(uri)]
        return {"posts": [self.view(uri) for uri in reversed(found)]}

    def listNotifications(self, asked: dict[str, list[str]]) -> Raw:
        told = [
            {key: value for key, value in self.view(uri).items() if key != "replyCount"}
            | {"reason": reason, "indexedAt": f"2024-09-03T10:00:{number:02}Z"}
            for number, (reason, uri) in enumerate(self.notices)
        ]
        return {"notifications": [each for each in reversed(told) if each["reason"] in asked["reasons"]]}

    def getRecord(self, asked: dict[str, list[str]]) -> Raw:
        uri = f"at://{asked['repo'][0]}/{asked['collection'][0]}/{asked['rkey'][0]}"
        self.open(asked["repo"][0])
        return {"uri": uri, "value": self.posts[uri]} if uri in self.posts and uri not in self.deleted else refuse(400)

    def listRepos(self, asked: dict[str, list[str]]) -> Raw:
        return {"repos": [{"did": who} for who in self.neighbours]}

    def getRepoStatus(self, asked: dict[str, list[str]]) -> Raw:
        closed = self.closed.get(asked["did"][0], "")
        if closed == "down":
            refuse(502)
        return {"did": asked["did"][0], "active": not closed} | ({"status": closed} if closed else {})

    def open(self, who: str) -> None:
        if who in self.closed:
            refuse(502 if self.closed[who] == "down" else 400)


def refusal(status: int) -> http.NetworkError:
    return http.NetworkError(f"The other side answered {status}.", permanent=status < 500, status=status)


def refuse(status: int) -> Any:
    raise refusal(status)
