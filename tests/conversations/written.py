"""All that storing leaves behind, by uri, so that two ways to the same end can be compared; and made-up records to store."""

from collections import defaultdict
from typing import Any

import orjson
from django.db import connection

from homespun.conversations.actions import rows
from homespun.conversations.actions.storing import Store
from homespun.conversations.models import Aside, Conversation, MissingParent, Post, Sighting, Source
from homespun.networks.values import Account as Seen
from homespun.networks.values import Place
from homespun.networks.values import Post as Value
from homespun.networks.x import account, tweets
from homespun.people.actions import Accounts
from homespun.people.models import Account, AccountName

Raw = dict[str, Any]
FIRST = 1_200_000_000_000_000_000
STEP = 60_000 << 22  # a minute of ids
PEOPLE = {1: "ours", 2: "customer", 3: "stranger"}
MADE = "2023-01-01 00:00:00"


def number(n: int) -> int:
    return FIRST + n * STEP


def uri(n: int) -> str:
    return f"https://x.com/i/status/{number(n)}"


def user(who: int, *, handle: str = "", name: str = "", avatar: str = "") -> Raw:
    return {
        "id_str": str(who),
        "screen_name": handle or PEOPLE[who],
        "name": name or PEOPLE[who].title(),
        "profile_image_url_https": avatar,
    }


def tweet(n: int, text: str, *, answers: int | None = None, of: int = 1, **more: Any) -> Raw:
    raw: Raw = {"id_str": str(number(n)), "full_text": text, "lang": "en", **more}
    if answers is not None:
        raw |= {
            "in_reply_to_status_id_str": str(number(answers)),
            "in_reply_to_user_id_str": str(of),
            "in_reply_to_screen_name": PEOPLE[of],
        }
    return raw


def owner(who: int) -> Seen:
    return account(str(who), PEOPLE[who], PEOPLE[who].title())


def source(who: int, *, name: str = "", ours: bool = False) -> Source:
    """An archive of somebody, with its account."""
    account, _ = Account.objects.get_or_create(
        uri=owner(who).uri, defaults={"network": "x", "handle": PEOPLE[who], "name": PEOPLE[who].title(), "is_own": ours}
    )
    found, _ = Source.objects.get_or_create(
        fingerprint=f"{who}{name}",
        defaults={"kind": "x-archive", "title": PEOPLE[who], "account": account, "added": "2024-01-01T00:00Z", "made": "2023-01-01T00:00Z"},
    )
    return found


def store(into: Source, records: list[tuple[Place, Raw]], *, made: str = MADE) -> None:
    """Store records of one archive, in one batch, as its reader would hand them on. `made` is "" for an archive without a date."""
    whose = next(who for who in PEOPLE if into.account and into.account.uri == owner(who).uri)
    posts: list[Value] = []
    asides: list[Value] = []
    for place, raw in records:
        record = orjson.dumps(raw)
        tweet = tweets.read(record)
        if place == Place.LIKE:
            asides.append(tweets.liked(record))
        elif place == Place.REPOST_TEXT:
            if aside := tweets.reposted_words(tweet, record):
                asides.append(aside)
        else:
            posts += [tweets.post(tweet, record, place, owner(whose)), *tweets.embedded(tweet)]
    Store(into.pk, made, owner(whose), accounts=Accounts(rows.database(), into.pk)).store(posts, asides)


def everything() -> dict[str, Any]:
    connection.check_constraints()  # an import does not ask whether keys are there
    keys = dict(Post.objects.values_list("pk", "uri"))
    return {
        "posts": posts(keys),
        "conversations": conversations(keys),
        "missing": {
            (keys[m.child_id], m.uri, m.root, m.author.uri if m.author else "") for m in MissingParent.objects.select_related("author")
        },
        "sightings": {
            (keys[s.post_id], s.source.fingerprint, s.place, s.version, bytes(s.raw)) for s in Sighting.objects.select_related("source")
        },
        "asides": set(Aside.objects.values_list("source__fingerprint", "uri", "place")),
        "words": words(keys),
        "accounts": set(Account.objects.values_list("uri", "handle", "name", "avatar", "is_own")),
        "faces": set(Account.objects.values_list("uri", "name", "avatar")),
        "called": {
            (n.account.uri, n.handle, n.name, n.first_seen, n.last_seen, n.rank, n.avatar, n.avatar_seen)
            for n in AccountName.objects.select_related("account")
        },
        "files": set(Post.objects.values_list("uri", "media__name", "media__position", "media__url")),
    }


def posts(keys: dict[int, str]) -> dict[str, tuple[Any, ...]]:
    columns = ["uri", "url", "author__uri", "published", "text", "lang", "parent_id", "place", "visibility", "state", "edited"]
    names, references = defaultdict(set), defaultdict(set)
    for post, name in Post.objects.filter(names__isnull=False).values_list("uri", "names__name"):
        names[post].add(name)
    for post, kind, to in Post.objects.filter(references__isnull=False).values_list("uri", "references__kind", "references__uri"):
        references[post].add((kind, to))
    return {
        row[0]: (*row[:6], keys.get(row[6], ""), *row[7:], frozenset(names[row[0]]), frozenset(references[row[0]]))
        for row in Post.objects.values_list(*columns)
    }


def conversations(keys: dict[int, str]) -> set[tuple[frozenset[str], int, int, int, int, str]]:
    found = defaultdict(set)
    for key, conversation in Post.objects.values_list("pk", "conversation"):
        found[conversation].add(keys[key])
    assert Conversation.objects.count() == len(found)
    return {(frozenset(found[c.pk]), c.posts, c.own, c.voices, c.missing, keys[c.latest]) for c in Conversation.objects.all()}


def words(keys: dict[int, str]) -> set[tuple[str, str, str]]:
    uris = dict(Account.objects.values_list("pk", "uri"))
    accounts = {f"{letter}{pk}": f"{letter} {uri}" for pk, uri in uris.items() for letter in "ar"}
    with connection.cursor() as cursor:
        cursor.execute("create virtual table temp.terms using fts5vocab(main, conversations_postindex, instance)")
        cursor.execute("select term, doc, col from temp.terms")
        found = {(accounts.get(term, term) if col == "tags" else term, keys[doc], col) for term, doc, col in cursor.fetchall()}
        cursor.execute("drop table temp.terms")
    return found


def clean() -> None:
    """Nothing that refers to nothing."""
    assert rows.database().execute("pragma foreign_key_check").fetchall() == []
