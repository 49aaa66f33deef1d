"""Pens: own accounts that can write, each with what its network lets one write and how it counts."""

from collections.abc import Iterable
from dataclasses import dataclass

from homespun.conversations.actions.asking import speaker
from homespun.conversations.models import Connection, Post, State
from homespun.conversations.writing.addressees import NOBODY, Addressees, addressees_of, home_of, mentions_for, to_mention
from homespun.core.door import door
from homespun.networks import NetworkError
from homespun.networks.protocols import Limits, Speaks
from homespun.networks.splitting import split
from homespun.networks.values import FOR_FEW, Visibility

SHORT_LINK = "https://a.example"
LONG_LINK = "https://stile.example/" + "a" * 200
LONG_NAME = "@a@" + "stile." * 20 + "example"
SHARED = (Visibility.PUBLIC, Visibility.UNLISTED)
READABLE = (*SHARED, Visibility.FOLLOWERS, Visibility.DIRECT)  # what was posted to be read by others than its author


@dataclass(frozen=True)
class Pen:
    """One account to write with."""

    connection: Connection
    speaks: Speaks

    @property
    def limits(self) -> Limits:
        return self.speaks.limits

    @property
    def link(self) -> int:
        """The length at which every link is counted, or the least one where it is strict; 0: as it is."""
        short, long = self.speaks.length(SHORT_LINK), self.speaks.length(LONG_LINK)
        return short if long < len(LONG_LINK) or short > len(SHORT_LINK) else 0

    @property
    def is_strict(self) -> bool:
        """Whether it counts as several networks do, and takes the largest."""
        return self.link > 0 and self.speaks.length(LONG_LINK) >= len(LONG_LINK)

    @property
    def has_short_names(self) -> bool:
        """Whether names are counted without their server."""
        return self.speaks.length(LONG_NAME) < len(LONG_NAME)

    def addressees(self, answered: Post | None) -> Addressees:
        return addressees_of(answered, self.connection, self.speaks)

    def parts(self, text: str, warning: str = "", *, people: Addressees = NOBODY, visibility: int = Visibility.PUBLIC) -> list[str]:
        """The posts that this text becomes, with the names that each has to mention. Raises `NetworkError`.

        A text that fits in one post goes out as it was typed, unless it would reach nobody without the names. Where a network has no
        content warnings, the warning begins the text.
        """
        home = home_of(self.connection)
        names = to_mention(text, people, visibility, home)
        always = self.limits.names
        needs = (always and visibility in FOR_FEW, always, always or self.limits.names_in_parts)

        def opening(number: int, part: str) -> str:
            return mentions_for(part, names, home) if needs[min(number, 2)] else ""

        if warning and not self.limits.warns:
            text, warning = f"{warning}\n\n{text}", ""
        return split(text, longest=self.limits.longest, length=lambda part: self.length(part, warning), opening=opening)

    def length(self, part: str, warning: str = "") -> int:
        """As the network counts it, the warning included."""
        before = self.speaks.length(warning) + self.limits.warning_gap if warning and self.limits.warns else 0
        return before + self.speaks.length(part)

    def audiences(self, answered: Post | None) -> list[Visibility]:
        """Who may be let see it: never more than see what it answers."""
        least = answered.visibility if answered else Visibility.PUBLIC
        return [Visibility(each) for each in self.limits.visibilities if each >= least and least in READABLE]


def pens(connections: Iterable[Connection]) -> list[Pen]:
    """Those of them that can write now."""
    found = []
    for connection in connections:
        try:
            found.append(Pen(connection, speaker(connection, door())))
        except NetworkError:
            continue  # Settings > Connections says why
    return found


def can_be_answered(post: Post) -> bool:
    return post.visibility in READABLE and post.state in (State.LIVE, State.EDITED)


def can_be_shared(post: Post) -> bool:
    """Reposted or quoted."""
    return post.visibility in SHARED and post.state in (State.LIVE, State.EDITED)
