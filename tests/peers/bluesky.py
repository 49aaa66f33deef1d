"""What people do on the real Bluesky network of these tests: make accounts, post, answer, delete, block, shut gates. By plain HTTP."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from django.conf import LazySettings

from homespun.http import Door, addresses
from homespun.networks import live
from homespun.networks.bluesky import Client

POST = "app.bsky.feed.post"
Raw = dict[str, Any]


@dataclass
class Network:
    settings: dict[str, str]
    people: dict[str, "Person"] = field(default_factory=dict)
    door: Door = field(default_factory=lambda: Door("https://stilewise.example", allow=addresses("127.0.0.0/8,::1"), budget=100_000))
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60, trust_env=False))

    @property
    def told(self) -> dict[str, str]:
        """How Homespun is told of it, by the names of its settings."""
        return {
            "bluesky_appview": self.settings["BSKY_APPVIEW_URL"],
            "bluesky_plc": self.settings["BSKY_PLC_URL"],
            "bluesky_stream": self.settings["BSKY_JETSTREAM_URL"],
        }

    def tell(self, settings: LazySettings) -> None:
        for name, value in self.told.items():
            setattr(settings, f"HOMESPUN_{name.upper()}", value)

    def client(self, *own: str) -> Client:
        return Client(live.Asking(door=self.door, settings=self.told, own=own))

    def close(self) -> None:
        self.http.close()
        self.door.client.close()

    def person(self, name: str) -> "Person":
        if name not in self.people:
            made = self.ask(
                "com.atproto.server.createAccount", handle=f"{name}.test", email=f"{name}@mail.test", password=f"{name}-password"
            )
            self.people[name] = Person(self, name, made["did"], made["accessJwt"])
            self.settle()
        return self.people[name]

    def ask(self, what: str, token: str = "", **told: Any) -> Raw:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = self.http.post(f"{self.settings['BSKY_PDS_URL']}/xrpc/{what}", json=told, headers=headers)
        assert answer.is_success, f"{what}: {answer.text}"
        return answer.json() if answer.content else {}

    def settle(self) -> None:
        """Until everything that was written is indexed and streamed."""
        self.http.post(f"{self.settings['BSKY_CONTROL_URL']}/settle").raise_for_status()

    def drop_streams(self) -> None:
        self.http.get(f"{self.settings['BSKY_JETSTREAM_URL'].replace('ws:', 'http:')}/control/drop").raise_for_status()


@dataclass
class Post:
    uri: str
    cid: str
    root: Raw  # a reference

    @property
    def reference(self) -> Raw:
        return {"uri": self.uri, "cid": self.cid}


@dataclass
class Person:
    network: Network
    name: str
    did: str
    token: str

    def write(self, collection: str, record: Raw, key: str = "") -> Raw:
        whole = {"$type": collection, "createdAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")} | record
        told: Raw = {"repo": self.did, "collection": collection, "record": whole} | ({"rkey": key} if key else {})
        return self.network.ask("com.atproto.repo.createRecord", self.token, **told)

    def post(self, text: str, parent: Post | None = None, **more: Any) -> Post:
        """An app view that sees an answer before its parent holds it for invalid for ever, so all is settled first."""
        reply = {"reply": {"parent": parent.reference, "root": parent.root}} if parent else {}
        if parent:
            self.network.settle()
        made = self.write(POST, {"text": text, "langs": ["en"]} | reply | more)
        reference = {"uri": made["uri"], "cid": made["cid"]}
        return Post(made["uri"], made["cid"], parent.root if parent else reference)

    def delete(self, post: Post) -> None:
        key = post.uri.rpartition("/")[2]
        self.network.ask("com.atproto.repo.deleteRecord", self.token, repo=self.did, collection=POST, rkey=key)

    def block(self, other: "Person") -> None:
        self.write("app.bsky.graph.block", {"subject": other.did})

    def gate(self, post: Post, *allowed: str) -> None:
        """Who may answer: `mentionRule` for whoever is mentioned; without any, nobody."""
        allow = [{"$type": f"app.bsky.feed.threadgate#{rule}"} for rule in allowed]
        self.write("app.bsky.feed.threadgate", {"post": post.uri, "allow": allow}, post.uri.rpartition("/")[2])

    def rename(self, handle: str) -> None:
        self.network.ask("com.atproto.identity.updateHandle", self.token, handle=handle)

    def notifications(self) -> list[Raw]:
        """What the network tells this person of, the newest first."""
        self.network.settle()
        url = f"{self.network.settings['BSKY_PDS_URL']}/xrpc/app.bsky.notification.listNotifications"
        answer = self.network.http.get(url, params={"limit": 100}, headers={"authorization": f"Bearer {self.token}"})
        assert answer.is_success, answer.text
        found: list[Raw] = answer.json()["notifications"]
        return found

    def repository(self) -> bytes:
        answer = self.network.http.get(f"{self.network.settings['BSKY_PDS_URL']}/xrpc/com.atproto.sync.getRepo", params={"did": self.did})
        answer.raise_for_status()
        return answer.content


def mention(text: str, *people: Person) -> Raw:
    """Facets for those whose @name the text says. Offsets count bytes."""
    facets = []
    for person in people:
        start = len(text[: text.index(f"@{person.name}.test")].encode())
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": person.did}
        facets.append({"index": {"byteStart": start, "byteEnd": start + len(f"@{person.name}.test")}, "features": [feature]})
    return {"facets": facets}
