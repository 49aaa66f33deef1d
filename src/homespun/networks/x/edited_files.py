"""Files of an archive whose first words somebody changed: cut down to plain JSON, or turned into a module for another tool.

The name of the file says what it holds; where the name says nothing, its first item does.
"""

import re

NOISE = rb"(?:\s|//[^\n]*\n|/\*.*?\*/|'use strict';?|\"use strict\";?)*+"
ASSIGNED = rb"(?:module\.)?exports(?:\.\w+)?\s*=|export\s+default\b|(?:export\s+)?(?:const|let|var)\s+\w+\s*(?::[^=]*)?=|(?:\w+\.)+\w+\s*="
OPENING = re.compile(rb"\A(?:\xef\xbb\xbf)?" + NOISE + rb"(?:(?:" + ASSIGNED + rb")\s*+)?(?=[\[{])", re.DOTALL)
FIRST_KEY = re.compile(rb'[\[{\s]*"(\w+)"\s*:')
PART = re.compile(r"(?:[-_ (]*(?:part)?[-_ ]*\d+\)?)?\.(?:js|json)$", re.IGNORECASE)
MONTH = re.compile(r"(\d{4})_(\d{2})\.(?:js|json)$")
KINDS_BY_NAME = {
    "tweet": "tweets",
    "tweets": "tweets",
    "note-tweet": "notes",
    "community-tweet": "community",
    "deleted-tweet": "deleted",
    "deleted-tweets": "deleted",
    "twitter-circle-tweet": "circle",
    "like": "likes",
    "likes": "likes",
    "account": "account",
    "profile": "profile",
    "tweet-headers": "headers",
    "deleted-tweet-headers": "deleted headers",
    "manifest": "manifest",
    "tweet_index": "tweet_index",
    "user_details": "user_details",
    "payload_details": "payload_details",
}
KINDS_BY_KEY = {b"tweet": "tweets", b"noteTweet": "notes", b"like": "likes", b"account": "account", b"profile": "profile"}


def json_start(content: bytes) -> int | None:
    """Where the JSON of a file begins, behind what a tool or a person wrote before it; None where there is none."""
    match = OPENING.match(content)
    return match.end() if match else None


def kind_and_month(name: str, head: bytes) -> tuple[str, str]:
    """What a file without the usual first words holds, and of which month (2013-02); "" for what is unknown or no part of an archive."""
    start = json_start(head)
    if start is None:
        return "", ""
    if match := MONTH.search(name):
        return "tweets", f"{match[1]}-{match[2]}"
    by_name = KINDS_BY_NAME.get(PART.sub("", name.rpartition("/")[2]).lower(), "")
    return by_name or _kind_by_content(head[start:]), ""


def _kind_by_content(content: bytes) -> str:
    if not content.startswith(b"["):
        return ""
    key = FIRST_KEY.match(content)
    if key and key[1] in KINDS_BY_KEY:
        return "deleted" if key[1] == b"tweet" and b'"deleted_at"' in content else KINDS_BY_KEY[key[1]]
    is_tweet = (b'"full_text"' in content or b'"text"' in content) and b'"created_at"' in content and b'"id' in content
    return "tweets" if key and is_tweet else ""
