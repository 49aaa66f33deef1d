"""The @names in a text: which ones it has, which ones it begins with, and which ones it still lacks."""

import re
from collections.abc import Iterable

TOKEN = re.compile(r"https?://[^\s<>\"]+|(?<![\w/@.])@[\w-][\w.-]*(?:@[\w-][\w.-]*(?::\d+)?)?", re.IGNORECASE)
LEADING = re.compile(r"\s*(@[\w-][\w.-]*(?:@[\w-][\w.-]*(?::\d+)?)?)(?=[\s,:]|$),?:?")
END_OF_SENTENCE = ".-"


def mentions_in(text: str) -> list[str]:
    """Every name, without its @, in the order of the text. What looks like a name inside a link is none."""
    found = (match[0] for match in TOKEN.finditer(text))
    return _unique(each[1:].rstrip(END_OF_SENTENCE) for each in found if each.startswith("@"))


def leading_mentions(text: str) -> list[str]:
    """The names that the text begins with: those it is addressed to."""
    found, place = [], 0
    while match := LEADING.match(text, place):
        found.append(match[1][1:].rstrip(END_OF_SENTENCE))
        place = match.end()
    return _unique(found)


def missing_mentions(text: str, names: Iterable[str], home: str = "") -> list[str]:
    """Those of `names` that the text doesn't mention, each once. A name without a server is one of `home`."""
    there = {full(each, home) for each in mentions_in(text)}
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(full(name, home), name)
    return [name for key, name in wanted.items() if key not in there]


def full(name: str, home: str = "") -> str:
    """The name in lower case, with its server, as two spellings of it compare."""
    return (name if "@" in name or not home else f"{name}@{home}").casefold()


def short(name: str, home: str) -> str:
    """The name without its server where that is `home`, as the server's own pages write it."""
    return name[: -len(home) - 1] if home and name.casefold().endswith(f"@{home.casefold()}") else name


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(each for each in names if each))
