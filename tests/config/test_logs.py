"""The log holds no personal data."""

import logging

import pytest

from homespun.config.logs import LOGGING, Scrubbed, scrubbed


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
