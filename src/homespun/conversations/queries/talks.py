"""Conversations as a list shows them: first words, last words, who is in them, and their shape. Constant in queries."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.text import Truncator

from homespun.conversations.models import Conversation, MissingParent, Post
from homespun.conversations.queries.mentions import waiting_in
from homespun.conversations.queries.news import News, counted
from homespun.people.models import Account

EXCHANGES, THREADS, INCOMPLETE = Q(voices__gt=1), Q(posts__gt=1, voices=1), Q(missing__gt=0)  # as their indexes have them
SHOWN = {
    "exchanges": EXCHANGES,
    "ours": EXCHANGES & Q(own__gt=0),
    "threads": THREADS,
    "missing": INCOMPLETE,
    "everything": Q(),
}
FITS: dict[str, Callable[[Conversation], bool]] = {  # the same of a row that is held
    "exchanges": lambda row: row.voices > 1,
    "ours": lambda row: row.voices > 1 and row.own > 0,
    "threads": lambda row: row.posts > 1 and row.voices == 1,
    "missing": lambda row: row.missing > 0,
    "everything": lambda row: True,
}
UNASKED = ("exchanges", "threads", "missing", "everything")  # the first of them that there is
SIGNS = 25  # of a strip: one more than is drawn, so that it can say that it goes on
FACES = 3
NOTHING = News()
TITLE = 90
ADDRESSED = re.compile(r"^(?:\s*[.:]?@\w[\w.@-]*[,:]?)+\s*|https?://\S+")
SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+")


class Seat(NamedTuple):
    """A post as a list needs it."""

    post: int
    conversation: int
    author: int | None
    network: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation of a list."""

    conversation: Conversation
    title: str
    last: Post | None  # what was said last, where there is more than the first
    faces: tuple[Account, ...]
    signs: tuple[str, ...]  # us, them, missing
    networks: tuple[str, ...]
    opening: Post | None
    new: int = 0
    waits: int = 0  # posts that wait for an answer
    also: tuple[Conversation, ...] = ()  # the same on other networks

    @property
    def posts(self) -> int:
        return self.conversation.posts + sum(other.posts - 1 for other in self.also)

    @property
    def missing(self) -> int:
        return self.conversation.missing + sum(other.missing for other in self.also)

    @property
    def said(self) -> str:
        """The last words, without whom they are addressed to."""
        return bare(shown_words(self.last))


@dataclass(frozen=True, slots=True)
class Shown:
    """One part of a list, and which conversations it is of."""

    name: str
    rows: list[Conversation]


def shown(conversations: QuerySet[Conversation], name: str, *, most: int, before: int | None = None) -> Shown:
    """The newest of those that are asked for. Where no choice was made: exchanges, and what comes nearest to one where there is none."""
    names = (name,) if name in SHOWN else UNASKED
    if before is not None:
        conversations = conversations.filter(latest__lt=before)
    for name in names:
        rows = list(conversations.filter(SHOWN[name]).order_by("-latest", "-pk")[:most])
        if rows:
            break
    return Shown(name, rows)


def span(conversations: QuerySet[Conversation], name: str) -> tuple[int, int] | None:
    """First and last of the keys of last words; of ours those of all exchanges, whose index tells them at once."""
    latest = conversations.filter(SHOWN["exchanges" if name == "ours" else name]).order_by("latest").values_list("latest", flat=True)
    first, last = latest.first(), latest.last()
    return None if first is None or last is None else (first, last)


def talks(conversations: Sequence[Conversation], *, news: News = NOTHING) -> list[Talk]:
    """What a list shows of these conversations; `news` says since when posts are new. Seven queries."""
    seats = _seats([conversation.pk for conversation in conversations])
    ghosts = dict(
        MissingParent.objects.filter(child__in=[seat.post for row in seats.values() for seat in row]).values_list("child_id", "uri")
    )
    first = {pk: row[0].post for pk, row in seats.items()}
    posts = Post.objects.select_related("author").in_bulk({*first.values(), *(conversation.latest for conversation in conversations)})
    accounts = Account.objects.in_bulk({seat.author for row in seats.values() for seat in row if seat.author})
    new = counted(news, [conversation.pk for conversation in conversations])
    waits = waiting_in([conversation.pk for conversation in conversations])
    return [
        replace(
            _talk(row, seats[row.pk], ghosts, posts.get(first.get(row.pk, 0)), posts.get(row.latest), accounts),
            new=new[row.pk],
            waits=waits[row.pk],
        )
        for row in conversations
    ]


