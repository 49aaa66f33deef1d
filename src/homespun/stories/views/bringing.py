"""What the panel of the studio holds: posts of a conversation, or found among all, and which of them the story has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from homespun.conversations.models import Conversation, Post
from homespun.conversations.queries import conversation_uris
from homespun.people.models import Account
from homespun.stories.finding import AT_ONCE, find, uris_found
from homespun.stories.forms import Asked, asked, number
from homespun.stories.models import Story
from homespun.stories.queries import originals, post_uris, posts, shown_words
from homespun.stories.queries.quoted import is_private
from homespun.stories.queries.studio import conversations_of
from homespun.stories.views.shown import post_words
from homespun.users.models import User


@dataclass(frozen=True)
class Tab:
    name: str
    label: str


@dataclass(frozen=True)
class Hit:
    """One post that may come in."""

    uri: str
    author: Account | None
    published: datetime
    words: SafeString
    is_in: bool
    conversation: int = 0
    others: int = 0  # posts of its conversation, 0 where there is but this one

    @property
    def name(self) -> str:
        return (self.author.name or f"@{self.author.handle}") if self.author else gettext("Somebody")


@dataclass(frozen=True)
class Choice:
    pk: int
    label: str


@dataclass(frozen=True)
class Panel:
    name: str
    url: str
    tabs: Sequence[Tab]
    hits: Sequence[Hit] = ()
    sentence: str = ""
    missing: int = 0
    hidden: Sequence[tuple[str, str]] = ()
    conversations: Sequence[Choice] = ()
    conversation: Choice | None = None
    asked: Asked = field(default_factory=Asked)
    more: str = ""

    @property
    def template(self) -> str:
        return f"stories/studio/panel_{self.name}.html"

    @property
    def can_drag(self) -> bool:
        return any(not hit.is_in for hit in self.hits)

    @property
    def all_label(self) -> str:
        return ngettext("Add it", "Add all %(n)s", self.missing) % {"n": self.missing}


def panel_for(user: User, story: Story, data: QueryDict) -> Panel:
    """The panel as it was asked for; a story with posts shows their conversation first, one without shows the search."""
    choices = [Choice(row.pk, _called(row)) for row in conversations_of(story)]
    tabs = [Tab("conversation", gettext("This conversation"))] if choices else []
    tabs += [Tab("all", gettext("All posts")), Tab("address", gettext("Link"))]
    name = data.get("panel", "")
    name = name if name in [tab.name for tab in tabs] else tabs[0].name
    frame = Panel(name, reverse("stories:panel", args=[story.slug]), tabs)
    if name == "conversation":
        return _conversation(story, frame, choices, number(data.get("conversation")))
    return _all(story, frame, asked(data)) if name == "all" else frame


def _conversation(story: Story, frame: Panel, choices: list[Choice], pk: int | None) -> Panel:
    chosen = next((choice for choice in choices if choice.pk == pk), choices[0])
    uris = conversation_uris(chosen.pk)
    there = set(post_uris(story))
    missing = len([uri for uri in uris if uri not in there])
    hits = _hits(uris[:AT_ONCE], there, conversations=False) if missing else []  # else it would repeat the story beside it
    sentence = _how_many(missing, len(uris))
    hidden = [("panel", "conversation"), ("conversation", str(chosen.pk))]
    more = gettext("The first %(n)s are shown.") % {"n": AT_ONCE} if hits and len(uris) > AT_ONCE else ""
    return Panel(frame.name, frame.url, frame.tabs, hits, sentence, missing, hidden, choices, chosen, more=more)


def _how_many(missing: int, total: int) -> str:
    if not missing:
        return ngettext("Its %(n)s post is in the story", "All %(n)s posts are in the story", total) % {"n": total}
    return gettext("%(n)s of %(total)s are not in the story") % {"n": missing, "total": total}


def _all(story: Story, frame: Panel, question: Asked) -> Panel:
    hidden = [("panel", "all"), *question.hidden]
    found = find(question)
    there = set(post_uris(story))
    hits = _hits(found.uris, there, highlights=found.highlights)
    if question.is_empty:
        sentence, missing = gettext("Newest posts"), 0
    else:
        missing = len([uri for uri in found.uris if uri not in there]) if found.count <= AT_ONCE else found.count
        sentence = found.sentence
    more = gettext("The newest %(n)s are shown. Add words to find fewer.") % {"n": len(hits)} if found.count > len(hits) and hits else ""
    return Panel(frame.name, frame.url, frame.tabs, hits, sentence, missing, hidden, asked=question, more=more)


def _hits(
    uris: Sequence[str], there: set[str], *, highlights: dict[str, SafeString] | None = None, conversations: bool = True
) -> list[Hit]:
    held = posts(uris)
    rows = [held[uri] for uri in uris if uri in held]
    talks = {row.conversation_id for row in rows} if conversations else set()
    sizes = dict(Conversation.objects.filter(pk__in=talks).values_list("pk", "posts"))
    reposted = {key: post for key, post in originals(rows).items() if not is_private(post)}
    marked = highlights or {}
    return [_hit(row, reposted.get(row.pk), row.uri in there, sizes.get(row.conversation_id, 0), marked.get(row.uri)) for row in rows]


def _hit(row: Post, original: Post | None, is_in: bool, size: int, highlighted: SafeString | None) -> Hit:
    words = highlighted or post_words(Truncator(shown_words(row, original).text).chars(280))
    return Hit(row.uri, row.author, row.published, words, is_in, row.conversation_id, size if size > 1 else 0)


def _called(row: Post) -> str:
    """A conversation by its first words, which the post with the conversation's own key has."""
    return Truncator(row.text).chars(60)


def uris_asked(data: QueryDict) -> list[str]:
    """What a press of one of the panel's buttons brings in, in the order in which it is read."""
    uri = data.get("uri")
    if uri:
        return [uri]
    if "all" in data and data.get("panel") == "all":
        return uris_found(asked(data))
    pk = number(data.get("conversation"))
    return conversation_uris(pk) if pk is not None else []
