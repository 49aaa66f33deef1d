"""A conversation as a page draws it: the first answer goes straight on, every other branches off; long things are cut and linked.

A line is a post, its first answer, the first answer to that, and so on; beside a post hang the lines of its other answers. What
is drawn at once is bounded, whatever the conversation is: so many posts in all, so many branches beside one post, so many posts
of a branch, and no branch deeper than four.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from homespun.conversations.queries.tree import Key, Shape

POSTS = 80  # drawn at once
BRANCHES = 8  # beside one post
BRANCH = 12  # posts of a branch
DEEP = 4


@dataclass(slots=True)
class Cut:
    """What is not drawn: where it goes on, and how many posts that is."""

    key: Key
    posts: int


@dataclass(slots=True)
class Row:
    key: Key
    branches: list["Line"] = field(default_factory=list)
    deeper: Cut | None = None  # branches that begin too deep to be drawn; `key` is this post
    further: Cut | None = None  # more branches beside this post; `key` is the first of them


@dataclass(slots=True)
class Line:
    depth: int
    rows: list[Row] = field(default_factory=list)
    rest: Cut | None = None

    def nodes(self) -> Iterator[Key]:
        waiting = [self]
        while waiting:
            line = waiting.pop()
            for row in line.rows:
                yield row.key
                waiting.extend(row.branches)


class Drawing:
    """Draws until its posts are used up."""

    def __init__(self, shape: Shape, posts: int = POSTS) -> None:
        self.shape = shape
        self.left = posts

    def line(self, start: Key, depth: int = 0) -> Line:
        line = Line(depth)
        for key in self.shape.line(start):
            if self.left <= 0 or (depth and len(line.rows) >= BRANCH):
                line.rest = Cut(key, self.shape.sizes[key])
                break
            self.left -= 1
            line.rows.append(self.beside(Row(key), 1, depth))
        return line

    def beside(self, row: Row, place: int, depth: int, most: int = BRANCHES) -> Row:
        """Hang the lines of a post's answers from `place` on beside it."""
        others = self.shape.answers.get(row.key, [])
        if depth >= DEEP and len(others) > place:
            row.deeper = Cut(row.key, sum(self.shape.sizes[each] for each in others[place:]))
            return row
        for here, key in enumerate(islice(others, place, None), start=place):
            if len(row.branches) >= most or self.left <= 0:
                row.further = Cut(key, sum(self.shape.sizes[each] for each in others[here:]))
                break
            row.branches.append(self.line(key, depth + 1))
        return row


def whole(shape: Shape) -> list[Line]:
    """The first part: the line of each root, as far as it goes."""
    drawing = Drawing(shape)
    lines: list[Line] = []
    for root in shape.roots:
        if drawing.left <= 0:
            lines.append(Line(0, rest=Cut(root, shape.sizes[root])))
            break
        lines.append(drawing.line(root))
    return lines
