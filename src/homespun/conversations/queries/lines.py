"""A conversation as a page draws it: the first answer goes straight on, every other branches off; long things are cut and linked.

A line is a post, its first answer, the first answer to that, and so on. The other answers begin lines of their own, in the order in
which they happened: each branches off after the last post of the line that is older, which need not be the post that it answers.
What is drawn at once is bounded, whatever the conversation is: so many posts in all, so many branches beside one post, so many posts
of a branch, and no branch deeper than four.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from homespun.conversations.queries.tree import Key, Shape

POSTS = 80  # drawn at once
BRANCHES = 8  # of one post
BRANCH = 12  # posts of a branch
DEEP = 4

Moment = tuple[int, str]  # ms since 1970 and a uri: posts of the same time are in order of uri
Waiting = list[tuple[Moment, int, Key]]  # a heap of answers that are to branch off: when, which answer it is, and to which post


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
    further: list[Cut] = field(default_factory=list)  # more branches from here on; `key` is the first of them


@dataclass(slots=True)
class Line:
    depth: int
    rows: list[Row] = field(default_factory=list)
    rest: Cut | None = None
    parent: Key | None = None  # the post that it answers, where it branches off after another

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
        line, waiting = Line(depth), Waiting()
        for key in self.shape.line(start):
            if line.rows:
                self._branch_off(line, waiting, before=self.moment(key))
            if self.left <= 0 or (depth and len(line.rows) >= BRANCH):
                line.rest = Cut(key, self.shape.sizes[key])
                break
            self.left -= 1
            line.rows.append(Row(key))
            self._await_answers(line.rows[-1], depth, waiting)
        self._branch_off(line, waiting)
        return line

    def beside(self, above: Key, place: int, depth: int, most: int = BRANCHES) -> Row:
        """The lines of a post's answers from `place` on, all of them beside that post."""
        row, others = Row(above), self.shape.answers.get(above, [])
        for here, key in enumerate(islice(others, place, None), start=place):
            if len(row.branches) >= most or self.left <= 0:
                row.further = [self._rest_of(above, here)]
                break
            row.branches.append(self.line(key, depth + 1))
            row.branches[-1].parent = above
        return row

    def moment(self, key: Key) -> Moment:
        """When a post was written; of a missing one, when it was first answered."""
        while isinstance(key, str):
            key = self.shape.answers[key][0]
        return key >> 22, self.shape.leaves[key].uri

    def _await_answers(self, row: Row, depth: int, waiting: Waiting) -> None:
        others = self.shape.answers.get(row.key, [])
        if depth >= DEEP and len(others) > 1:
            row.deeper = Cut(row.key, sum(self.shape.sizes[each] for each in others[1:]))
            return
        for place, key in enumerate(others[1 : BRANCHES + 2], start=1):  # one more than is drawn: the rest goes on there
            heapq.heappush(waiting, (self.moment(key), place, row.key))

    def _branch_off(self, line: Line, waiting: Waiting, before: Moment | None = None) -> None:
        """Draw the answers that are older than `before` after the last post of the line."""
        row = line.rows[-1]
        while waiting and (before is None or waiting[0][0] < before):
            _when, place, above = heapq.heappop(waiting)
            if place > BRANCHES or self.left <= 0:
                row.further.append(self._rest_of(above, place))
                waiting[:] = [each for each in waiting if each[2] != above]
                heapq.heapify(waiting)
                continue
            branch = self.line(self.shape.answers[above][place], line.depth + 1)
            branch.parent = above if above != row.key else None
            row.branches.append(branch)

    def _rest_of(self, above: Key, place: int) -> Cut:
        """All answers to a post from `place` on."""
        others = self.shape.answers[above]
        return Cut(others[place], sum(self.shape.sizes[each] for each in others[place:]))


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
