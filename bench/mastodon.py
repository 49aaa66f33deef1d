"""Statuses of a Mastodon server as values: made-up ones, each of other words, people and links, in the mixture of a busy timeline."""

import random
from collections.abc import Callable
from statistics import median
from time import process_time

import orjson

from bench.figure import Figure
from homespun.networks.errors import Unusable
from homespun.networks.mastodon import objects, statuses
from homespun.networks.values import Place

COUNT, ROUNDS = 8_000, 7
SERVER = "https://stile.example"
WORDS = [
    "ladder",
    "stile",
    "gate",
    "field",
    "wall",
    "path",
    "wet",
    "steep",
    "lambs",
    "rain",
    "boots",
    "map",
    "hedge",
    "walk",
    "card",
    "nurse",
]
Raw = dict[str, object]
TERMS: Raw = {
    "ostatus": "http://ostatus.org#",
    "atomUri": "ostatus:atomUri",
    "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
    "conversation": "ostatus:conversation",
    "sensitive": "as:sensitive",
    "toot": "http://joinmastodon.org/ns#",
    "votersCount": "toot:votersCount",
    "blurhash": "toot:blurhash",
    "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
    "Hashtag": "as:Hashtag",
}


def measure() -> list[Figure]:
    made = Maker(random.Random(7))
    told = [statuses.shown(orjson.dumps(made.status(n)), SERVER) for n in range(COUNT)]
    kept = [orjson.dumps(made.note(n)) for n in range(COUNT)]
    api, api_ratio = in_turn(told, read)
    activity, activity_ratio = in_turn(kept, lambda record: objects.post_of(record, Place.SERVER))
    return [
        Figure("A status of the API as a value", api * 1e6, 50.0, "µs"),
        Figure("An ActivityPub object as a value", activity * 1e6, 80.0, "µs"),
        Figure("A status to reading its JSON into dicts, CPU", api_ratio, 10.0, "x", "ratio"),
        Figure("An ActivityPub object to reading its JSON, CPU", activity_ratio, 15.0, "x", "ratio"),
    ]


def read(record: bytes) -> None:
    statuses.post(statuses.read(record), record, Place.COPY)


def in_turn(records: list[bytes], how: Callable[[bytes], object]) -> tuple[float, float]:
    """Seconds of CPU for one record, and the ratio to `orjson.loads`: medians of rounds that take turns."""
    rounds = [(turn(records, how), turn(records, orjson.loads)) for _round in range(ROUNDS)]
    return median(ours for ours, _theirs in rounds) / len(records), median(ours / theirs for ours, theirs in rounds)


def turn(records: list[bytes], how: Callable[[bytes], object]) -> float:
    begun = process_time()
    for record in records:
        try:
            how(record)
        except Unusable as error:
            raise AssertionError(str(error)) from error
    return process_time() - begun


class Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def words(self, count: int) -> str:
        return " ".join(self.chance.choices(WORDS, k=count))

    def html(self, n: int) -> str:
        """Paragraphs with mentions, hashtags and shortened links, as Mastodon writes them."""
        parts = []
        if n % 3:
            who = self.chance.randrange(500)
            parts.append(f'<span class="h-card"><a href="{SERVER}/@p{who}" class="u-url mention">@<span>p{who}</span></a></span> ')
        parts.append(self.words(self.chance.randint(3, 60)))
        if n % 2:
            parts.append(f" &amp; {n}<br />")
        if not n % 4:
            shown, rest = f"walks.example/{n}/over-the", f"-stiles?n={n}"
            link = f'<span class="invisible">https://</span><span class="ellipsis">{shown}</span><span class="invisible">{rest}</span>'
            parts.append(f' <a href="https://{shown}{rest}" target="_blank" rel="nofollow noopener" translate="no">{link}</a>')
        if not n % 5:
            tag = self.chance.choice(WORDS)
            parts.append(f' <a href="{SERVER}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>')
        return f"<p>{''.join(parts)}</p>" + (f"<p>{self.words(20)}</p>" if not n % 6 else "")

    def person(self) -> Raw:
        n = self.chance.randrange(500)
        uri = f"https://h{n % 40}.example/users/p{n}"
        face, note = f"https://h{n % 40}.example/avatars/{n}.png", f"<p>{self.words(1)} {n}</p>"
        shown = {"id": str(n), "username": f"p{n}", "acct": f"p{n}@h{n % 40}.example", "display_name": f"Person {n}", "locked": False}
        counts = {"followers_count": n, "following_count": n, "statuses_count": n, "emojis": [], "fields": [], "bot": False}
        return shown | counts | {"url": f"https://h{n % 40}.example/@p{n}", "uri": uri, "avatar": face, "header": face, "note": note}

    def status(self, n: int, *, inside: bool = True) -> Raw:
        person, number = self.person(), str(112_000_000_000_000_000 + n)
        uri = f"{person['uri']}/statuses/{number}"
        raw: Raw = {
            "id": number,
            "uri": uri,
            "url": f"{person['url']}/{number}",
            "created_at": f"2024-03-10T{n % 24:02}:{n % 60:02}:00.123Z",
        }
        raw |= {"edited_at": None if n % 9 else "2024-03-12T09:00:00.456Z", "in_reply_to_id": str(n) if n % 3 else None, "language": "en"}
        raw |= {
            "spoiler_text": "" if n % 11 else "Mud &amp; rain",
            "visibility": "public" if n % 7 else "unlisted",
            "sensitive": not n % 11,
        }
        raw |= {"replies_count": n % 5, "reblogs_count": n % 9, "favourites_count": n % 30, "content": self.html(n), "account": person}
        raw |= {"media_attachments": [self.picture(n)] if not n % 3 else [], "tags": [], "emojis": [], "card": None, "poll": None}
        raw["mentions"] = [{"id": "1", "username": "hettie", "acct": "hettie", "url": f"{SERVER}/@hettie"}] if n % 3 else []
        raw["poll"] = None if n % 40 else {"id": "1", "options": [{"title": self.words(2), "votes_count": 1} for _ in range(3)]}
        raw["reblog"] = self.status(n + COUNT, inside=False) if inside and not n % 5 else None
        return raw

    def picture(self, n: int) -> Raw:
        meta = {"original": {"width": 1200, "height": 800, "size": "1200x800"}, "small": {"width": 480, "height": 320}}
        url = f"https://files.example/{n}.jpeg"
        return {
            "id": str(n),
            "type": "image",
            "url": url,
            "preview_url": url,
            "meta": meta,
            "description": self.words(9),
            "blurhash": "UQG",
        }

    def note(self, n: int) -> Raw:
        """With the properties that Mastodon 4 gives a note, whether they are read or not."""
        author = f"https://h{n % 40}.example/users/p{n % 500}"
        uri = f"{author}/statuses/{n}"
        raw: Raw = {"@context": ["https://www.w3.org/ns/activitystreams", TERMS], "id": uri, "type": "Note"}
        raw |= {
            "attributedTo": author,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [f"{author}/followers"],
            "summary": None,
        }
        html = self.html(n)
        raw |= {"published": f"2024-03-10T{n % 24:02}:{n % 60:02}:00Z", "content": html, "contentMap": {"en": html}, "sensitive": False}
        raw |= {"inReplyTo": f"{author}/statuses/{n - 1}" if n % 3 else None, "url": f"{author}/{n}"}
        raw["tag"] = [{"type": "Mention", "href": f"{SERVER}/users/hettie", "name": "@hettie@stile.example"}] if n % 3 else []
        raw["attachment"] = (
            [{"type": "Document", "mediaType": "image/jpeg", "url": f"{uri}.jpeg", "name": self.words(9)}] if not n % 3 else []
        )
        parent = raw["inReplyTo"]
        raw |= {
            "atomUri": uri,
            "inReplyToAtomUri": parent,
            "conversation": f"tag:h{n % 40}.example,2024-03-10:objectId={n}:objectType=Conversation",
        }
        raw |= {name: {"id": f"{uri}/{name}", "type": "Collection", "totalItems": n % 9} for name in ("likes", "shares")}
        replies: Raw = {"type": "CollectionPage", "next": f"{uri}/replies?only_other_accounts=true&page=true", "partOf": f"{uri}/replies"}
        return raw | {"replies": {"id": f"{uri}/replies", "type": "Collection", "first": replies | {"items": []}}}
