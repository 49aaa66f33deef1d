"""Headings stand in a story without a number of their own."""

import json

import pytest
from django.test import Client

from homespun.core.models import Site
from homespun.stories import actions, edition, page, queries
from homespun.stories.export import export
from homespun.stories.models import Edition, Story
from homespun.stories.views.shown import part_of
from tests.stories.factories import NOW, vita

pytestmark = pytest.mark.django_db
TOLD = (("heading", "At night"), ("narration", "<p>The oven is cold.</p>"), ("heading", "At six"), ("narration", "<p>It is warm.</p>"))


@pytest.fixture
def story() -> Story:
    Site.objects.create(pk=1, name="The Quarter Loaf")
    story = actions.create_story(title="Two ovens", by=vita(), now=NOW)
    for kind, html in TOLD:
        actions.add_item(story=story, kind=kind, html=html, by=vita(), now=NOW)
    actions.publish(story=story, by=vita(), now=NOW)
    return story


def test_numbers_count_the_items_below_headings(story: Story) -> None:
    assert [item.number for item in queries.items(story)] == [0, 1, 0, 2]  # type: ignore[attr-defined]  # annotated
    assert edition.build(story).head.count == 2


def test_the_page_gives_headings_neither_number_nor_address(story: Story, client: Client) -> None:
    html = client.get("/stories/two-ovens/").text
    assert [html.count('class="told__number"'), html.count('id="e1"'), html.count('id="e2"'), html.count('id="e3"')] == [2, 1, 1, 0]
    assert html.index("At night") < html.index('id="e1"') < html.index("At six") < html.index('id="e2"')


def test_exports_give_headings_no_number(story: Story) -> None:
    text = export(story, "markdown").body.decode()
    assert text.count("**1**\n\nThe oven is cold.") == text.count("## At night\n\n**1**") == 1
    assert [item["number"] for item in json.loads(export(story, "json").body)["items"]] == [None, 1, None, 2]


def test_a_part_of_a_story_begins_at_the_number_of_its_first_item(story: Story) -> None:
    assert [part_of(story, 4, start=start).first_number for start in range(4)] == [1, 1, 2, 2]


def test_an_edition_from_before_keeps_its_numbers(story: Story) -> None:
    row = Edition.objects.get()
    for number, item in enumerate(row.items, 1):
        item["number"] = number
    row.save()
    html = page.render(edition.content(Edition.objects.get()), page.Where(site=Site.objects.get()))
    assert [html.count(f'id="e{number}"') for number in (1, 2, 3, 4)] == [1] * 4
