"""Whom a post mentions, by the handles with which an answer reaches them."""

from collections.abc import Iterator

from homespun.networks import tolerant
from homespun.networks.mastodon import actors, statuses
from homespun.networks.mastodon.properties import kinds, things
from homespun.networks.mastodon.renewing import Kind
from homespun.networks.mastodon.values import URI, address, handle, host


def addressees(raw: bytes) -> tuple[str, ...]:
    """Handles out of a kept record: a status of the API or an ActivityPub object."""
    record = statuses.unpacked(raw)
    found = _of_status(record) if tolerant.read(Kind, record).is_status else _of_object(record)
    return tuple(dict.fromkeys(each for each in found if each))


def _of_status(record: bytes) -> Iterator[str]:
    status = statuses.read(record)
    home = host(status.shown_by or status.uri or "")
    for each in status.mentions or ():
        name, _at, server = (each.acct or "").partition("@")
        yield handle(name, server or home)


def _of_object(record: bytes) -> Iterator[str]:
    thing = tolerant.loosely(record)
    for each in things(thing.get("tag")) if isinstance(thing, dict) else ():
        if "Mention" in kinds(each) and (uri := address(each.get("href"), URI)):
            yield actors.mentioned(uri, each.get("name")).handle
