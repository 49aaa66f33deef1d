"""What listens all day: asks what is due, holds streams open, and sees to it that a silent one is not believed.

Runs as threads of one process beside a worker (`homespun listen`). Nothing here is kept in memory that matters: whoever kills it loses
nothing, as posts and cursors are written together.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from homespun.conversations.actions import hearing, syncing
from homespun.conversations.actions.asking import client_for, client_of
from homespun.conversations.actions.finding import sentence
from homespun.conversations.actions.hearing import Hearing, Told
from homespun.conversations.models import Connection, Stream
from homespun.core import wakeups
from homespun.core.jobs import stopping
from homespun.core.site import site
from homespun.core.wakeups import Waiter
from homespun.http import Door
from homespun.http import NetworkError as DoorError
from homespun.networks import NetworkError
from homespun.networks.live import streams
from homespun.networks.protocols import Streams

log = logging.getLogger("homespun.listening")

LOOK = wakeups.FALLBACK  # seconds between two looks at what is due, where nothing changes and nothing falls due
SOON = 2.0  # seconds before another look after a failure
TOGETHER = 0.1  # seconds in which several changes cost one look
AT_ONCE, OURS_AT_ONCE = 4, 2  # sources asked at once; those of others apart, so that their slow servers keep nothing said to us waiting
STREAMS = timedelta(seconds=5)  # between two looks at whether the streams are as they should be
OPENED = timedelta(seconds=10)  # after which a stream is certainly open
SILENCE = timedelta(minutes=3)  # after which a stream that says nothing at all is not believed
SHORTEST, LONGEST = 5.0, 300.0  # seconds before a stream that broke off is opened again
STUCK = 2  # times that it broke at one place, behind which it goes on the third time; what lies there is asked for
HOPELESS = 3600.0  # and one that its server refuses


@dataclass
class Ear:
    """Both, until `stopped` says so."""

    door: Door
    stopped: Callable[[], bool] = stopping
    lines: dict[str, "Line"] = field(default_factory=dict)
    asking: dict[int, Future[None]] = field(default_factory=dict)
    seen_to: datetime | None = None  # when it was last looked at the streams
    waiter: Waiter = field(init=False)  # while it listens

    def listen(self) -> None:
        with (
            Waiter(wakeups.CHANGES) as self.waiter,
            ThreadPoolExecutor(AT_ONCE, "asking") as others,
            ThreadPoolExecutor(OURS_AT_ONCE, "asking-ours") as ours,
        ):
            while not self.stopped():
                seconds = SOON
                try:
                    seconds = self.look(ours, others, timezone.now())
                except (DatabaseError, InterfaceError) as error:
                    log.warning("the database does not answer (%s)", error)
                    connections.close_all()
                except Exception:
                    log.exception("listening failed; it goes on")
                self.waiter.wait(seconds)
                time.sleep(TOGETHER)
            for line in self.lines.values():
                line.over.set()
        connections.close_all()

    def look(self, ours: ThreadPoolExecutor, others: ThreadPoolExecutor, now: datetime) -> float:
        """Do what is due. Returns the seconds until something is due by itself."""
        self.ask_due(ours, others, now)
        seconds = self.see_to_streams_in_turn(now)
        due = syncing.next_due(besides=self.asking)
        return min(seconds, (due - timezone.now()).total_seconds()) if due else seconds

    def see_to_streams_in_turn(self, now: datetime) -> float:
        """Look at the streams, unless that was done just now. Returns the seconds until the next look."""
        if self.seen_to is not None and (left := self.seen_to + STREAMS - now) > timedelta(0):
            return left.total_seconds()
        self.see_to_streams(now)
        self.seen_to = now
        return LOOK

    def ask_due(self, ours: ThreadPoolExecutor, others: ThreadPoolExecutor, now: datetime) -> None:
        syncing.ensure_own(now=now)
        self.asking = {pk: future for pk, future in self.asking.items() if not future.done()}
        due = [pk for pk in syncing.due(now=now) if pk not in self.asking]
        own = syncing.ours(due) if due else set()
        self.asking |= {pk: (ours if pk in own else others).submit(self.ask, pk) for pk in due}
        for pk in due:
            self.asking[pk].add_done_callback(lambda _future: self.waiter.wake())

    def ask(self, pk: int) -> None:
        try:
            with translation.override(site().language):
                syncing.sync(listening=pk, now=timezone.now(), door=self.door)
        except (DatabaseError, InterfaceError) as error:
            log.warning("the database does not answer (%s)", error)
            connections.close_all()
        except Exception:  # which nobody would hear of, as nobody asks what became of it
            log.exception("asking source %d failed", pk)

    def see_to_streams(self, now: datetime) -> None:
        """Open those that there should be, close the others, and begin anew with what has fallen silent or is to tell of others."""
        wanted = hearing.to_be_open()
        for name, line in list(self.lines.items()):
            if name not in wanted or not line.is_alive() or self.is_to_tell_of_others(line, now) or self.is_silent(line, now):
                line.over.set()
                del self.lines[name]
        hearing.close_others(wanted)
        for name, told in wanted.items():
            if name not in self.lines:
                self.lines[name] = Line(name, told, hearing.wanted(told[0]), self.door, self.stopped)
                self.lines[name].start()

    def is_to_tell_of_others(self, line: "Line", now: datetime) -> bool:
        """What those have said meanwhile whom it does not tell of yet is asked for once it does."""
        wanted = hearing.wanted(line.told[0])
        if line.addresses == wanted:
            return False
        hearing.ask_soon(network=line.told[0], uris=set(wanted).difference(line.addresses), at=now + OPENED)
        return True

    def is_silent(self, line: "Line", now: datetime) -> bool:
        row = Stream.objects.filter(name=line.name).first()
        if row is None or row.trouble or now - max(row.begun, row.heard or row.begun) < SILENCE:
            return False
        with translation.override(site().language):
            why = _("It has said nothing for some minutes, so it is opened anew, and what it may have left out is asked for.")
        hearing.failed(stream=row, why=why, anew=False, now=now)
        return True


class Line(threading.Thread):
    """One stream, opened again after growing pauses when it breaks off."""

    def __init__(self, name: str, told: Told, addresses: list[str], door: Door, stopped: Callable[[], bool]) -> None:
        super().__init__(name=name, daemon=True)
        self.told, self.addresses, self.door, self.stopped = told, addresses, door, stopped
        self.over = threading.Event()
        self.row: Stream | None = None

    def is_over(self) -> bool:
        return self.over.is_set() or self.stopped()

    def run(self) -> None:
        pause = SHORTEST
        try:
            while not self.is_over():
                begun = time.monotonic()
                with translation.override(site().language):
                    again = self.hold()
                if again is None:
                    self.over.wait(HOPELESS)
                    return
                pause = SHORTEST if time.monotonic() - begun > LONGEST else min(pause * 2, LONGEST)
                self.over.wait(max(pause, again))
        finally:
            connections.close_all()

    def hold(self) -> float | None:
        """Hear it until it ends; seconds to wait before the next try at least, None where there is no stream to be had."""
        try:
            client = self.client()
            if not streams(client):
                return None
            self.hear(client)
        except (NetworkError, DoorError) as error:
            self.failed(sentence(error), anew=not error.permanent)
            return None if error.permanent else max(syncing.asked_pause(error), 0.0)
        except (DatabaseError, InterfaceError) as error:
            log.warning("the database does not answer (%s)", error)
            connections.close_all()
        except Exception:
            log.exception("the stream of %s failed", self.name)
            is_stuck = self.row is not None and self.row.failures >= STUCK
            self.failed(_("Something broke while it was heard. It has been written to the log."), anew=is_stuck)
        return 0.0

    def client(self) -> object | None:
        network, connection = self.told
        if connection is None:
            return client_of(network, self.door)
        return client_for(Connection.objects.select_related("account").get(pk=connection), self.door)

    def hear(self, client: Streams) -> None:
        self.row = hearing.opened(name=self.name, told=self.told, now=timezone.now())
        kept = Hearing(self.row)
        for heard in client.stream(self.addresses, self.row.cursor, self.is_over):
            kept.keep(heard, now=timezone.now())

    def failed(self, why: str, *, anew: bool) -> None:
        with suppress(DatabaseError, InterfaceError):
            row = self.row or hearing.opened(name=self.name, told=self.told, now=timezone.now())
            hearing.failed(stream=row, why=why, anew=anew, now=timezone.now())
