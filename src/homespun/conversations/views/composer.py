"""The form in which one writes, as it stands under a conversation and on a page of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language

from homespun.conversations.models import Connection, Conversation, Mention, Post
from homespun.conversations.views.drawn import DrawnLine
from homespun.conversations.views.hand import Hand, cards_in, hand
from homespun.conversations.writing.addressees import home_of, opening_of
from homespun.conversations.writing.form import About, WriteForm, new_key
from homespun.conversations.writing.pens import READABLE, Pen, can_be_answered
from homespun.conversations.writing.previews import Preview
from homespun.core.site import site
from homespun.users.models import User

NEWEST = 20  # posts among which the one to be answered is looked for


@dataclass(frozen=True)
class Composer:
    """A form with what stands around it."""

    form: WriteForm
    about: About
    may_post: bool
    becomes: list[Preview] = field(default_factory=list)  # in which parts, once that was asked
    again: int = 0  # key of what was taken back to be written anew

    @property
    def name(self) -> str:
        """What is being written, for what the browser keeps of it."""
        if self.again:
            return f"again-{self.again}"
        return (
            f"answer-{self.about.answered.pk}" if self.about.answered else f"quote-{self.about.quoted.pk}" if self.about.quoted else "new"
        )

    @property
    def query(self) -> str:
        told = {"answer": self.about.answered, "quote": self.about.quoted}
        asked = {name: post.pk for name, post in told.items() if post} | ({"again": self.again} if self.again else {})
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def action(self) -> str:
        return reverse("conversations:write") + self.query

    @property
    def several(self) -> bool:
        """Whether more than one account may be chosen at once: a new post may go everywhere, an answer goes where it belongs."""
        return not self.about.answered and not self.about.quoted

    @property
    def chosen(self) -> list[int]:
        return [int(each) for each in self.form["to"].value() or []]

    @property
    def first(self) -> Pen:
        return next((pen for pen in self.form.pens if pen.connection.pk in self.chosen), self.form.pens[0])

    @property
    def pictures(self) -> int:
        """How many are there already."""
        return sum(slot.file is not None for slot in self.form.slots)

    @property
    def most_pictures(self) -> int:
        return max(pen.limits.pictures for pen in self.form.pens)


def composer(
    hand: Hand, about: About, *, now: datetime, initial: dict[str, Any] | None = None, again: int = 0, inside: str = ""
) -> Composer | None:
    """An empty one, or one filled with what was written before; None where no account of ours can write there.

    `inside` tells it apart from another one on the same page.
    """
    held = pens_for(hand, about)
    if not hand.may_write or not held:
        return None
    told = {"key": new_key(), "text": opening(held, about), "to": [held[0].connection.pk], "language": language(about)}
    form = WriteForm(initial=told | (initial or {}), pens=held, about=about, now=now, auto_id=inside + auto_id(about))
    if inside:
        form.fields["text"].widget.attrs["autofocus"] = True
    form.initial.setdefault("visibility", next(iter(form.audiences()), None))
    return Composer(form, about, hand.may_post, again=again)


def pens_for(hand: Hand, about: About) -> list[Pen]:
    """Those that can write it: an answer goes out on the network of what it answers."""
    post = about.answered or about.quoted
    found = [
        pen
        for pen in hand.pens
        if (not post or pen.connection.network == post.network)
        and pen.audiences(about.answered)
        and (not about.quoted or pen.limits.quotes)
    ]
    return sorted(found, key=lambda pen: pen.connection.account_id not in spoken_to(about)) if len(found) > 1 else found


def spoken_to(about: About) -> set[int | None]:
    """Which of our accounts a post speaks to: that is the one to answer with."""
    if not about.answered:
        return set()
    parent = about.answered.parent
    return {parent.author_id if parent else None, *Mention.objects.filter(post=about.answered).values_list("account", flat=True)}


def opening(held: list[Pen], about: About) -> str:
    """Where an answer reaches only those that it names, it begins with their names, which mean the same whichever account is chosen."""
    homes = {home_of(pen.connection) for pen in held}
    home = homes.pop() if len(homes) == 1 else ""
    return opening_of(held[0].addressees(about.answered), home) if held[0].limits.names else ""


def language(about: About) -> str:
    post = about.answered or about.quoted
    return (post.lang if post else "").partition("-")[0] or site().language.partition("-")[0] or (get_language() or "en")


def auto_id(about: About) -> str:
    """Several may stand on one page."""
    post = about.answered or about.quoted
    return f"w{post.pk}-%s" if post else "w-%s"


def to_answer(found: Conversation, hand: Hand) -> Post | None:
    """What an answer at the end of a conversation answers: the newest post of somebody else, else our own newest."""
    networks = {pen.connection.network for pen in hand.pens}
    if not hand.may_write or not networks:
        return None
    newest = Post.objects.filter(conversation=found, visibility__in=READABLE).select_related("author").order_by("-pk")[:NEWEST]
    there = [post for post in newest if post.network in networks and can_be_answered(post)]
    return next((post for post in there if not (post.author and post.author.is_own)), there[0] if there else None)


def at_hand(user: User, found: Conversation, lines: Iterable[DrawnLine], now: datetime) -> dict[str, Any]:
    """What one can do on the page of a conversation: with each post, and at its end."""
    lines = list(lines)
    held = hand(user, lines)
    last = to_answer(found, held)
    return {"hand": held, "composer": composer(held, About(last), now=now) if last else None, "broken": broken(held, lines)}


def broken(held: Hand, lines: Iterable[DrawnLine]) -> Connection | None:
    """An account that could answer here if it were connected again, where none can."""
    networks = {card.network for card in cards_in(lines)} if held.may_write and held.broken else set()
    networks -= {pen.connection.network for pen in held.pens}
    return next((each for each in held.broken if each.network in networks), None)
