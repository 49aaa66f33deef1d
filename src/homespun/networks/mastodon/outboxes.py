"""What somebody has said from a moment on, out of the outbox at their own server, which shows it even where nobody else heard of it."""

from typing import Any

from homespun.networks.errors import Unusable
from homespun.networks.mastodon import objects
from homespun.networks.mastodon.asking import Refused
from homespun.networks.mastodon.homes import Homes
from homespun.networks.mastodon.properties import Thing, id_of, kinds, things
from homespun.networks.mastodon.values import ms_of, same_host

PAGES, NAMED = 4, 20  # and how many posts are asked for one by one where an outbox only names them
EARLIER = 60_000  # ms, as clocks differ
SNOWFLAKES = ("/users/", "/ap/users/")  # in the ids of actors of servers whose outboxes can be entered at a moment


def said(homes: Homes, actor: Thing, since: int) -> list[Thing]:
    """Their posts since `since` (ms), as objects of their own host. Raises `Refused`."""
    uri, outbox = id_of(actor), actor.get("outbox")
    if not isinstance(outbox, str) or not same_host(outbox, uri):
        return []
    top = homes.object(outbox)
    entry = at_moment(top, uri, since - EARLIER)
    found: list[Thing] = []
    left = NAMED
    for page in homes.pages(entry or top, uri, point="prev" if entry else "next", most=PAGES):
        only_named = [each for each in things(page) if named(each, uri) and moment(each) >= since - EARLIER][:left]
        left -= len(only_named)
        here = [each for each in map(written, things(page)) if each and same_host(id_of(each), uri)]
        here += [thing for each in only_named if (thing := fetched(homes, named(each, uri)))]
        found += [each for each in here if moment(each) >= since - EARLIER]
        if not entry and here and min(map(moment, here)) < since - EARLIER:
            break
    return found


def at_moment(top: Thing, uri: str, ms: int) -> str:
    """The page that begins at a moment, where ids are made of time (Mastodon: 48 bits of milliseconds, then 16 more); "" elsewhere."""
    first = top.get("first")
    is_mastodon = isinstance(first, str) and first.endswith("outbox?page=true") and any(part in uri for part in SNOWFLAKES)
    return f"{first}&min_id={ms << 16}" if is_mastodon else ""


def written(activity: Thing) -> Thing | None:
    """What a Create made."""
    if "Create" not in kinds(activity):
        return None
    try:
        return objects.unwrapped(activity)
    except Unusable:
        return None


def named(activity: Thing, at: str) -> str:
    """The uri of what a Create made, where it is only named, and of the same host."""
    made = activity.get("object")
    return made if isinstance(made, str) and "Create" in kinds(activity) and same_host(made, at) else ""


def fetched(homes: Homes, uri: str) -> Thing | None:
    try:
        return homes.object(uri)
    except Refused:
        return None


def moment(thing: Any) -> int:
    try:
        return ms_of(thing.get("published"))
    except Unusable:
        return 0
