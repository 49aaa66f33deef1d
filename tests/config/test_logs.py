"""The log holds no personal data."""

import logging

import pytest

from homespun.config.logs import DIFFERENT, LOGGING, LONGEST, SAME, WINDOW, RepetitionFilter, Scrubbed, scrubbed


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Not Found: /claim/YPwtXz_JDTrPyd1lItv-vD23Wu6wmt2g/", "Not Found: /claim/…"),
        ("GET /join/abc123/ from 203.0.113.7", "GET /join/… from …"),
        ("GET /desk/conversations/?q=ama+sarpong failed", "GET /desk/conversations/?… failed"),
        ("no such member: ama@example.org", "no such member: …@…"),
        ("from 2001:db8:0:1:2:3:4:5", "from …"),
        ("listens on 127.0.0.1:8000", "listens on 127.0.0.1:8000"),
        ("task homespun.core.tasks.sweep failed (try 2)", "task homespun.core.tasks.sweep failed (try 2)"),
    ],
)
def test_a_line_is_written_without_people_and_links(written: str, kept: str) -> None:
    assert scrubbed(written) == kept


def test_a_traceback_is_scrubbed_as_well() -> None:
    try:
        raise ValueError("ama@example.org")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "file", 1, "it failed", None, (type(error), error, error.__traceback__))
    assert "ama" not in Scrubbed("%(message)s").format(record)


def test_every_handler_scrubs() -> None:
    formatters = LOGGING["formatters"]
    assert isinstance(formatters, dict)
    assert {formatter["()"] for formatter in formatters.values()} == {"homespun.config.logs.Scrubbed"}


def entry(name: str = "django.request", message: str = "%s: %s", line: int = 1) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "views.py", line, message, ("Internal Server Error", "/"), None)


def test_same_entry_about_requests_is_written_a_few_times() -> None:
    repetitions = RepetitionFilter()
    assert [repetitions.filter(entry()) for _ in range(SAME + 3)] == [True] * SAME + [False] * 3
    assert repetitions.filter(entry(line=2))


def test_next_hour_tells_how_many_entries_were_dropped() -> None:
    repetitions = RepetitionFilter()
    for _ in range(SAME + 3):
        repetitions.filter(entry())
    for kind in repetitions.kinds.values():
        kind.since -= WINDOW + 1
    later = entry()
    assert repetitions.filter(later)
    assert later.getMessage() == "Internal Server Error: / (3 more of these were not written.)"


def test_many_different_entries_about_requests_are_dropped_too() -> None:
    repetitions = RepetitionFilter()
    written = [repetitions.filter(entry(line=line)) for line in range(1000)]
    assert (sum(written), len(repetitions.kinds)) == (DIFFERENT, DIFFERENT)
    for kind in repetitions.kinds.values():
        kind.since -= WINDOW + 1
    assert repetitions.filter(entry(line=1001))


def test_background_work_may_say_the_same_again() -> None:
    repetitions = RepetitionFilter()
    assert all(repetitions.filter(entry("homespun.jobs")) for _ in range(100))


def test_same_fault_is_recognised_by_its_place() -> None:
    def fail(message: str) -> logging.LogRecord:
        try:
            raise ValueError(message)
        except ValueError as error:
            return logging.LogRecord("django.request", logging.ERROR, "x", 1, "failed", None, (type(error), error, error.__traceback__))

    repetitions = RepetitionFilter()
    assert [repetitions.filter(fail(f"made up {number}")) for number in range(SAME + 1)] == [True] * SAME + [False]


def test_long_entry_is_shortened_in_the_middle() -> None:
    record = logging.LogRecord("x", logging.ERROR, "file", 1, "begun " + "- " * LONGEST + "ended", None, None)
    text = Scrubbed("%(message)s").format(record)
    assert (text[:5], text[-5:], len(text)) == ("begun", "ended", LONGEST + 5)
