"""Captures of X's own answers in JSON, as the web archive keeps them: interface 1.1, and interface 2 with its `includes`."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from homespun.networks import tolerant
from homespun.networks.x.identity import whole
from homespun.networks.x.saved.shown import Record, Shown, answering

MOST = 20_000
DEEPEST = 4  # posts inside posts
OWN_PICTURES = re.compile(rb"https?://web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?://(?:pbs|abs|video|a\d)\.twimg\.com/)")
KINDS = {"replied_to": "answer", "quoted": "quote"}


def shown(content: bytes) -> Shown:
    raw = tolerant.loosely(content)
    try:
        raw = orjson.loads(OWN_PICTURES.sub(b"", orjson.dumps(raw)))
    except (TypeError, ValueError, RecursionError):
        return Shown()
    if isinstance(raw, dict) and isinstance(raw.get("data"), dict | list):
        return Shown(list(of_second(raw))[:MOST])
    every = raw if isinstance(raw, list) else [raw]
    return Shown([found for each in every[:MOST] if (found := of_first(each, DEEPEST))])


def of_first(raw: Any, deepest: int) -> Record | None:
    """A post of interface 1.1, its full words in the place where all look for them; None for anything else."""
    if not isinstance(raw, dict) or not whole(raw.get("id_str") or raw.get("id")) or not isinstance(raw.get("user"), dict) or not deepest:
        return None
    told = dict(raw)
    longer = told.pop("extended_tweet", None)
    if isinstance(longer, dict):
        told |= {name: longer[name] for name in ("full_text", "entities", "extended_entities") if name in longer}
    for inside in ("quoted_status", "retweeted_status"):
        found = of_first(told.pop(inside, None), deepest - 1)
        told |= {inside: found} if found else {}
    return told


def of_second(raw: Record) -> Iterator[Record]:
    """Posts of interface 2, with their authors, as those of the first would say it."""
    includes = raw.get("includes")
    includes = includes if isinstance(includes, dict) else {}
    users = {each.get("id"): of_user(each) for each in dicts(includes.get("users"))}
    pictures = {each.get("media_key"): of_medium(each) for each in dicts(includes.get("media"))}
    posts = [*dicts(raw["data"]), *dicts(includes.get("tweets"))]
    authors = {each.get("id"): users.get(each.get("author_id"), {}) for each in posts}
    for each in posts:
        if whole(each.get("id")) and authors[each["id"]]:
            yield of_data(each, authors, pictures)


def of_data(data: Record, authors: dict[Any, Record], pictures: dict[Any, Record]) -> Record:
    told: Record = {"id_str": data["id"], "full_text": data.get("text"), "created_at": data.get("created_at"), "lang": data.get("lang")}
    told["user"], told["entities"] = authors[data["id"]], data.get("entities")
    counted = data.get("public_metrics")
    told["reply_count"] = counted.get("reply_count") if isinstance(counted, dict) else None
    for each in dicts(data.get("referenced_tweets")):
        kind, number = KINDS.get(str(each.get("type"))), each.get("id")
        if kind == "answer" and whole(number):
            told |= answering(str(number), authors.get(number) or {"id_str": data.get("in_reply_to_user_id")})
        elif kind == "quote":
            told["quoted_status_id_str"] = number
    attached = data.get("attachments")
    keys = attached.get("media_keys") if isinstance(attached, dict) else None
    media = [pictures[key] for key in (keys if isinstance(keys, list) else ()) if key in pictures]
    return told | ({"extended_entities": {"media": media}} if media else {})


def of_user(raw: Record) -> Record:
    return {
        "id_str": raw.get("id"),
        "screen_name": raw.get("username"),
        "name": raw.get("name"),
        "profile_image_url_https": raw.get("profile_image_url"),
    }


def of_medium(raw: Record) -> Record:
    return {
        "type": raw.get("type"),
        "media_url_https": raw.get("url") or raw.get("preview_image_url"),
        "ext_alt_text": raw.get("alt_text"),
        "sizes": {"large": {"w": raw.get("width"), "h": raw.get("height")}},
    }


def dicts(value: Any) -> list[Record]:
    every = value if isinstance(value, list) else [value]
    return [each for each in every if isinstance(each, dict)]
