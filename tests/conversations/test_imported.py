"""After an import: the list of what arrived, what it says, and the way to it from each place that adds posts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from homespun.conversations.management.commands import collect
from homespun.conversations.models import Post, Run, Source
from homespun.conversations.queries.tree import forget
from homespun.conversations.views.asked import MOST_KEYS
from homespun.core.models import Site
from homespun.users.models import User
from tests.conversations.cast import NOW, bryony, hettie, post, seen, source, talk
from tests.conversations.reading import Part, read

pytestmark = pytest.mark.django_db
LIST = "/desk/conversations/"


@pytest.fixture
def reader() -> Iterator[Client]:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    forget()
    client = Client()
    client.force_login(User.objects.create(email="hettie@stilewise.example", name="Hettie", last_seen=NOW))
    client.get("/desk/")
    yield client


def page_at(client: Client, address: str) -> Part:
    return read(client.get(address).content)


def texts(page: Part, selector: str) -> list[str]:
    return [part.words for part in page.all(selector)]


def imported(title: str, *rows: Post, ours: bool = True) -> Source:
    """A source that has shown these posts, with the finished run that read it."""
    made = source(title)
    made.is_ours, made.account = ours, rows[0].author if rows else None
    made.save()
    for row in rows:
        seen(row, made)
    Run.objects.create(source=made, path="/nowhere/a.zip", name="a.zip", state=Run.State.DONE, started=NOW, counts={"new": len(rows)})
    return made


def test_list_of_an_import_shows_single_posts_and_nothing_else(reader: Client) -> None:
    talk()
    alone = post("Nobody has answered this stile.", hettie())
    brought = imported("@stilewise", alone)
    page = page_at(reader, f"{LIST}?source={brought.pk}")
    assert texts(page, ".talk__title") == ["Nobody has answered this stile"]
    assert (texts(page, ".imported h2"), texts(page, ".tabs [aria-current]")) == (["Imported from @stilewise"], ["All"])


def test_list_of_an_import_goes_on_where_it_stopped_and_keeps_the_import(reader: Client) -> None:
    rows = [post(f"Stile number {number} of the way.", at=NOW + timedelta(hours=number)) for number in range(35)]
    brought = imported("@bryonyshelves", *rows, ours=False)
    page = page_at(reader, f"{LIST}?source={brought.pk}")
    (more,) = page.all("#more a")
    assert (len(page.all(".talk")), f"source={brought.pk}" in more.get("href")) == (30, True)
    assert len(page_at(reader, f"{LIST}{more.get('href')}").all(".talk")) == 5


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_an_import_takes_as_many_queries_for_three_as_for_one(
    reader: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brought = imported("@bryonyshelves", *[post(f"Stile number {number} of the way.") for number in range(rows)])
    reader.get(f"{LIST}?source={brought.pk}")
    with django_assert_num_queries(17):
        reader.get(f"{LIST}?source={brought.pk}")


def test_list_takes_several_sources_and_single_conversations(reader: Client) -> None:
    first, second, third = (post(f"The {name} stile on the way.") for name in ("first", "second", "third"))
    post("Not one of them, this stile.")
    one, two = imported("@one", first), imported("@two", second)
    page = page_at(reader, f"{LIST}?source={one.pk}&source={two.pk}&only={third.conversation_id}")
    assert len(page.all(".talk")) == 3
    assert len(page_at(reader, f"{LIST}?only={third.conversation_id}").all(".talk")) == 1


def test_list_of_what_is_no_source_says_that_nothing_is_left(reader: Client) -> None:
    post("The first stile on the way.")
    page = page_at(reader, f"{LIST}?source=99")
    assert texts(page, ".empty p") == ["Nothing from this import is here any more."]
    assert len(page_at(reader, f"{LIST}?source=anything&only=").all(".talk")) == 1


def test_report_leads_to_the_list_by_its_only_primary_button(reader: Client) -> None:
    brought = imported("@stilewise", post("The first stile on the way.", hettie()), post("The second stile on the way.", hettie()))
    page = page_at(reader, f"/desk/archives/{Run.objects.get().pk}/")
    (button,) = page.all(".button--ink")
    assert (button.words, button.get("href")) == ("See 2 imported conversations", f"{LIST}?source={brought.pk}")


def test_report_of_an_import_that_brought_no_post_leads_on(reader: Client) -> None:
    imported("@stilewise")
    page = page_at(reader, f"/desk/archives/{Run.objects.get().pk}/")
    assert (texts(page, ".button--ink"), texts(page, ".pagehead__lead")) == (["Import another archive"], ["No new posts."])


def test_archives_page_leads_to_the_sample_once_all_of_it_is_read(reader: Client, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    one, two = imported("@one", post("The first stile on the way.")), imported("@two", post("The second stile on the way."))
    Run.objects.update(options={"sample": True})
    (button,) = page_at(reader, "/desk/archives/").all("#runs .button--ink")
    assert (button.words, button.get("href")) == ("See the sample conversations", f"{LIST}?source={one.pk}&source={two.pk}")
    Run.objects.filter(source=two).update(state=Run.State.RUNNING)
    assert page_at(reader, "/desk/archives/").all("#runs .button--ink") == []


@pytest.mark.parametrize(
    ("own", "theirs", "said"),
    [
        (False, False, "No exchange includes you yet. Import your own archive, or connect your account."),
        (
            True,
            False,
            "You don’t have both sides of any conversation yet. Import the archive of someone you talk with to see both sides.",
        ),
        (True, True, "You don’t have both sides of any conversation yet. View all to read what you have."),
    ],
)
def test_empty_list_never_asks_for_what_has_been_imported(reader: Client, own: bool, theirs: bool, said: str) -> None:
    imported("@stilewise", post("Which stile held you up?", hettie() if own else bryony()))
    if theirs:
        imported("@bryonyshelves", post("The one before lunch."), ours=False)
    assert texts(page_at(reader, f"{LIST}?show=ours"), ".empty p") == [said]


def test_command_leads_to_the_same_list(settings: Any) -> None:
    settings.HOMESPUN_URL, settings.HOMESPUN_URL_IS_KNOWN = "https://stilewise.example", True
    assert reverse("conversations:list") == collect.LIST
    assert MOST_KEYS == collect.MOST_KEYS
    assert collect.list_url([3, 3, 4], [5]) == "https://stilewise.example/desk/conversations/?source=3&source=4&only=5"
    assert collect.list_url([], []) is None


def test_command_gives_no_address_where_it_is_not_known(settings: Any) -> None:
    settings.HOMESPUN_URL_IS_KNOWN = False
    assert collect.list_url([3], []) is None
