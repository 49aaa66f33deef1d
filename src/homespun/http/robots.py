"""What a host lets be fetched, by its robots.txt (RFC 9309)."""

import time
from dataclasses import dataclass
from urllib.robotparser import RobotFileParser


@dataclass(frozen=True)
class Robots:
    """The rules of a host, when they were asked for, and how many lines they are."""

    at: float
    rules: RobotFileParser
    lines: int


def read(text: str) -> Robots:
    """Where there is none, everything may be fetched. A line that cannot be read is passed over (2.2)."""
    rules, lines = RobotFileParser(), text.splitlines()
    rules.parse([line for line in lines if is_rule(line)] if lines else ["User-agent: *", "Disallow:"])
    return Robots(time.monotonic(), rules, len(lines))


def is_rule(line: str) -> bool:
    if line.isascii() and "[" not in line:
        return True
    try:
        RobotFileParser().parse(["User-agent: *", line])
    except ValueError:
        return False
    return True
