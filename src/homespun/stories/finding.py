"""Finding posts to bring into a story: the search of the conversations, as the studio asks it."""

from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from homespun.conversations.queries import Found as Answer
from homespun.conversations.queries import search
from homespun.stories.forms import Asked

AT_ONCE = 40  # posts that the panel shows
ALL = 500  # posts that "add all" brings in at once


@dataclass(frozen=True)
class Found:
    """Uris newest first, the words around what was found, and how many there are in all (`more`: at least)."""

    uris: list[str]
    count: int
    more: bool = False
    highlights: dict[str, SafeString] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        if not self.count:
            return gettext("Nothing has these words.")
        if self.more:
            return gettext("Over %(n)s posts") % {"n": self.count}
        return ngettext("%(n)s post", "%(n)s posts", self.count) % {"n": self.count}


def find(question: Asked) -> Found:
    answer = _search(question, AT_ONCE)
    highlights = {} if question.is_empty else {hit.card.uri: hit.excerpt for hit in answer.hits}
    return Found([hit.card.uri for hit in answer.hits], answer.count, answer.more, highlights)


def uris_found(question: Asked) -> list[str]:
    """Oldest first, as a story is told."""
    return [hit.card.uri for hit in reversed(_search(question, ALL).hits)]


def _search(question: Asked, limit: int) -> Answer:
    since, until = question.dates
    author = question.by or None
    return search(question.q, limit=limit, author=author, since=since, until=until, has_picture=question.picture, typing=True)
