"""Items come in, are written, moved, taken out and put back; nobody's words are eaten."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homespun.core.models import AuditEntry
from homespun.stories import actions, positions, queries
from homespun.stories.models import Item, Story
from tests.stories.factories import NOW, account, post, story, talk, texts, vita

pytestmark = pytest.mark.django_db


def narrate(tale: Story, html: str, *, after: Item | None = None, before: Item | None = None) -> Item:
    return actions.add_item(story=tale, kind="narration", html=html, after=after, before=before, by=vita(), now=NOW)


def test_items_stand_where_they_were_put() -> None:
    tale = story()
    last = narrate(tale, "last")
    first = narrate(tale, "first", before=last)
    narrate(tale, "middle", after=first)
    narrate(tale, "end")
    assert texts(tale) == ["first", "middle", "last", "end"]


def test_a_conversation_becomes_items_in_reading_order() -> None:
    root = talk()
    assert texts(story(conversation=root.conversation)) == [
        "Our oven gave up at five. I am taking the dough along on the tram.",
        "It will rise BEFORE YOUR STOP, you know.",
        "My whole carriage smelt of rye.",
        "Hold the lid down.",
    ]


def test_a_conversation_brought_in_twice_adds_nothing() -> None:
    root = talk()
    tale = story(conversation=root.conversation)
    assert actions.add_conversation(story=tale, conversation=root.conversation, by=vita(), now=NOW) == []
    assert len(texts(tale)) == 4


def test_posts_go_in_after_an_item_in_the_order_given() -> None:
    elke = account("elke")
    one, two = post("one", elke), post("two", elke)
    tale = story()
    first = narrate(tale, "first")
    narrate(tale, "last")
    actions.add_posts(story=tale, uris=[two.uri, "https://x.com/i/status/nowhere", one.uri], after=first, by=vita(), now=NOW)
    assert texts(tale) == ["first", "two", "one", "last"]


def test_a_move_writes_one_row() -> None:
    tale = story()
    one, two, three = narrate(tale, "one"), narrate(tale, "two"), narrate(tale, "three")
    before = dict(tale.items.values_list("pk", "position"))
    actions.move_item(item=three, before=one, by=vita(), now=NOW)
    after = dict(tale.items.values_list("pk", "position"))
    assert texts(tale) == ["three", "one", "two"]
    assert [pk for pk in before if before[pk] != after[pk]] == [three.pk]
    actions.move_item(item=three, after=two, by=vita(), now=NOW)
    assert texts(tale) == ["one", "two", "three"]
    actions.move_item(item=one, by=vita(), now=NOW)
    assert texts(tale) == ["two", "three", "one"]


def test_many_moves_into_one_gap_write_positions_anew() -> None:
    tale = story()
    one, *rest = [narrate(tale, word) for word in ("one", "two", "three")]
    for _ in range(400):
        actions.move_item(item=rest[-1], after=one, by=None, now=NOW)
        rest = rest[-1:] + rest[:-1]
    assert max(len(position) for position in tale.items.values_list("position", flat=True)) <= positions.LONGEST
    assert texts(tale) == ["one", *(Item.objects.get(pk=item.pk).html for item in rest)]


def test_what_was_taken_out_comes_back_where_it_was() -> None:
    tale = story()
    one, two = narrate(tale, "one"), narrate(tale, "two")
    narrate(tale, "three")
    actions.remove_item(item=two, by=vita(), now=NOW)
    narrate(tale, "between", after=one)
    assert texts(tale) == ["one", "between", "three"]
    actions.restore_item(item=two, by=vita(), now=NOW)
    assert texts(tale) == ["one", "between", "two", "three"]


def test_numbers_count_everything_that_is_there() -> None:
    tale = story()
    one, two, three = narrate(tale, "one"), narrate(tale, "two"), narrate(tale, "three")
    actions.remove_item(item=two, by=vita(), now=NOW)
    assert [(item.number, item.html) for item in queries.items(tale)] == [(1, "one"), (2, "three")]  # type: ignore[attr-defined]  # annotated
    assert (queries.number_of(one), queries.number_of(three)) == (1, 2)


def test_a_stale_write_is_refused_and_shows_what_stands_there() -> None:
    item = narrate(story(), "first words")
    other_window = Item.objects.get(pk=item.pk)
    actions.update_item(item=item, html="second words", version=1, by=vita(), now=NOW)
    with pytest.raises(actions.Stale) as refused:
        actions.update_item(item=other_window, html="third words", version=1, by=vita(), now=NOW)
    assert (refused.value.current.html, refused.value.current.version) == ("second words", 2)  # type: ignore[union-attr]  # there is one
    assert Item.objects.get().html == "second words"


def test_what_was_taken_out_is_not_written_on() -> None:
    item = narrate(story(), "words")
    actions.remove_item(item=item, by=vita(), now=NOW)
    with pytest.raises(actions.Stale):
        actions.update_item(item=item, html="more", version=item.version, by=vita(), now=NOW)


def test_a_head_is_not_stale_because_an_item_was_written() -> None:
    tale = story()
    narrate(tale, "words")
    actions.update_head(story=tale, title="Another", version=1, by=vita(), now=NOW)
    with pytest.raises(actions.Stale):
        actions.update_head(story=tale, title="A third", version=1, by=vita(), now=NOW)
    assert Story.objects.get().title == "Another"


def test_every_change_counts_the_version_up_and_is_written_down() -> None:
    tale = story()
    item = narrate(tale, "words")
    actions.update_item(item=item, html="more", version=1, by=vita(), now=NOW)
    actions.move_item(item=item, by=vita(), now=NOW)
    actions.remove_item(item=item, by=vita(), now=NOW)
    assert Story.objects.get().version == 5
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "story.create",
        "item.add",
        "item.update",
        "item.move",
        "item.remove",
    ]


def test_narration_is_cleaned_when_it_is_stored() -> None:
    item = narrate(story(), '<p onclick="x()">Hello<script>alert(1)</script> <a href="javascript:x()">there</a></p>')
    assert item.html == '<p>Hello <a rel="nofollow noopener">there</a></p>'


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//no.scheme", "http://[broken", "ftp://x.example/"])
def test_an_address_is_one_of_the_web(address: str) -> None:
    with pytest.raises(ValidationError):
        actions.add_item(story=story(), kind="link", url=address, by=vita(), now=NOW)


def test_many_posts_come_in_without_a_query_each() -> None:
    elke = account("elke")
    root = post("root", elke)

    def queries_for(count: int) -> int:
        uris = [post(f"post {n}", elke, parent=root).uri for n in range(count)]
        tale = story()
        with CaptureQueriesContext(connection) as asked:
            actions.add_posts(story=tale, uris=uris, by=None, now=NOW)
        return len(asked)

    assert queries_for(200) - queries_for(3) <= 5  # a bulk insert goes in slices
