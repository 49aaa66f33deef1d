"""One line of the sample: who said what and when, what it answers, and which of the archives lost it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from homespun.conversations.sample.cast import CAST, Speaker

SNOWFLAKE_EPOCH = 1_288_834_974_657
SNOWFLAKE_SHIFT = 22


@dataclass(frozen=True)
class Line:
    """A post. `lost`: its author's archive lacks it. `liked`: it stands in our likes. `reposted`: by Bryony, at that time."""

    key: str
    by: str
    at: str  # 2017-10-09 08:14, UTC
    text: str
    answers: str = ""
    lost: bool = False
    liked: bool = False
    reposted: str = ""
    picture: str = ""
    alt: str = ""
    note: str = ""  # the whole of a long post, of which `text` is the beginning
    edits: str = ""  # key of the line that this one is a later version of

    @property
    def moment(self) -> datetime:
        """The minute, and somewhere in it: what was said in one minute has an order, too."""
        return datetime.strptime(self.at, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) + timedelta(milliseconds=self.salt % 40_000)

    @property
    def salt(self) -> int:
        return sum(self.key.encode()) * 7919

    @property
    def speaker(self) -> Speaker:
        return CAST[self.by]

    @property
    def id(self) -> int:
        return snowflake(self.moment, self.salt)

    @property
    def uri(self) -> str:
        return f"https://x.com/i/status/{self.id}"


def snowflake(moment: datetime, salt: int) -> int:
    """An id as X makes them: milliseconds since its own beginning, and some bits of the machine's."""
    return (round(moment.timestamp() * 1000) - SNOWFLAKE_EPOCH) << SNOWFLAKE_SHIFT | salt % 4096
