"""Dates on public pages are what HTML allows in a `datetime` attribute."""

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from xml.etree import ElementTree as xml

import lxml.html
import pytest
from django.test import Client

from homespun.core.models import Site
from homespun.stories import actions
from homespun.stories.export import export
from homespun.stories.models import Story
from tests.stories.factories import AGREED, account, post, story, vita

# HTML, 2.3.5.7: a date, or a date and time with Z or an offset in hours and minutes; fractions of a second have up to three digits.
VALID = re.compile(r"\d{4}-[01]\d-[0-3]\d(T[0-2]\d:[0-5]\d(:[0-5]\d(\.\d{1,3})?)?(Z|[+-][0-2]\d:[0-5]\d))?")
ODD = datetime(2026, 3, 10, 9, 0, 0, 123456, tzinfo=UTC)  # as clocks give it, with microseconds


@pytest.fixture
def tale(site: Site) -> Story:
    """Published twice, with a quotation."""
    Site.objects.update(time_zone="Europe/Berlin")
    old = post("My whole carriage smelt of rye.", account("sandor"), at=ODD.replace(year=2009))
    made = story(conversation=old.conversation)
    actions.update_head(story=made, tags=["ovens"], by=vita(), now=ODD)
    actions.set_basis_for(story=made, by=vita(), now=ODD, **AGREED)
    for _edition in range(2):
        actions.publish(story=made, by=vita(), now=ODD.replace(day=10 + _edition))
    return made


def stamps(page: str) -> list[str]:
    return [str(element.get("datetime")) for element in lxml.html.fromstring(page.encode()).iter("time", "ins", "del")]


def is_valid(stamp: str) -> bool:
    return bool(VALID.fullmatch(stamp)) and datetime.fromisoformat(stamp).year > 0


@pytest.mark.parametrize("path", ["/", "/tags/ovens/", "/stories/loaf-nine-on-the-tram/"])
def test_dates_of_public_pages_are_valid_html(tale: Story, client: Client, path: str) -> None:
    found = stamps(client.get(path).text)
    assert len(found) >= 1
    assert [stamp for stamp in found if not is_valid(stamp)] == []


@pytest.mark.parametrize("path", ["/about/", "/listening/"])
def test_other_public_pages_have_no_invalid_dates(tale: Story, client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert [stamp for stamp in stamps(page.text) if not is_valid(stamp)] == []


def test_dates_in_the_feed_are_valid_html(tale: Story, client: Client) -> None:
    feed = xml.fromstring(client.get("/stories/feed.atom").content)
    found = [stamp for content in feed.iter("{http://www.w3.org/2005/Atom}content") for stamp in stamps(content.text or "")]
    assert [stamp for stamp in found if not is_valid(stamp)] == []


def test_dates_of_an_exported_page_are_valid_html(tale: Story) -> None:
    with zipfile.ZipFile(BytesIO(export(tale, "html").body)) as folder:
        pages = [folder.read(name).decode() for name in folder.namelist() if name.endswith(".html")]
    found = [stamp for page in pages for stamp in stamps(page)]
    assert found
    assert [stamp for stamp in found if not is_valid(stamp)] == []
