"""How long a text is to a Mastodon-compatible server. Each kind of software counts in its own way; see `RULES`."""

import re
from collections.abc import Callable

from homespun.networks import graphemes

LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w/@])@(\w+(?:[\w.-]*\w)?)@[\w.-]+\w(?::\d+)?", re.ASCII)
TAIL = ".,;:!?'\"“”‘’…"  # ends a sentence, not a link
PAIRS = {")": "(", "]": "[", "}": "{"}


def length(text: str, link: int = 23) -> int:
    """As Mastodon counts (its StatusLengthValidator): graphemes, each link as `link`, mentions without their server."""
    return graphemes.length(MENTION.sub(r"@\1", LINK.sub(lambda found: "x" * link + found[0][len(whole(found[0])) :], text)))


def characters(text: str, link: int = 0) -> int:
    """As GoToSocial counts (`validateStatusContent`): every code point as written. Misskey and its forks do, and Pixelfed."""
    return len(text)


def as_written(text: str, link: int = 0) -> int:
    """As Pleroma and Akkoma count (Elixir's `String.length`): every grapheme as written."""
    return graphemes.length(text)


def strictest(text: str, link: int = 23) -> int:
    """For a server that doesn't say what it is: whichever of these counts most."""
    return max(length(text, link), characters(text))


Counting = Callable[[str, int], int]
RULES: dict[str, Counting] = {
    **dict.fromkeys(("mastodon", "hometown", "glitch-soc"), length),
    **dict.fromkeys(("pleroma", "akkoma"), as_written),
    **dict.fromkeys(("gotosocial", "pixelfed"), characters),
    **dict.fromkeys(("misskey", "sharkey", "firefish", "calckey", "iceshrimp", "iceshrimp.net", "catodon", "cherrypick"), characters),
}


def rule_of(software: str) -> Counting:
    """How software of this name (as NodeInfo gives it) counts."""
    return RULES.get(software.casefold(), strictest)


def whole(link: str) -> str:
    """A link without what follows it in its sentence."""
    while link and (link[-1] in TAIL or (link[-1] in PAIRS and link.count(link[-1]) > link.count(PAIRS[link[-1]]))):
        link = link[:-1]
    return link
