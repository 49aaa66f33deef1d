"""The search index: built anew in pieces, in step with posts that change meanwhile, and its list of words."""

import pytest
from django.db import connection, transaction

from homespun.conversations import tasks
from homespun.conversations.actions import index_building, indexing
from homespun.conversations.models import EVERYTHING, Post, SearchIndex, Word
from homespun.conversations.queries import search
from tests.conversations.cast import bryony, hettie, post

pytestmark = pytest.mark.django_db


def begin_anew() -> None:
    """As the migration leaves it: nothing is in the index."""
    with connection.cursor() as cursor:
        cursor.execute("insert into conversations_postindex (conversations_postindex) values ('delete-all')")
    newest = Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    SearchIndex.objects.update_or_create(pk=1, defaults={"complete_from": newest + 1, "unlisted_batches": 0})


def terms() -> set[tuple[str, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("create virtual table temp.index_terms using fts5vocab(main, conversations_postindex, instance)")
        cursor.execute("select term, doc, col from temp.index_terms")
        found = set(cursor.fetchall())
        cursor.execute("drop table temp.index_terms")
    return found


def texts(query: str) -> list[str]:
    return [hit.card.text for hit in search(query).hits]


def test_index_is_built_from_the_newest_post_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_building, "BATCH", 2)
    for number in range(5):
        post(f"stile {number} #tag{number}")
    whole = terms()
    begin_anew()
    assert search("stile").count == 0
    assert index_building.index_batch()
    assert texts("stile") == ["stile 4 #tag4", "stile 3 #tag3"]
    assert index_building.progress() < 1
    assert "rebuilding the search index. Posts from before" in search("stile").notes[0]
    index_building.build()
    assert terms() == whole
    assert SearchIndex.objects.get().complete_from == EVERYTHING
    assert search("stile").notes == ()
    assert not index_building.is_behind()


def test_posts_written_while_the_index_is_built_are_in_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_building, "BATCH", 2)
    rows = [post(f"stile {number}") for number in range(5)]
    begin_anew()
    index_building.index_batch()
    late = post("a newer stile")
    for row in (rows[0], rows[4]):  # one that is not reached yet, and one that is
        with transaction.atomic():
            indexing.take(indexing.entries([row.pk]))
            Post.objects.filter(pk=row.pk).update(text=f"changed {row.text}")
            indexing.put(indexing.entries([row.pk]))
    index_building.build()
    built = terms()
    begin_anew()
    index_building.build()
    assert built == terms()
    assert texts("stile")[0] == late.text and texts("changed") == ["changed stile 4", "changed stile 0"]


def test_building_names_whom_old_posts_reply_to() -> None:
    root = post("Which stile?", bryony())
    reply = post("The ladder", hettie(), parent=root)
    ghost = post("As you said", hettie(), ghost="https://x.com/i/status/4")
    Post.objects.update(reply_to=None)
    begin_anew()
    index_building.build()
    assert dict(Post.objects.values_list("pk", "reply_to")) == {root.pk: None, reply.pk: bryony().pk, ghost.pk: bryony().pk}
    assert texts("to:bryonyshelves") == ["As you said", "The ladder"]


def test_list_of_words_follows_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_building, "SLICE", 2)
    monkeypatch.setattr(indexing, "SMALL", 0)
    rows = [post("stationery ladder #hidden"), post("stationery gatepost")]
    assert not Word.objects.exists()
    assert texts("tioner") == ["stationery gatepost", "stationery ladder #hidden"]
    index_building.build()
    assert dict(Word.objects.values_list("word", "post_count")) == {"stationery": 2, "ladder": 1, "gatepost": 1, "hidden": 1}
    assert texts("tioner") == ["stationery gatepost", "stationery ladder #hidden"]
    with transaction.atomic():
        indexing.take(indexing.entries([rows[0].pk]))
        SearchIndex.objects.update(unlisted_batches=1)
    index_building.build()
    assert dict(Word.objects.values_list("word", "post_count")) == {"stationery": 1, "gatepost": 1}
    assert texts("tioner") == ["stationery gatepost"]


def test_small_batches_list_their_words_at_once() -> None:
    post("Stationery, and the Übermut")
    assert sorted(Word.objects.values_list("word", flat=True)) == ["stationery", "ubermut"]


def segments() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct segid) from conversations_postindex_idx")
        return int(cursor.fetchone()[0])


def test_segments_of_imports_are_merged_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "SMALL", 0)  # as if each post were the batch of an import
    posts = [post(f"stile number {number}") for number in range(12)]
    assert segments() == len(posts)
    before = terms()
    index_building.build()
    assert segments() == 1
    assert terms() == before
    assert texts("stile") == [each.text for each in sorted(posts, key=lambda each: -each.pk)]


def test_small_writes_keep_segments_few() -> None:
    for number in range(20):
        post(f"stile number {number}")
    assert segments() < 10


def test_background_task_builds_what_is_behind() -> None:
    post("stile")
    begin_anew()
    tasks.build_search_index.call()
    assert texts("stile") == ["stile"]
