"""What the address of the Conversations page asks for, and the addresses of the same with something changed."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from homespun.conversations.queries import Search, question

LONGEST = 300  # characters of a question that are read


@dataclass(frozen=True, slots=True)
class Asked:
    q: str = ""
    author: str = ""
    since: date | None = None
    until: date | None = None
    picture: bool = False
    order: str = "newest"
    show: str = ""
    of: str = ""  # of what waits for an answer: me, nobody; else all
    before: int | None = None

    @property
    def is_search(self) -> bool:
        return self.is_narrowed or (bool(self.q.strip()) and not question(self.q).is_unclear)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.author or self.since or self.until or self.picture)

    def search(self, *, typing: bool) -> Search:
        named = {name: value for name, value in (("author", self.author), ("since", self.since), ("until", self.until)) if value}
        return Search(replace(question(self.q), **named), has_picture=self.picture, typing=typing)  # type: ignore[arg-type]  # of one type each

    def address(self, **changes: object) -> str:
        """The query of an address; what is not asked for is left out of it."""
        asked = asdict(replace(self, before=None)) | changes
        asked["from"] = asked.pop("author")
        pairs = [
            (name, "1" if value is True else str(value)) for name, value in asked.items() if value and (name, value) != ("order", "newest")
        ]
        return f"?{urlencode(pairs)}" if pairs else ""


def asked(data: QueryDict) -> Asked:
    return Asked(
        q=data.get("q", "")[:LONGEST],
        author=data.get("from", "").strip()[:LONGEST],
        since=_day(data.get("since", "")),
        until=_day(data.get("until", "")),
        picture=data.get("picture") == "1",
        order="ranked" if data.get("order") == "ranked" else "newest",
        show=data.get("show", ""),
        of=next((of for of in ("me", "nobody") if data.get("of") == of), ""),
        before=number(data.get("before")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def number(text: str | None) -> int | None:
    """A key; None for anything else, and for what no key can be."""
    try:
        value = int(text or "")
    except ValueError:
        return None
    return value if -(2**63) <= value < 2**63 else None
