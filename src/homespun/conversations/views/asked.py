"""What the address of the Conversations page asks for, and the addresses of the same with something changed."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from homespun.conversations.queries import Search, question

LONGEST = 300  # characters of a question that are read
MOST_KEYS = 50  # sources or conversations that one address may name


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
    source: tuple[int, ...] = ()  # keys of sources: only conversations with a post from one of them
    only: tuple[int, ...] = ()  # keys of conversations: only these
    before: int | None = None

    @property
    def is_search(self) -> bool:
        return self.is_narrowed or (bool(self.q.strip()) and not question(self.q).is_unclear)

    @property
    def is_import(self) -> bool:
        """Whether only what arrived with an import, or with an address that somebody added, is listed."""
        return bool(self.source or self.only)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.author or self.since or self.until or self.picture)

    def search(self, *, typing: bool) -> Search:
        return Search(question(self.q), author=self.author, since=self.since, until=self.until, has_picture=self.picture, typing=typing)

    def address(self, **changes: object) -> str:
        """The query of an address; what is not asked for is left out of it."""
        asked = asdict(replace(self, before=None)) | changes
        asked["from"] = asked.pop("author")
        values = {name: "1" if value is True else value for name, value in asked.items() if value and (name, value) != ("order", "newest")}
        return f"?{urlencode(values, doseq=True)}" if values else ""


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
        source=_keys(data.getlist("source")),
        only=_keys(data.getlist("only")),
        before=number(data.get("before")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _keys(texts: list[str]) -> tuple[int, ...]:
    numbers = (number(text) for text in texts[:MOST_KEYS])
    return tuple(key for key in numbers if key is not None)


def number(text: str | None) -> int | None:
    """A key; None for anything else, and for what no key can be."""
    try:
        value = int(text or "")
    except ValueError:
        return None
    return value if -(2**63) <= value < 2**63 else None
