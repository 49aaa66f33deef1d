"""Pasted addresses: what a page says of itself, and what is kept where it says nothing."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from django.core.exceptions import ValidationError

from homespun.http import Answer, NetworkError
from homespun.stories import links
from homespun.stories.links import Link, Told, read_link, read_page

NOW = datetime(2026, 3, 10, tzinfo=UTC)


class Outside:
    """Answers as the outside would; an address that it does not know does not answer."""

    def __init__(self, **pages: str) -> None:
        self.pages = {f"https://{host.replace('_', '.')}/": body for host, body in pages.items()}

    def fetch(self, url: str, **asked: Any) -> Answer:
        page = next((body for start, body in self.pages.items() if url.startswith(start)), None)
        if page is None:
            raise NetworkError("No answer.", permanent=False)
        return Answer(url, 200, httpx.Headers({"content-type": "text/html; charset=utf-8"}), page.encode())


def test_open_graph_goes_before_the_title_and_addresses_become_whole() -> None:
    html = (
        '<title>Pie &amp; sons</title><meta property="og:title" content="Sandor on a roof"><meta property="og:image" content="/still.jpg">'
    )
    assert read_page(html, base="https://reels.example/sandor") == Told("Sandor on a roof", "https://reels.example/still.jpg", False)


def test_a_page_without_tags_is_called_by_its_title() -> None:
    assert read_page("<html><title>Pier &amp; sons</title><body><title>no</title>", base="https://a.example/") == Told("Pier & sons")


def test_an_address_that_does_not_answer_is_kept_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "door", Outside)
    assert read_link("reels.example/sandor", now=NOW) == Link("link", "https://reels.example/sandor", "", trouble="No answer.")


def test_a_film_is_known_by_its_host_and_called_as_the_host_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "door", lambda: Outside(vimeo_com='{"title": "Sandor on a roof"}'))
    assert read_link("https://vimeo.com/12345", now=NOW) == Link("video", "https://vimeo.com/12345", "Sandor on a roof")


@pytest.mark.parametrize("typed", ["", "javascript:alert(1)", "no address", "https://"])
def test_what_is_no_address_is_refused(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "door", Outside)
    with pytest.raises(ValidationError):
        read_link(typed, now=NOW)
