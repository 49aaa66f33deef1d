"""What a host lets us fetch, by its robots.txt (RFC 9309).

protego decides between rules. It is given only those that concern us: it builds a set of rules for every agent that a file names, which
a hostile file could make large and slow.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from protego import Protego

LARGEST = 500 * 1024  # bytes that are read (RFC 9309, 2.5); the rest of a longer file is ignored
LONGEST_URL = 8_000
EVERYBODY = "*"
AGENT = re.compile(r"\s*user[\s-]?agents?\s*[:\s]\s*([^#]*)", re.IGNORECASE)
TOKEN = re.compile(r"[a-z_-]+|\*")  # RFC 9309, 2.2.1
RULES = ("allow", "dis", "dias")  # how they begin, misspelt ones included, which protego reads
OUTSIDE_GROUPS = ("sitemap", "site-map", "host")


@dataclass(frozen=True)
class Robots:
    """The rules of a host, when they were asked for, whether they name us, and how many lines they are."""

    at: float
    rules: Protego
    is_named: bool
    lines: int

    def may_fetch(self, url: str) -> bool:
        return len(url) <= LONGEST_URL and bool(self.rules.can_fetch(url, EVERYBODY))


def read(content: bytes, us: str, *, age: float = 0.0) -> Robots:
    """The rules for us in a file that was fetched `age` seconds ago.

    Where there are none, everything may be fetched. Lines that can't be read are ignored (2.2).
    """
    rules: dict[str, list[str]] = {us.lower(): [], EVERYBODY: []}
    is_named = False
    for agents, line in _lines(content[:LARGEST].decode("utf-8-sig", errors="replace"), frozenset(rules)):
        is_named |= us.lower() in agents
        for agent in agents if line.lower().startswith(RULES) else ():
            rules[agent].append(line)
    ours = rules[us.lower() if is_named else EVERYBODY]
    return Robots(time.monotonic() - age, Protego.parse("\n".join([f"User-agent: {EVERYBODY}", *ours])), is_named, len(ours))


def _lines(text: str, known: frozenset[str]) -> Iterator[tuple[frozenset[str], str]]:
    """Each rule with those of these agents whose group it is in. The line that names an agent comes as "": a group may have no rules."""
    agents: frozenset[str] = frozenset()
    is_head = False  # whether the line before named an agent: several may share one group
    for line in text.splitlines():
        said = line.partition("#")[0].strip()
        if match := AGENT.match(said):
            token = TOKEN.match(match[1].strip().lower())
            agents = (agents if is_head else frozenset()) | (known & {token[0] if token else ""})
            is_head = True
            yield agents, ""
        elif said and not said.lower().startswith(OUTSIDE_GROUPS):
            is_head = False
            yield agents, said
