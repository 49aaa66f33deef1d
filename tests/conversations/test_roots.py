"""Posts whose parent nobody shows belong to the conversation of the root that their network tells of, in whatever order things come."""

from collections import defaultdict
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from homespun.conversations.actions.removing import remove_source
from homespun.conversations.models import Conversation, MissingParent, Post
from homespun.conversations.queries import conversation, conversation_at
from homespun.networks.values import Post as Value
from homespun.users.models import User
from tests.conversations import made_up, written
from tests.conversations.made_up import post, source, store, uri

pytestmark = pytest.mark.django_db
NOW: Any = "2024-06-01T00:00Z"
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
AT_LENGTH = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
ROOT, BELOW, BESIDE = post(1), post(3, parent=2, root=1), post(5, parent=4, root=1)


@pytest.fixture(autouse=True)
def made_up_network(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA = tmp_path
    made_up.put_up(monkeypatch)


def partition() -> set[frozenset[str]]:
    """Who is with whom."""
    found = defaultdict(set)
    for name, key in Post.objects.values_list("uri", "conversation"):
        found[key].add(name)
    return {frozenset(each) for each in found.values()}


def outline(at: str | int) -> list[tuple[int, str, bool]]:
    """Depth, name and whether it is here, in reading order."""
    found = conversation(uri(at))
    assert found is not None
    return [(node.depth, node.uri.removeprefix(uri("")), node.post is not None) for node in found.nodes]


def counts() -> list[tuple[int, int]]:
    return list(Conversation.objects.values_list("posts", "missing"))


@pytest.mark.parametrize("order", [(ROOT, BELOW), (BELOW, ROOT)])
def test_a_post_below_a_missing_one_joins_the_conversation_of_its_root(order: tuple[Value, ...]) -> None:
    for each in order:
        store(each)
    assert counts() == [(2, 1)]
    assert outline(1) == [(0, "1", True), (1, "2", False), (2, "3", True)]


def test_the_same_in_one_batch() -> None:
    store(BELOW, ROOT, BESIDE)
    assert counts() == [(3, 2)]
    assert outline(1) == [(0, "1", True), (1, "2", False), (2, "3", True), (1, "4", False), (2, "5", True)]


@pytest.mark.parametrize("batches", [((BELOW, BESIDE),), ((BELOW,), (BESIDE,))])
def test_a_root_that_nobody_shows_is_a_ghost_that_holds_them_together(batches: tuple[tuple[Value, ...], ...]) -> None:
    for batch in batches:
        store(*batch)
    assert counts() == [(2, 3)]
    assert outline(3) == [(0, "1", False), (1, "2", False), (2, "3", True), (1, "4", False), (2, "5", True)]
    assert conversation_at(uri(1)) == Conversation.objects.get()
    store(ROOT)
    assert counts() == [(3, 2)]


def test_a_ghost_root_that_is_answered_is_one_ghost() -> None:
    store(BELOW)
    store(post(6, parent=1, root=1))
    assert counts() == [(2, 2)]
    assert outline(3) == [(0, "1", False), (1, "2", False), (2, "3", True), (1, "6", True)]


def test_the_missing_parent_turns_up() -> None:
    store(ROOT)
    store(BELOW)
    store(post(2, parent=1, root=1))
    assert counts() == [(3, 0)]
    assert outline(1) == [(0, "1", True), (1, "2", True), (2, "3", True)]
    assert MissingParent.objects.count() == 0


def test_the_missing_parent_turns_up_and_is_of_another_conversation() -> None:
    store(ROOT, BELOW)
    store(post(2))
    assert partition() == {frozenset({uri(1)}), frozenset({uri(2), uri(3)})}


def test_a_root_that_is_taken_out_leaves_one_conversation() -> None:
    store(BELOW, BESIDE)
    store(ROOT, into=source("other.example"))
    remove_source(by=None, now=NOW, source=source("other.example"))
    assert counts() == [(2, 3)]


def test_a_parent_that_is_taken_out_leaves_its_answers_below_the_root() -> None:
    store(ROOT, BELOW)
    store(post(2, parent=1, root=1), into=source("other.example"))
    remove_source(by=None, now=NOW, source=source("other.example"))
    assert counts() == [(2, 1)]
    assert outline(1) == [(0, "1", True), (1, "2", False), (2, "3", True)]


def test_ghosts_that_call_each_other_root_are_all_shown() -> None:
    store(post(3, parent=2, root=1), post(4, parent=1, root=2))
    assert sorted(outline(3)) == [(0, "1", False), (0, "2", False), (1, "3", True), (1, "4", True)]


def test_a_post_that_names_its_own_answer_as_root_is_shown() -> None:
    store(post(3, parent=2, root=5), post(5, parent=3, root=5))
    assert len(outline(3)) == 3


def test_whatever_is_stored_asks_the_same_number_of_questions(django_assert_num_queries: Any) -> None:
    store(ROOT, *(post(10 + 2 * n, parent=9 + 2 * n, root=1) for n in range(300)))
    with django_assert_num_queries(6):
        assert len(outline(1)) == 601


@st.composite
def threads(draw: st.DrawFn) -> tuple[list[Value], list[set[int]]]:
    """Two conversations of which some posts are shown, and their numbers as each conversation has them."""
    shown: list[Value] = []
    whole: list[set[int]] = []
    for first in (1, 20):
        top = first
        mine: set[int] = set()
        for n in range(first, first + draw(st.integers(1, 9))):
            above = draw(st.integers(top, n - 1)) if n > top else ""
            if draw(st.integers(0, 2)):
                shown.append(post(n, parent=above, root=top if n > top else ""))
                mine.add(n)
        whole.append(mine)
    return shown, whole


@st.composite
def tangles(draw: st.DrawFn) -> list[Value]:
    """Posts that say anything of what they answer and where it began."""
    numbers = st.integers(1, 8)
    return [
        post(
            n, parent=draw(st.just("") | st.sampled_from([other for other in range(1, 9) if other != n])), root=draw(st.just("") | numbers)
        )
        for n in draw(st.sets(numbers, min_size=2))
    ]


def left(posts: list[Value], sizes: list[int]) -> tuple[dict[str, Any], set[frozenset[str]]]:
    """What is left after these posts in this order, cut into batches; then all is undone."""
    with transaction.atomic():
        apply(posts, sizes)
        found = written.everything(), partition()
        written.clean()
        for pk in Conversation.objects.values_list("pk", flat=True):
            tree = conversation(pk)
            assert tree is not None and tree.missing == tree.conversation.missing
            assert len(tree.nodes) == tree.conversation.posts + tree.missing
        transaction.set_rollback(True)
    return found


def apply(posts: list[Value], sizes: list[int]) -> None:
    source(), source("other.example")
    rest, turn = list(posts), 0
    while rest:
        size = sizes[turn % len(sizes)]
        store(*rest[:size])
        rest, turn = rest[size:], turn + 1


SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=4)


