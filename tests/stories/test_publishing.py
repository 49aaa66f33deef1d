"""A story freezes into an edition; its address stays; later changes show as such."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from homespun.conversations.models import Post
from homespun.people.models import Account
from homespun.stories import access, actions, edition, queries
from homespun.stories.models import Edition, Story
from tests.stories.factories import NOW, picture, story, told, vita

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def publish(tale: Story) -> Edition:
    return actions.publish(story=tale, by=vita(), now=NOW)


def test_an_edition_keeps_words_names_and_basis_as_they_were() -> None:
    tale = told()
    kept = publish(tale)
    Post.objects.update(text="changed by an import")
    Account.objects.update(name="Somebody Else")
    [hurry, elke, *_] = edition.content(Edition.objects.get(pk=kept.pk)).items
    assert (hurry.number, hurry.kind, hurry.text) == (1, "narration", "It began in a hurry.")
    assert (elke.number, elke.kind, elke.text) == (2, "post", "Our oven gave up at five. I am taking the dough along on the tram.")
    assert elke.author == edition.Author("Elke Brandreth", "elke", "https://x.com/i/user/elke", "https://x.com/elke", "x")
    assert elke.basis == edition.Basis("agreed", "by telephone", NOW.date() + timedelta(days=2))
    assert elke.published == Post.objects.get(uri=elke.uri).published


def test_own_words_are_frozen_as_our_own() -> None:
    publish(told())
    ours = [entry for entry in edition.content(Edition.objects.get()).items if entry.own]
    assert [(entry.number, entry.basis) for entry in ours] == [(3, edition.Basis("own")), (5, edition.Basis("own"))]


def test_later_changes_show_until_it_is_published_again() -> None:
    tale = told()
    publish(tale)
    assert not tale.changed_since_publication
    actions.update_head(story=tale, title="Another title", by=vita(), now=LATER)
    assert Story.objects.get().changed_since_publication
    assert edition.head(queries.published().get()).title == "Loaf nine on the tram"
    again = actions.publish(story=tale, by=vita(), now=LATER)
    assert (again.number, again.published, again.first_published) == (2, LATER, NOW)
    assert not Story.objects.get().changed_since_publication


def test_the_address_stays_when_a_story_is_taken_back_and_published_again() -> None:
    tale = told()
    publish(tale)
    address = tale.slug
    actions.unpublish(story=tale, by=vita(), now=NOW)
    assert (queries.current_edition(address), queries.was_published(address)) == (None, True)
    actions.update_head(story=tale, title="A new title", by=vita(), now=NOW)
    publish(tale)
    assert Story.objects.get().slug == address == "loaf-nine-on-the-tram"


def test_the_address_can_be_chosen_until_the_first_publication() -> None:
    tale = told()
    actions.update_head(story=tale, slug="The tram", by=vita(), now=NOW)
    assert tale.slug == "the-tram"
    publish(tale)
    with pytest.raises(ValidationError, match="stays as it is"):
        actions.update_head(story=tale, slug="another", by=vita(), now=NOW)


def test_a_story_without_a_title_gets_its_address_when_it_has_one() -> None:
    tale = told("")
    began_as = tale.slug
    assert began_as == f"story-{tale.pk}"
    with pytest.raises(actions.NotReady, match="no title yet"):
        publish(tale)
    actions.update_head(story=tale, title="The tram", by=vita(), now=NOW)
    publish(tale)
    assert Story.objects.get().slug == "the-tram"
    assert access.story_for(vita(), began_as) == tale


def test_two_stories_of_one_title_have_two_addresses() -> None:
    assert [story("The tram").slug for _ in range(3)] == ["the-tram", "the-tram-2", "the-tram-3"]


@pytest.mark.parametrize("title", ["船", "Story 7", "!!!"])
def test_a_title_that_makes_no_address_still_has_one(title: str) -> None:
    tale = story(title)
    assert tale.slug == f"story-{tale.pk}"


def test_an_empty_story_is_not_published() -> None:
    with pytest.raises(actions.NotReady, match="nothing in the story"):
        publish(story())


def test_a_removed_story_leaves_the_public_and_comes_back_unpublished() -> None:
    tale = told()
    publish(tale)
    actions.remove_story(story=tale, by=vita(), now=NOW)
    assert (list(queries.published()), list(queries.stories())) == ([], [])
    with pytest.raises(Http404):
        access.story_for(vita(), tale.slug)
    actions.restore_story(story=access.removed_story_for(vita(), tale.slug), by=vita(), now=NOW)
    assert [(row.slug, row.is_published) for row in queries.stories()] == [(tale.slug, False)]


def test_pictures_of_posts_and_cover_are_in_the_edition() -> None:
    tale = told()
    shown = picture(Post.objects.get(text__startswith="Our oven"), alt="A cold oven")
    actions.update_head(story=tale, cover=picture(), cover_alt="A tram", cover_focus="20% 50%", by=vita(), now=NOW)
    publish(tale)
    pictures = list(edition.content(Edition.objects.get()).pictures())
    assert [(each.alt, each.width, each.focus) for each in pictures] == [("A tram", 1600, "20% 50%"), ("A cold oven", 1600, "")]
    assert pictures[1].sha256 == shown.sha256


def test_the_list_says_how_many_items_each_story_has(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    told("One"), told("Two"), story("Three")
    with django_assert_num_queries(1):
        assert {row.title: row.item_count for row in queries.stories()} == {"One": 5, "Two": 5, "Three": 0}  # type: ignore[attr-defined]  # annotated


def test_tags_are_kept_once_and_without_their_hash() -> None:
    tale = story()
    actions.update_head(story=tale, tags=["#Ovens", "ovens", " rye  bread ", "", "a/b"], by=vita(), now=NOW)
    assert tale.tags == ["Ovens", "rye bread", "a b"]


def test_an_edition_has_addresses_of_the_web_only() -> None:
    tale = told()
    Post.objects.update(url="javascript:alert(1)")
    tale.items.update(url="data:text/html,words")
    assert {entry.url for entry in edition.content(publish(tale)).items} == {""}
