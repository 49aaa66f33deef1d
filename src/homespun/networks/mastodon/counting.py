"""How long a text is to a Mastodon-compatible server (its StatusLengthValidator): graphemes, links at a fixed length, mentions without
their server."""

import re

from homespun.networks import graphemes

LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w/@])@(\w+(?:[\w.-]*\w)?)@[\w.-]+\w(?::\d+)?", re.ASCII)
TAIL = ".,;:!?'\"“”‘’…"  # ends a sentence, not a link
PAIRS = {")": "(", "]": "[", "}": "{"}


def length(text: str, link: int = 23) -> int:
    """`link` is what each link counts as."""
    return graphemes.length(MENTION.sub(r"@\1", LINK.sub(lambda found: "x" * link + found[0][len(whole(found[0])) :], text)))


def whole(link: str) -> str:
    """A link without what follows it in its sentence."""
    while link and (link[-1] in TAIL or (link[-1] in PAIRS and link.count(link[-1]) > link.count(PAIRS[link[-1]]))):
        link = link[:-1]
    return link
