"""`complete`: ask wherever somebody of a conversation is at home for what of it is not here, answer by answer.

Each answer is stored in a transaction of its own, so that a kill at any moment loses nothing; what is asked again changes nothing. One
worker at a time asks for a conversation, with so many questions at most and for so long; what is left is asked for the next time.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.db import DatabaseError, InterfaceError, transaction

from homespun.conversations.actions import absences
from homespun.conversations.actions.asking import reader
from homespun.conversations.actions.blocks import Blocks
from homespun.conversations.actions.changes import AT_HOME
from homespun.conversations.actions.finding import find, root_of, sentence
from homespun.conversations.actions.held import values_of
from homespun.conversations.actions.locking import reading
from homespun.conversations.actions.record_check import unreadable_in
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import Completion, Conversation, MissingParent, Post, PostName
from homespun.conversations.queries import conversation_at
from homespun.conversations.queries.search import key_at
from homespun.core import audit
from homespun.core.live import changed
from homespun.http import Door, RequestCount, counting_requests
from homespun.http import NetworkError as DoorError
from homespun.http.once import asking_once
from homespun.networks import NetworkError, live, values
from homespun.networks import said as _
from homespun.networks.live import completes
from homespun.networks.protocols import Absent, Around, Completes
from homespun.users.models import User

log = logging.getLogger("homespun.completing")

ROUNDS = 12
SECONDS, REQUESTS = 300.0, 800  # of one asking, over all hosts, as their logs show them
CUT = _("Homespun stopped after %(asked)s requests, to be polite to the servers. It will go on from there when it checks again.")
CUT_WITH = _("Homespun stopped after %(asked)s requests, to be polite to the servers. Left for the next check: %(left)s posts.")
BROKEN = _("Something broke while a part was read. It has been written to the log, and the rest is here.")
AROUND = 0.75  # of these for what is around what is held; the rest for what that named
SOON = timedelta(minutes=10)  # after which a conversation of ours goes on where it was cut
AGES = (  # how old a conversation is, and how long it then rests
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=8)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=90), timedelta(days=7)),
)


@dataclass
class Completed:
    """What came of asking."""

    conversation: Conversation
    sent: RequestCount = field(default_factory=RequestCount)
    places: set[str] = field(default_factory=set)
    new: int = 0
    updated: int = 0
    troubles: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many requests it took."""
        return self.sent.requests

    @property
    def uri(self) -> str:
        return root_of(self.conversation)


def complete(
    *, by: User | None, now: datetime, door: Door, conversation: Conversation | None = None, uri: str = "", pressed: bool = True
) -> Completed:
    """Ask for what is missing of a conversation, found by itself or by any address in it. `pressed`: somebody waits for it.

    Raises `NetworkError` with a sentence where there is nothing at the address, and `locking.Busy` while another worker asks for it.
    """
    with counting_requests() as sent, asking_once():
        found = conversation or conversation_at(uri) or find(by=by, now=now, address=uri, door=door).conversation
        if found is None:
            raise NetworkError(_("What is there belongs to no conversation."))
        with reading(f"conversation-{found.pk}"):
            return Asker(by, now, door, Completed(found, sent), pressed=pressed).ask()


