"""Which posts belong together: a union-find over whatever names them."""

from collections import defaultdict
from collections.abc import Hashable, Iterable


class Groups:
    """Sets of things that grow together. Small and forgetful: made for one batch."""

    def __init__(self) -> None:
        self.above: dict[Hashable, Hashable] = {}

    def find(self, thing: Hashable) -> Hashable:
        above = self.above
        root = above.setdefault(thing, thing)
        while (higher := above[root]) != root:
            above[root] = root = above[higher]
        above[thing] = root
        return root

    def join(self, one: Hashable, other: Hashable) -> None:
        first, second = self.find(one), self.find(other)
        if first != second:
            self.above[second] = first

    def sets(self, things: Iterable[Hashable]) -> dict[Hashable, list[Hashable]]:
        """The given things by the set that they are in."""
        found: dict[Hashable, list[Hashable]] = defaultdict(list)
        for thing in things:
            found[self.find(thing)].append(thing)
        return found
