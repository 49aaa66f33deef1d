"""The app view: it indexes the whole network and shows threads, posts and people to anybody. What it says of others is a trusted copy."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from homespun.networks import tolerant
from homespun.networks.bluesky import posts, threads
from homespun.networks.bluesky.asking import Asker, Unanswered
from homespun.networks.bluesky.identity import DID, account_of
from homespun.networks.bluesky.shapes import Author
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import Absent
from homespun.networks.said import said as _
from homespun.networks.values import Account, Post

POSTS, PROFILES, OTHERS = 25, 25, 30  # the most of one question
DEEPEST = 1000  # is asked for; ten levels are shown


class Views(msgspec.Struct):
    posts: list[msgspec.Raw] = []


class Profiles(msgspec.Struct):
    profiles: list[msgspec.Raw] = []


class Relation(msgspec.Struct):
    did: str = ""
    blockedBy: str = ""
    blockedByList: str = ""


class Relations(msgspec.Struct):
    relationships: list[Relation] = []


class Found(msgspec.Struct):
    """An answer to searchPosts."""

    posts: list[msgspec.Raw] = []
    cursor: str = ""


class AppView:
    def __init__(self, asker: Asker, url: str) -> None:
        self.asker, self.url, self.host = asker, url, host(url)
        self.people: dict[str, Author] = {}  # by DID, everybody who was asked for; empty where it knows nobody
        self.relations: dict[tuple[str, str], bool] = {}  # whether the second has blocked the first, which is ours

    def thread(self, uri: str) -> tuple[list[Post], list[Absent]]:
        """The post, then what is around it. Raises `NetworkError`."""
        try:
            found, absent = threads.read(
                self.asker.ask(self.url, "app.bsky.feed.getPostThread", uri=uri, depth=DEEPEST, parentHeight=DEEPEST)
            )
        except Unanswered as error:
            if error.refused:
                return [], [Absent(uri, "gone")]
            raise
        if uri not in {*[post.uri for post in found[:1]], *[each.uri for each in absent]}:
            raise NetworkError(_("The answer about %(uri)s speaks of something else, so it was left aside.", uri=uri))
        return found, absent

    def posts(self, uris: Sequence[str]) -> list[Post]:
        """Those of these posts that it has, and what they quote. Up to `POSTS` of them."""
        answer = self.asker.query(self.url, "app.bsky.feed.getPosts", Views, uris=list(uris))
        return [post for each in answer.posts if (found := posts.shown(bytes(each))[0]) and found[0].uri in uris for post in found]

    def account(self, did: str) -> Account:
        shown = self.asker.query(self.url, "app.bsky.actor.getProfile", Author, actor=did)
        if shown.did != did:
            raise NetworkError(_("The answer about %(uri)s speaks of something else, so it was left aside.", uri=did))
        return account_of(shown)

    def learn(self, people: Iterable[str]) -> None:
        """Names, words about themselves and labels of these."""
        fresh = [did for did in dict.fromkeys(people) if did not in self.people and DID.match(did)]
        for start in range(0, len(fresh), PROFILES):
            part = fresh[start : start + PROFILES]
            self.people |= {did: Author() for did in part}
            try:
                told = self.asker.query(self.url, "app.bsky.actor.getProfiles", Profiles, actors=part).profiles
            except Unanswered as error:
                if not error.refused:
                    raise
                continue
            shown = [tolerant.read(Author, bytes(each)) for each in told]
            self.people |= {each.did: each for each in shown if each.did in part}

    def told(self, did: str) -> dict[str, Any]:
        """What it has said of somebody, as it is kept with their posts."""
        known = self.people.get(did)
        return {name: value for name, value in msgspec.to_builtins(known).items() if value} if known else {}

    def blocking(self, ours: Iterable[str], people: Iterable[str]) -> set[str]:
        """Who of these has blocked one of ours. Raises `NetworkError` where that cannot be told."""
        people = [did for did in dict.fromkeys(people) if DID.match(did)]
        for own in [each for each in sorted(ours) if DID.match(each)]:
            fresh = [did for did in people if (own, did) not in self.relations and did != own]
            for start in range(0, len(fresh), OTHERS):
                part = fresh[start : start + OTHERS]
                told = self.asker.query(self.url, "app.bsky.graph.getRelationships", Relations, actor=own, others=part)
                self.relations |= {(own, did): False for did in part}
                self.relations |= {(own, each.did): bool(each.blockedBy or each.blockedByList) for each in told.relationships}
        return {did for (_own, did), blocks in self.relations.items() if blocks and did in people}


def host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