class Asker:
    """One asking for one conversation."""

    def __init__(self, by: User | None, now: datetime, door: Door, done: Completed, *, pressed: bool) -> None:
        self.by, self.now, self.door, self.pressed = by, now, door, pressed
        self.done = done
        self.taking = Taking(by, now, ours=done.conversation.own > 0)
        self.asked_for: set[str] = set()
        self.shown: set[str] = set()  # by their own hosts, just now
        self.was_cut = False  # the last asking, before it was through
        self.is_cut = False  # this one
        self.left: set[str] = set()  # named, and not asked for
        self.until = time.monotonic() + SECONDS
        self.blocks = Blocks(by, now, door, known_only=not pressed)

    def ask(self) -> Completed:
        self.was_cut = Completion.objects.filter(conversation=self.done.conversation.pk).exclude(trouble="").exists()
        self.write(Completion.State.RUNNING)
        earlier = absences.unasked_of(self.done.conversation.pk)
        for network in self.networks():
            client = reader(network, self.door)
            if completes(client) and not self.is_over():
                self.ask_network(network, client, earlier)
        self.keep_left(earlier)
        self.write(Completion.State.FAILED if self.done.troubles and not self.done.places else Completion.State.DONE)
        done = self.done
        audit.record(by=self.by, now=self.now, verb="conversation.complete", subject=f"conversation:{done.conversation.pk}", new=done.new)
        return done

    def networks(self) -> list[str]:
        there = set(Post.objects.filter(conversation=self.done.conversation).values_list("network", flat=True))
        return [network for network in live.CLIENTS if network in there]

    def keep_left(self, earlier: Sequence[str]) -> None:
        """For the next completion, what this one did not get to."""
        with transaction.atomic():
            absences.forget_unasked(set(earlier) - self.left)
            number = absences.note_unasked(self.left, by=self.by, now=self.now, conversation=self.done.conversation.pk)
        number += len(self.left.intersection(earlier))
        if self.is_cut:
            self.trouble(str(_((CUT_WITH if number else CUT).sentence, asked=self.done.asked, left=number)))

    def ask_network(self, network: str, client: Completes, earlier: Sequence[str]) -> None:
        self.blocks.authors(values_of(self.done.conversation, network))
        if damaged := unreadable_in(self.done.conversation, network):
            self.hear(client.fetch(damaged))
        around: set[str] = set()  # what the network was asked about
        for _round in range(ROUNDS):
            posts = values_of(self.done.conversation, network)
            fresh = self.turned([post for post in posts if post.uri not in around])
            hints = set(self.ghosts(network))
            if fresh:
                hints |= self.hear(client.around(fresh, named=earlier, is_over=partial(self.is_over, AROUND)))
                self.is_cut = self.is_cut or self.is_over(AROUND)
                around |= {post.uri for post in values_of(self.done.conversation, network)}
            wanted = self.wanted(hints)
            if self.is_over():
                self.leave(wanted)
            elif wanted:
                self.hear(client.fetch(sorted(wanted)), wanted)
            if self.is_over() or not (wanted or fresh):
                return

    def turned(self, posts: list[values.Post]) -> list[values.Post]:
        """The root first. Where the last asking was cut short, this one begins elsewhere in the rest, so that all have their turn."""
        start = 1 + Random(str(self.now)).randrange(len(posts)) if self.was_cut and posts else 1
        return [*posts[:1], *posts[start:], *posts[1:start]]

    def leave(self, uris: Iterable[str]) -> None:
        self.left.update(uris)
        self.is_cut = True

    def hear(self, answers: Iterator[Around], wanted: Iterable[str] = ()) -> set[str]:
        """Store answer by answer; gives what was named without being shown. What was wanted and never spoken of is out of reach for now."""
        hints: set[str] = set()
        silent = set(wanted)
        try:
            for answer in answers:
                hints.update(answer.hints)
                silent -= {post.uri for post in answer.posts} | {each.uri for each in answer.absent}
                silent -= {name for post in answer.posts for name in post.names}
                self.take(answer)
                if self.is_over():
                    self.leave(silent)
                    silent.clear()
                    break
        except (NetworkError, DoorError) as error:
            self.trouble(sentence(error))
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            log.exception("asking about conversation %d broke", self.done.conversation.pk)
            self.trouble(str(BROKEN))
        if silent:
            self.take(Around("", absent=tuple(Absent(uri, "unreachable") for uri in sorted(silent)), asked=0))
        return hints

    def trouble(self, words: str) -> None:
        if words not in self.done.troubles:
            self.done.troubles.append(words)

    def take(self, answer: Around) -> None:
        pk = self.done.conversation.pk
        self.blocks.authors(answer.posts)
        self.shown |= {post.uri for post in answer.posts if post.place in AT_HOME}
        absent = [each for each in answer.absent if each.uri not in self.shown]  # a view that knows less says that it is not there
        self.taking.take(answer.server, answer.posts, absent, conversation=pk)
        self.done.places |= {answer.server} - {""}
        self.done.new, self.done.updated = self.taking.new, self.taking.updated
        found = conversation_at(pk)  # what came may have joined it to another
        if found:
            self.done.conversation = found
            Completion.objects.filter(conversation=pk).exclude(conversation=found.pk).delete()
        self.write(Completion.State.RUNNING)

    def ghosts(self, network: str) -> list[str]:
        missing = MissingParent.objects.filter(child__conversation=self.done.conversation, child__network=network)
        return [uri for pair in missing.values_list("uri", "root") for uri in pair if uri]

    def wanted(self, hints: set[str]) -> set[str]:
        """Of what was named, that which is not here, was not asked for just now, and is not known to be beyond reach."""
        named = hints - self.asked_for
        held = {uri for part in parts(named) for uri in Post.objects.filter(uri__in=part).values_list("uri", flat=True)}
        held |= {name for part in parts(named) for name in PostName.objects.filter(name__in=part).values_list("name", flat=True)}
        wanted = named - held
        for part in parts(wanted):
            wanted -= absences.not_yet(part, now=self.now, pressed=self.pressed)
        self.asked_for |= wanted
        return wanted

    def is_over(self, part: float = 1) -> bool:
        """Whether all, or a part, of what one asking may take is spent."""
        return time.monotonic() > self.until - SECONDS * (1 - part) or self.done.asked >= REQUESTS * part

    def write(self, state: Completion.State) -> None:
        """How far it is, for the page that shows it."""
        done = self.done
        fresh = {
            "state": state,
            "begun": self.now,
            "begun_by": self.by,
            "ended": self.now if state in (Completion.State.DONE, Completion.State.FAILED) else None,
            "asked": done.asked,
            "places": len(done.places),
            "new": done.new,
            "trouble": "\n".join(done.troubles),
            "again": self.now + SOON if self.is_cut and done.conversation.own else next_asking(done.conversation, self.now),
        }
        Completion.objects.update_or_create(conversation=done.conversation.pk, defaults=fresh)
        changed()


def parts(uris: Iterable[str]) -> Iterator[list[str]]:
    every = list(uris)
    for start in range(0, len(every), 900):
        yield every[start : start + 900]


def next_asking(conversation: Conversation, now: datetime) -> datetime | None:
    """When it is asked about again by itself: young ones often, old ones seldom, the oldest never; only where we take part."""
    if not conversation.own:
        return None
    for age, rest in AGES:
        if conversation.latest >= key_at(now - age):
            return now + rest
    return None
