"""What in a text leads somewhere: links, mentions, hashtags, by the bytes of UTF-8 that they cover (app.bsky.richtext.facet)."""

import re
from collections.abc import Callable
from typing import Any

LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w/@.])@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])", re.IGNORECASE)
TAG = re.compile(r"(?<![^\s(])[#＃](?![\ufe0f#＃])((?=\S*[^\d\s.,;:!?'\"“”‘’…()\[\]{}])[^\s\u00ad\u2060\u200a-\u200d\u20e2]{1,66})")
TAIL = ".,;:!?'\"“”‘’…"  # ends a sentence, not a link or tag
PAIRS = {")": "(", "]": "[", "}": "{"}
LONGEST_TAG = 64


def facets(text: str, did_of: Callable[[str], str]) -> list[dict[str, Any]]:
    """`did_of` gives "" for a handle that leads to nobody, which then stays plain text."""
    found = [(match.start(), whole(match[0]), {"$type": f"{KIND}#link", "uri": whole(match[0])}) for match in LINK.finditer(text)]
    taken = [(start, start + len(words)) for start, words, _feature in found]
    for match in MENTION.finditer(text):
        if not inside(match.start(), taken) and (did := did_of(match[1])):
            found.append((match.start(), match[0], {"$type": f"{KIND}#mention", "did": did}))
    for match in TAG.finditer(text):
        tag = whole(match[1])
        if tag and len(tag) <= LONGEST_TAG and not inside(match.start(), taken):
            found.append((match.start(), match[0][0] + tag, {"$type": f"{KIND}#tag", "tag": tag}))
    return [facet(text, *each) for each in sorted(found, key=lambda each: each[0])]


KIND = "app.bsky.richtext.facet"


def facet(text: str, start: int, words: str, feature: dict[str, str]) -> dict[str, Any]:
    begin = len(text[:start].encode())
    return {"index": {"byteStart": begin, "byteEnd": begin + len(words.encode())}, "features": [feature]}


def whole(words: str) -> str:
    """Without what follows it in its sentence."""
    while words and (words[-1] in TAIL or (words[-1] in PAIRS and words.count(words[-1]) > words.count(PAIRS[words[-1]]))):
        words = words[:-1]
    return words


def inside(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)
