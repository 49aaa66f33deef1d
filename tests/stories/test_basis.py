"""Nobody's words are published without a basis."""

import re
from datetime import date
from typing import TypedDict

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from homespun.conversations.models import Post, State
from homespun.core.models import Site
from homespun.networks.values import Visibility
from homespun.stories import actions, edition, queries
from homespun.stories.models import Edition, Item, Story
from homespun.stories.queries import Standing
from homespun.stories.views.quoting import AT_HAND, people
from homespun.stories.words import runs
from tests.stories.factories import AGREED, NOW, account, post, story, talk, told, vita

pytestmark = pytest.mark.django_db


class Said(TypedDict, total=False):
    how: str
    when: date


class Hidden(TypedDict, total=False):
    visibility: Visibility
    state: State


def holding(*posts: Post) -> Story:
    tale = story()
    actions.add_posts(story=tale, uris=[each.uri for each in posts], by=vita(), now=NOW)
    return tale


def standings(tale: Story) -> dict[str, tuple[str, list[int]]]:
    return {person.name: (person.standing, person.numbers) for person in queries.quoted(tale)}


def test_own_words_need_nobodys_leave_and_the_others_are_named() -> None:
    tale = story(conversation=talk().conversation)
    assert standings(tale) == {
        "Elke Brandreth": (Standing.LACKING, [1]),
        "Sandor Welk": (Standing.LACKING, [3]),
        "The Quarter Loaf": (Standing.OWN, [2, 4]),
    }


def test_publishing_names_who_has_no_basis() -> None:
    tale = story(conversation=talk().conversation)
    with pytest.raises(actions.NotReady) as refused:
        actions.publish(story=tale, by=vita(), now=NOW)
    assert refused.value.reasons == [
        "Elke Brandreth (@elke) is quoted without a basis (item 1).",
        "Sandor Welk (@sandor) is quoted without a basis (item 3).",
    ]
    assert [person.lacking for person in refused.value.people] == [[1], [3]]
    assert Edition.objects.count() == 0
    assert Story.objects.get().version == 1


def test_one_basis_for_all_reaches_those_who_lack_one_only() -> None:
    tale = story(conversation=talk().conversation)
    first = queries.items(tale)[0]
    actions.set_basis(item=first, basis="organisation", by=vita(), now=NOW)
    assert actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED) == 1
    assert {name: standing for name, (standing, _) in standings(tale).items()} == {
        "Elke Brandreth": Standing.ORGANISATION,
        "The Quarter Loaf": Standing.OWN,
        "Sandor Welk": Standing.AGREED,
    }


def test_one_persons_basis_can_be_changed_and_taken_back() -> None:
    tale = told()
    sandor = next(person for person in queries.quoted(tale) if person.handle == "sandor")
    actions.set_basis_for(story=tale, key=sandor.key, basis="", by=vita(), now=NOW)
    assert standings(tale)["Sandor Welk"] == (Standing.LACKING, [4])
    assert standings(tale)["Elke Brandreth"] == (Standing.AGREED, [2])


@pytest.mark.parametrize("said", [{}, {"how": "by telephone"}, {"when": date(2026, 3, 12)}])
def test_an_agreement_says_how_and_when(said: Said) -> None:
    tale = story(conversation=talk().conversation)
    with pytest.raises(ValidationError):
        actions.set_basis_for(story=tale, basis="agreed", by=vita(), now=NOW, **said)


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(ValidationError):
        actions.set_basis_for(story=told(), basis="because", by=vita(), now=NOW)


@pytest.mark.parametrize(
    "hidden",
    [
        {"visibility": Visibility.LIKED},
        {"visibility": Visibility.DELETED},
        {"visibility": Visibility.CIRCLE},
        {"state": State.DELETED},
    ],
)
def test_what_was_not_public_needs_an_agreement_on_that_very_item(hidden: Hidden) -> None:
    tale = holding(post("not for everybody", account("sandor"), **hidden))
    assert actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED) == 0
    [item] = queries.items(tale)
    actions.set_basis(item=item, basis="organisation", by=vita(), now=NOW)
    with pytest.raises(actions.NotReady, match="item 1 was not public there"):
        actions.publish(story=tale, by=vita(), now=NOW)
    actions.set_basis(item=item, by=vita(), now=NOW, **AGREED)
    assert actions.publish(story=tale, by=vita(), now=NOW).number == 1


