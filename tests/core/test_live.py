"""That something has changed is counted, found out, and told to who may know, at once and for next to nothing."""

import asyncio
import sqlite3
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection

from homespun.core import audit, live
from homespun.core.live.stream import Stream
from homespun.core.live.watching import Looking, Watcher
from tests.core.loops import in_a_loop

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
Message = MutableMapping[str, Any]


@dataclass
class Number:
    """What a look finds."""

    now: int = 41
    looks: int = 0

    def look(self) -> int:
        self.looks += 1
        return self.now


@dataclass
class Browser:
    """One connection to a stream."""

    stream: Stream
    method: str = "GET"
    sent: list[Message] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def open(self) -> "asyncio.Task[None]":
        scope = {"type": "http", "method": self.method, "path": "/live/", "headers": [(b"cookie", b"a=1"), (b"cookie", b"b=2")]}
        return asyncio.ensure_future(self.stream(scope, self.receive, self.send))

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()


def streaming(number: Number, *, admits: bool = True, beat: float = 5, longest: float = 5) -> Stream:
    return Stream(Watcher(number.look, every=0.01), lambda cookies: admits and cookies == "a=1; b=2", beat=beat, longest=longest)


def test_member_is_told_the_number_as_it_is_and_each_that_follows() -> None:
    async def run() -> str:
        number = Number()
        browser = Browser(streaming(number))
        task = browser.open()
        await asyncio.sleep(0.05)
        number.now = 42
        await asyncio.sleep(0.1)
        browser.gone.set()
        await asyncio.wait_for(task, 7)
        return browser.text

    assert in_a_loop(run()).startswith("retry: 2000\nid: 41\nevent: changed\ndata: 41\n\nid: 42\nevent: changed\ndata: 42\n\n")


def test_stranger_is_refused_and_told_nothing() -> None:
    async def run() -> tuple[int, str]:
        browser = Browser(streaming(Number(), admits=False))
        await browser.open()
        return browser.status, browser.text

    assert in_a_loop(run()) == (401, "")


def test_nothing_but_get_is_answered() -> None:
    async def run() -> int:
        browser = Browser(streaming(Number()), method="POST")
        await browser.open()
        return browser.status

    assert in_a_loop(run()) == 405


def test_all_streams_end_at_once_when_told_to_and_none_begins() -> None:
    async def run() -> tuple[int, int]:
        stream = streaming(Number())
        tasks = [Browser(stream).open() for _ in range(3)]
        await asyncio.sleep(0.05)
        stream.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), 1)
        late = Browser(stream)
        await late.open()
        return stream.open, late.status

    assert in_a_loop(run()) == (0, 503)


def test_silent_stream_shows_signs_of_life_and_ends_after_its_time() -> None:
    async def run() -> str:
        browser = Browser(streaming(Number(), beat=0.05, longest=0.2))
        await asyncio.wait_for(browser.open(), 2)
        return browser.text

    assert in_a_loop(run()).count(": still here\n\n") >= 2


def test_a_thousand_listeners_cost_one_look_at_a_time_and_none_when_they_have_gone() -> None:
    async def run() -> tuple[bool, bool]:
        number = Number()
        stream = streaming(number)
        browsers = [Browser(stream) for _ in range(1000)]
        tasks = [browser.open() for browser in browsers]
        await asyncio.sleep(0.3)
        few = number.looks < 100
        for browser in browsers:
            browser.gone.set()
        number.now += 1
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
        await asyncio.sleep(0.05)
        looks = number.looks
        await asyncio.sleep(0.1)
        return few, number.looks == looks

    assert in_a_loop(run()) == (True, True)


@pytest.mark.django_db
def test_each_deed_counts_as_a_change() -> None:
    before = live.version()
    audit.record(by=None, now=NOW, verb="story.publish", subject="story:1")
    live.changed()
    assert live.version() == before + 2


@pytest.mark.django_db(transaction=True)
def test_look_asks_for_the_number_only_after_somebody_has_written(monkeypatch: pytest.MonkeyPatch) -> None:
    looking, numbers = Looking(), iter((1, 2, 3))
    monkeypatch.setattr(live, "version", lambda: next(numbers))
    assert [looking.look(), looking.look()] == [1, 1]
    with sqlite3.connect(str(connection.settings_dict["NAME"])) as other:
        other.execute("insert or replace into core_change (id, version) values (1, 7)")
    other.close()
    assert [looking.look(), looking.look()] == [2, 2]


@pytest.mark.django_db
def test_look_outlives_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = Looking()
    looking.version = 41

    def broken() -> bool:
        raise DatabaseError("locked")

    monkeypatch.setattr(looking, "has_stirred", broken)
    monkeypatch.setattr(connection, "close", lambda: None)
    assert looking.look() == 41