@given(data=st.data())
@AT_LENGTH
def test_any_order_and_division_ends_in_whole_conversations(data: st.DataObject) -> None:
    posts, whole = data.draw(threads())
    expected = {frozenset(uri(n) for n in mine) for mine in whole if mine}
    once, together = left(posts, [50])
    other, _ = left(data.draw(st.permutations(posts)), data.draw(SIZES))
    assert together == expected
    assert once == other


@given(data=st.data())
@AT_LENGTH
def test_any_order_of_any_tangle_ends_in_the_same_rows(data: st.DataObject) -> None:
    posts = data.draw(tangles())
    assert left(posts, [50]) == left(data.draw(st.permutations(posts)), data.draw(SIZES))


@given(data=st.data())
@AT_LENGTH
def test_a_server_that_is_removed_was_never_there(data: st.DataObject) -> None:
    posts, _ = data.draw(threads())
    kept = data.draw(st.sets(st.sampled_from(posts))) if posts else set()
    never, _ = left([each for each in posts if each in kept], [3])
    with transaction.atomic():
        apply([each for each in posts if each in kept], [3])
        for each in data.draw(st.permutations([each for each in posts if each not in kept])):
            store(each, into=source("other.example"))
        remove_source(by=None, now=NOW, source=source("other.example"))
        after = written.everything()
        transaction.set_rollback(True)
    assert {key: after[key] for key in ("posts", "conversations", "missing")} == {
        key: never[key] for key in ("posts", "conversations", "missing")
    }


def test_page_shows_what_hangs_below_a_root_that_nobody_shows(client: Client) -> None:
    store(BELOW, BESIDE)
    client.force_login(User.objects.create(email="vita@loaf.example", name="Vita"))
    page = client.get(f"/desk/conversations/{Conversation.objects.get().pk}/").content.decode()
    assert page.count('<p class="ghost">') == 3
    assert all(words in page for words in ("Words of 3.", "Words of 5."))
