"""Finding posts to bring into a story: the search of the conversations, as the studio asks it."""

from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from homespun.conversations.models import Post
from homespun.stories.forms import Asked

AT_ONCE = 60  # posts that the panel shows
ALL = 500  # posts that "add all" brings in at once


@dataclass(frozen=True)
class Found:
    uris: list[str]
    count: int
    highlights: dict[str, SafeString] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        if not self.count:
            return gettext("Nothing has these words.")
        return ngettext("%(n)s post", "%(n)s posts", self.count) % {"n": self.count}


def find(question: Asked) -> Found:
    rows = Post.objects.filter(text__icontains=question.q).order_by("-pk")
    return Found(list(rows.values_list("uri", flat=True)[:AT_ONCE]), rows.count())


def uris_found(question: Asked) -> list[str]:
    """Oldest first, as a story is told."""
    return find(question).uris[::-1]
