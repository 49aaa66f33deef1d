"""The lists of stories, the feed, and what runs the site."""

import zipfile
from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree as xml

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from homespun.core.models import Site
from homespun.stories import actions
from homespun.stories.models import Story
from tests.stories.factories import NOW, told, vita

ATOM = "{http://www.w3.org/2005/Atom}"


def published(title: str, *tags: str, days: int = 0) -> Story:
    tale = told(title)
    actions.update_head(story=tale, tags=list(tags), by=vita(), now=NOW)
    actions.publish(story=tale, by=vita(), now=NOW + timedelta(days=days))
    return tale


@pytest.mark.django_db
def test_a_site_that_nobody_has_claimed_says_that_it_is_being_set_up(client: Client) -> None:
    assert "being set up" in client.get("/").content.decode()


def test_the_front_page_of_an_empty_site_says_what_will_stand_there(client: Client, site: Site) -> None:
    html = client.get("/").content.decode()
    assert "No story has been published here yet." in html
    assert 'href="/stories/feed.atom"' in html


def test_the_newest_story_stands_first_and_drafts_nowhere(client: Client, site: Site) -> None:
    published("The first"), published("The second", days=1), told("A draft")
    html = client.get("/").content.decode()
    assert 0 < html.index("The second") < html.index("The first")
    assert "A draft" not in html


def test_a_tag_leads_to_its_stories_whatever_its_capitals(client: Client, site: Site) -> None:
    published("The first", "Rye Bread"), published("The second", "ovens")
    html = client.get("/tags/rye bread/").content.decode()
    assert ("The first" in html, "The second" in html, "#Rye Bread" in html) == (True, False, True)
    assert client.get("/tags/nothing/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_front_page_costs_two_queries(
    client: Client, site: Site, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        published(f"Story of number {n}")
    client.get("/")
    with django_assert_max_num_queries(2):
        client.get("/")


def test_the_feed_is_atom_with_stories_in_full_and_absolute_addresses(client: Client, site: Site) -> None:
    published("The first", "ovens"), published("The second", days=1)
    response = client.get("/stories/feed.atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = xml.fromstring(response.content)
    for part in ("id", "title", "updated"):
        assert len(feed.findall(ATOM + part)) == 1
    second, first = feed.findall(ATOM + "entry")
    for entry in (first, second):
        assert all(entry.findtext(ATOM + part) for part in ("id", "title", "updated", "published", "content"))
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Vita Halloran"
        assert entry.find(f"{ATOM}link").attrib["href"].startswith("http://127.0.0.1:8000/stories/")  # type: ignore[union-attr]  # it is there
    assert first.find(f"{ATOM}category").attrib == {"term": "ovens"}  # type: ignore[union-attr]  # it is there
    assert "It began in a <em>hurry</em>" in (first.findtext(f"{ATOM}content") or "")


def test_a_feed_with_signs_that_xml_forbids_can_be_read(client: Client, site: Site) -> None:
    Site.objects.update(name="Pair\x0b\x00s \ufffe")
    published("The first")
    assert xml.fromstring(client.get("/stories/feed.atom").content).findtext(f"{ATOM}title") == "Pairs "


def test_an_empty_feed_can_be_read(client: Client, site: Site) -> None:
    assert xml.fromstring(client.get("/stories/feed.atom").content).findall(f"{ATOM}entry") == []


def test_the_site_says_what_runs_it_and_gives_its_source(client: Client, site: Site) -> None:
    html = client.get("/about/").content.decode()
    assert "GNU Affero General Public License" in html
    assert 'href="/about/source.zip"' in html
    with zipfile.ZipFile(BytesIO(client.get("/about/source.zip").content)) as source:
        assert "homespun-0.1.0/homespun/__init__.py" in source.namelist()