def _talk(
    row: Conversation,
    seats: Sequence[Seat],
    ghosts: dict[int, str],
    opening: Post | None,
    last: Post | None,
    accounts: dict[int, Account],
) -> Talk:
    own = {account.pk for account in accounts.values() if account.is_own}
    people = dict.fromkeys(seat.author for seat in seats if seat.author)
    return Talk(
        conversation=row,
        title=title(shown_words(opening)),
        last=last if opening and last and last.pk != opening.pk else None,
        faces=tuple(accounts[pk] for pk in list(people)[:FACES] if pk in accounts),
        signs=tuple(_signs(seats, ghosts, own)),
        networks=tuple(dict.fromkeys(seat.network for seat in seats)),
        opening=opening,
    )


def as_one(talks: Sequence[Talk], twins: Mapping[int, Sequence[int]], name: str) -> list[Talk]:
    """Conversations that are the same on several networks once, where something was said in one of them last."""
    by_key = {talk.conversation.pk: talk for talk in talks}
    found = []
    for talk in talks:
        others = [by_key[key] for key in twins.get(talk.conversation.pk, ()) if key in by_key]
        place = (talk.conversation.latest, talk.conversation.pk)
        if not any((other.conversation.latest, other.conversation.pk) > place and FITS[name](other.conversation) for other in others):
            found.append(_with(talk, others) if others else talk)
    return found


def _with(talk: Talk, others: Sequence[Talk]) -> Talk:
    every = [talk, *others]
    return replace(
        talk,
        last=max((each.last for each in every if each.last), key=lambda post: post.pk, default=None),
        faces=tuple(dict.fromkeys(face for each in every for face in each.faces))[:FACES],
        signs=(*talk.signs, *(sign for other in others for sign in other.signs[1:]))[:SIGNS],
        networks=tuple(dict.fromkeys(name for each in every for name in each.networks)),
        new=sum(each.new for each in every),
        waits=sum(each.waits for each in every),
        also=tuple(other.conversation for other in others),
    )


def _signs(seats: Iterable[Seat], ghosts: dict[int, str], own: set[int]) -> Iterable[str]:
    shown: set[str] = set()
    for seat in seats:
        ghost = ghosts.get(seat.post)
        if ghost and ghost not in shown:
            shown.add(ghost)
            yield "missing"
        yield "us" if seat.author in own else "them"


def shown_words(post: Post | None) -> str:
    """What a list may show of a post: what its author put before the words, where there is such a thing."""
    return (post.warning or post.text) if post else ""


def title(text: str) -> str:
    """A conversation goes by its first sentence or its heading, without whom it is addressed to and without addresses."""
    words = bare(text)
    heading = " ".join(ADDRESSED.sub("", text).strip().partition("\n\n")[0].split())
    first = SENTENCE.split(heading, maxsplit=1)[0]
    chosen = first if len(first) >= 12 else words
    shown = cut(chosen)
    return shown[:-1] if shown.endswith((".", "。")) and not shown.endswith("..") else shown


def cut(text: str) -> str:
    """At the end of a word, where words have ends."""
    shown = Truncator(text).chars(TITLE)
    if shown == text:
        return text
    words = shown[:-1].rpartition(" ")[0] if text[len(shown) - 1] != " " else shown[:-1]
    return f"{words.rstrip(' -–,;:') if len(words) > TITLE // 2 else shown[:-1]}…"


def bare(text: str) -> str:
    return " ".join(ADDRESSED.sub("", text).split()) or " ".join(text.split())


def _seats(conversations: Sequence[int]) -> dict[int, list[Seat]]:
    """The first posts of each conversation, enough for its strip, in one query whatever the size of any of them."""
    found: dict[int, list[Seat]] = defaultdict(list)
    if not conversations:
        return found
    one = (
        "select * from (select id, conversation_id, author_id, network from conversations_post"
        f" where conversation_id = %s order by id limit {SIGNS}) as one{{}}"
    )
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(one.format(place) for place in range(len(conversations))), conversations)
        for row in cursor.fetchall():
            found[row[1]].append(Seat(*row))
    return found