def test_own_words_that_were_not_public_need_a_choice_too() -> None:
    tale = holding(post("to a few", account("quarterloaf", own=True), visibility=Visibility.CIRCLE))
    assert standings(tale) == {"Quarterloaf": (Standing.PRIVATE, [1])}
    actions.set_basis(item=tale.items.get(), basis="own", by=vita(), now=NOW)
    assert standings(tale) == {"Quarterloaf": (Standing.OWN, [1])}


def test_withdrawn_words_are_not_published_on_any_basis() -> None:
    tale = holding(post("taken back", account("sandor"), state=State.WITHDRAWN))
    actions.set_basis(item=tale.items.get(), by=vita(), now=NOW, **AGREED)
    with pytest.raises(actions.NotReady, match="an opt-out is recorded for Sandor"):
        actions.publish(story=tale, by=vita(), now=NOW)


def test_words_typed_from_elsewhere_need_a_basis_too() -> None:
    tale = story()
    actions.add_item(story=tale, kind="quote", html="<p>By letter.</p>", who="Ottoline Frey", where="a letter", by=vita(), now=NOW)
    with pytest.raises(actions.NotReady, match="Ottoline Frey is quoted without a basis"):
        actions.publish(story=tale, by=vita(), now=NOW)
    actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED)
    assert actions.publish(story=tale, by=vita(), now=NOW).items[0]["basis"] == {
        "kind": "agreed",
        "how": "by telephone",
        "when": "2026-03-12",
    }


def test_somebody_whose_name_is_not_known_stands_alone_for_each_post() -> None:
    tale = holding(post("a like", None), post("another like", None))
    assert [person.name for person in queries.quoted(tale)] == ["somebody without a name"] * 2


def test_a_post_that_left_with_its_archive_stops_publication() -> None:
    gone = post("here today", account("sandor"))
    tale = holding(gone)
    gone.delete()
    with pytest.raises(actions.NotReady, match="post of item 1 is in no archive any more"):
        actions.publish(story=tale, by=vita(), now=NOW)
    assert edition.build(tale).items[0].withdrawn


def test_everybody_quoted_costs_a_fixed_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    elke = account("elke")
    for count in (1, 30):
        tale = holding(*[post(f"words {n}", elke) for n in range(count)])
        with django_assert_num_queries(3):
            queries.quoted(tale)


def test_the_basis_does_not_make_somebody_elses_writing_stale() -> None:
    tale = told()
    item = Item.objects.filter(story=tale, kind="post").first()
    assert item is not None
    assert (item.basis, item.version) == ("agreed", 1)


def test_numbers_in_a_row_are_said_as_one() -> None:
    assert runs([1, 2, 3, 5, 6, 9]) == "1–3, 5, 6, 9"
    assert runs([]) == ""


def test_many_numbers_beside_a_name_are_summed_up() -> None:
    elke, us = account("elke"), account("quarterloaf", own=True)
    tale = holding(*[post(f"words {n}", us if n % 2 else elke) for n in range(40)])
    assert [person.items_label for person in people(queries.quoted(tale))] == [
        "20 items between 1 and 39",
        "20 items between 2 and 40",
    ]


def test_a_page_with_many_quoted_people_brings_a_form_when_it_is_asked_for(client: Client) -> None:
    Site.objects.create(pk=1, name="The Quarter Loaf")
    client.force_login(vita(), backend=settings.AUTHENTICATION_BACKENDS[0])
    tale = holding(*[post("words", account(f"person{n}")) for n in range(AT_HAND + 1)])
    page = client.get(f"/desk/stories/{tale.slug}/publish/").text
    assert page.count('name="key"') == 0
    anchor = re.findall(r"\?open=(\w+)", page)[0]
    one = client.get(f"/desk/stories/{tale.slug}/publish/?open={anchor}", headers={"HX-Request": "true"}).text
    assert (one.count('<li class="quoted"'), one.count('name="key"')) == (1, 1)
    assert client.get(f"/desk/stories/{tale.slug}/publish/?open={anchor}").text.count('name="key"') == 1
    assert client.get(f"/desk/stories/{tale.slug}/publish/?open=none", headers={"HX-Request": "true"}).status_code == 404
