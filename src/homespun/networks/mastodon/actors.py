"""Actors as accounts. An account is known by its actor's id; the handle is what its server calls it."""

import re
from functools import lru_cache

from homespun.networks.mastodon.properties import Thing, id_of, language_text, links, things
from homespun.networks.mastodon.values import NAME, account, address, handle, host, kept
from homespun.networks.mastodon.words import bio_text
from homespun.networks.values import Account

LAST = re.compile(r"/(?:users|@|u|c|m|accounts|author|profile|actor|video-channels|p)/?@?([\w.~-]+)/?$")
NAMED = re.compile(r"@?([^\s@/]{1,200})@([^\s@/]{1,200})$")
KINDS = {"Person", "Service", "Group", "Organization", "Application"}


def account_of(actor: Thing) -> Account:
    """`actor` may be no more than its id."""
    uri = id_of(actor)
    told = username = kept(actor.get("preferredUsername"), 200)
    if not handle(username, host(uri)) and (match := LAST.search(uri)):
        username = match[1]
    name = language_text(actor, "name")[0]
    face = next((link for each in things(actor.get("icon")) for link, _kind, _told in links(each)), "")
    bio = bio_text(language_text(actor, "summary")[0])
    return account(uri, handle(username, host(uri)), kept(name or told, NAME), address(face), bio)


@lru_cache(maxsize=8192)
def account_by_id(uri: str) -> Account:
    """Somebody of whom no more than the id is told."""
    return account_of({"id": uri})


def brief(actor: Thing) -> Thing:
    """What of an actor is kept beside a post."""
    keys = ("id", "type", "preferredUsername", "name", "nameMap", "icon", "summary", "indexable", "discoverable", "movedTo")
    return {key: actor[key] for key in keys if actor.get(key) is not None}


def mentioned(uri: str, name: object) -> Account:
    """Who is mentioned: `@name@server`, or `@name` of the server that the id is of."""
    told = kept(name, 255).strip().lstrip("@")
    if not told or " " in told:
        return account_of({"id": uri})
    return account(uri, told if NAMED.match(told) else f"{told}@{host(uri)}"[:255], "", "", "")
