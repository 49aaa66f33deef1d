"""A conversation as a tree: order, ghosts, any size and depth, and the command that prints it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from homespun.conversations.models import ConversationAlias, Post, PostMedia, PostName, State
from homespun.conversations.queries import conversation, conversation_uris, shape, whole
from homespun.conversations.queries.lines import BRANCHES, DEEP, POSTS, Line
from homespun.conversations.queries.tree import Ghost, Leaf, arranged, forget
from homespun.core.terminal import printable
from homespun.networks.values import Visibility
from homespun.people.models import Account
from tests.conversations.cast import NOW, account, hettie, many, post, talk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    forget()


GHOST = "https://x.com/i/status/4711"


def words(root: Post) -> list[str]:
    tree = conversation(root.conversation_id)
    assert tree is not None
    return [node.post.text if node.post else f"({node.uri})" for node in tree.nodes]


def test_reading_order_is_depth_first_with_answers_by_time() -> None:
    assert words(talk()) == [
        "Which stile held you up the longest?",
        "The ladder, by far.",
        "The ladder is the best one.",
        "And the one with the paint.",
    ]


def test_answers_of_the_same_time_are_in_order_of_uri() -> None:
    root = post("root", at=NOW)
    post("b", parent=root, at=NOW + timedelta(1), uri="https://x.com/i/status/8002")
    post("a", parent=root, at=NOW + timedelta(1), uri="https://x.com/i/status/8001")
    assert words(root) == ["root", "a", "b"]


def test_ghost_stands_once_above_all_that_answer_it() -> None:
    first = post("An answer", ghost=GHOST)
    other = post("Another", parent=first)
    Post.objects.filter(pk=other.pk).update(parent=None)
    tree = arranged(
        [Leaf(first.pk, first.uri, None, None), Leaf(other.pk, other.uri, None, None)],
        {first.pk: Ghost(GHOST, None), other.pk: Ghost(GHOST, 7)},
    )
    assert tree.order == [GHOST, first.pk, other.pk]
    assert tree.ghosts == {GHOST: Ghost(GHOST, 7)}
    assert tree.sizes[GHOST] == 3


def test_circle_of_answers_is_read_once_each() -> None:
    tree = arranged([Leaf(1, "a", 3, None), Leaf(2, "b", 1, None), Leaf(3, "c", 2, None), Leaf(4, "d", None, None)], {})
    assert sorted(tree.order, key=str) == [1, 2, 3, 4]
    assert tree.order == [4, 1, 2, 3]


def test_chain_of_ten_thousand_is_ordered_and_drawn_in_parts(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = many((f"post {number}" for number in range(10_000)), chain=True)
    with django_assert_num_queries(2):
        tree = shape(made)
    assert tree.order == sorted(tree.leaves)
    assert max(tree.depths.values()) == 9_999
    line = whole(tree)[0]
    assert line.rest is not None
    assert (len(line.rows), line.rest.posts) == (POSTS, 10_000 - POSTS)
    assert len(conversation_uris(made.pk)) == 10_000


def test_ten_thousand_answers_to_one_post_are_drawn_in_parts() -> None:
    made = many((f"post {number}" for number in range(10_000)), chain=False)
    line = whole(shape(made))[0]
    _root, first = line.rows
    (further,) = first.further
    assert (len(first.branches), further.posts, first.key) == (BRANCHES, 9_998 - BRANCHES, sorted(shape(made).leaves)[1])


def drawn_order(root: Post) -> list[str]:
    """What a page shows of a conversation, from top to bottom; a branch that answers an earlier post names it."""
    texts = {row.pk: row.text for row in Post.objects.all()}

    def of_line(line: Line, depth: int) -> Iterator[str]:
        for number, row in enumerate(line.rows):
            named = f" (to {texts[int(line.parent)]})" if line.parent is not None and not number else ""
            yield "-" * depth + texts[int(row.key)] + named
            for branch in row.branches:
                yield from of_line(branch, depth + 1)

    return [text for line in whole(shape(root.conversation)) for text in of_line(line, 0)]


def test_answers_are_drawn_in_the_order_in_which_they_happened() -> None:
    root = post("root")
    first, second, third = (post(text, parent=root) for text in ("first", "second", "third"))
    post("first, answered late", parent=first)
    assert drawn_order(root) == ["root", "first", "-second (to root)", "-third (to root)", "first, answered late"]
    assert (second.parent, third.parent) == (root, root)


def test_branch_stands_right_below_what_it_answers_where_nothing_came_between() -> None:
    root = post("root")
    first = post("first", parent=root)
    post("first again", parent=first)
    post("another", parent=first)
    assert drawn_order(root) == ["root", "first", "first again", "-another (to first)"]
    late = post("and one more", parent=post("last", parent=root))
    assert drawn_order(root)[-2:] == ["-last (to root)", f"-{late.text}"]


def test_branches_of_a_branch_are_in_order_too() -> None:
    root = post("root")
    post("first", parent=root)
    second = post("second", parent=root)
    third = post("third", parent=root)
    for text in ("a", "b", "c"):
        post(text, parent=second)
    post("d", parent=third)
    assert drawn_order(root) == ["root", "first", "-second (to root)", "-a", "--b (to second)", "--c (to second)", "-third (to root)", "-d"]


def test_branch_within_branch_is_cut_past_the_fourth() -> None:
    here = post("root")
    for number in range(8):
        straight = post(f"straight {number}", parent=here)
        here = post(f"branch {number}", parent=here)
        assert straight.parent == here.parent
    line, depth = whole(shape(here.conversation))[0], 0
    while line.rows[-1].branches:
        line, depth = line.rows[-1].branches[0], depth + 1
    assert depth == DEEP
    row = line.rows[0]
    assert row.deeper is not None
    assert (row.deeper.key, row.deeper.posts) == (row.key, 7)


def test_merged_conversation_is_found_by_its_old_key() -> None:
    root = talk()
    ConversationAlias.objects.create(id=23, conversation=root.conversation)
    found = conversation(23)
    assert found is not None
    assert found.conversation == root.conversation
    assert conversation(24) is None


def printed(uri: str) -> dict[str, object]:
    answer: dict[str, object] = json.loads(capture("conversation", uri, "--json"))
    return answer


def capture(*words: str) -> str:
    out = StringIO()
    call_command(words[0], *words[1:], stdout=out)
    return out.getvalue()


def test_command_prints_the_conversation_with_its_ghost() -> None:
    first = post("@bryonyshelves The ladder.", hettie(), ghost=GHOST, uri="https://x.com/i/status/4712")
    post("And paint.", hettie(), parent=first, uri="https://x.com/i/status/4713")
    answer = printed("https://x.com/i/status/4713")
    assert (answer["uri"], answer["missing"]) == (GHOST, 1)
    posts = answer["posts"]
    assert isinstance(posts, list)
    assert posts[0] == {"uri": GHOST, "parent": None, "author": "@bryonyshelves", "own": False, "published": None, "state": "missing"}
    assert [(each["uri"][-4:], each["parent"], each["own"], each["state"]) for each in posts[1:]] == [
        ("4712", GHOST, True, "live"),
        ("4713", "https://x.com/i/status/4712", True, "live"),
    ]
    assert printed(GHOST) == answer


@pytest.mark.parametrize(
    "address",
    [
        "https://x.com/i/status/4712",
        "https://twitter.com/stilewise/status/4712",
        "https://mobile.twitter.com/stilewise/status/4712?s=20",
        "https://x.com/stilewise/status/4712/photo/1",
        "https://x.com/i/web/status/4712",
        "https://x.com/i/status/4700",
    ],
)
def test_command_takes_any_address_of_a_post(address: str) -> None:
    row = post("The ladder.", uri="https://x.com/i/status/4712")
    PostName.objects.create(post=row, name="https://x.com/i/status/4700")
    assert printed(address)["uri"] == "https://x.com/i/status/4712"


def test_command_prints_a_tree_for_people() -> None:
    talk()
    uri = Post.objects.order_by("pk").values_list("uri", flat=True)[0]
    lines = capture("conversation", uri).splitlines()
    assert [line[: line.index("@")] for line in lines[:-1]] == ["○ ", "  ● ", "    ○ ", "  ● "]
    assert lines[-1] == "4 posts, 0 still missing."


def test_command_prints_who_could_see_a_post_its_state_its_warning_and_its_media() -> None:
    row = post("The ladder.", hettie(), uri="https://x.com/i/status/4712")
    seen = row.published + timedelta(hours=1)
    Post.objects.filter(pk=row.pk).update(visibility=Visibility.FOLLOWERS, state=State.DELETED, warning="heights", edited=seen)
    PostMedia.objects.create(post=row, position=1, kind="video", url="https://media.example/2.mp4")
    PostMedia.objects.create(post=row, position=0, kind="image", url="https://media.example/1.jpg", alt="A ladder in the snow")
    posts = printed(row.uri)["posts"]
    assert isinstance(posts, list)
    assert {name: posts[0][name] for name in ("visibility", "state", "warning", "edited", "text", "media")} == {
        "visibility": "followers",
        "state": "deleted",
        "warning": "heights",
        "edited": seen.isoformat(),
        "text": "The ladder.",
        "media": [
            {"kind": "image", "url": "https://media.example/1.jpg", "alt": "A ladder in the snow"},
            {"kind": "video", "url": "https://media.example/2.mp4", "alt": None},
        ],
    }
    line = capture("conversation", row.uri).splitlines()[0]
    words = "[deleted] [followers only] [content warning: heights] The ladder. [picture: A ladder in the snow] [video]"
    assert line.endswith(f": {words}")
    assert "[deleted] [followers only] The ladder." in capture("search", "ladder")


def test_commands_print_no_control_characters_of_other_people() -> None:
    author = account("bryonyshelves")
    Account.objects.filter(pk=author.pk).update(handle="bryony\x1b]0;title\x07\nroot")
    row = post("Ladder \x1b[31mred\x1b[0m \u202egnp.exe \x9b2J", author)
    for words in (("conversation", row.uri), ("conversation", row.uri, "--json"), ("search", "ladder"), ("search", "ladder", "--json")):
        out = capture(*words)
        assert printable(out) == out


def test_a_handle_with_a_line_break_makes_no_line_of_its_own() -> None:
    author = account("bryonyshelves")
    Account.objects.filter(pk=author.pk).update(handle="bryony\n9 posts, 0 still missing.")
    assert len(capture("conversation", post("Ladder", author).uri).splitlines()) == 2


def test_command_fails_with_a_sentence_for_what_is_not_held() -> None:
    with pytest.raises(CommandError, match="No post with the address"):
        capture("conversation", "https://x.com/i/status/1")


def test_search_command_prints_count_and_hits() -> None:
    row = post("The ladder beside the stile", hettie())
    answer = json.loads(capture("search", "ladder", "stile", "--json"))
    assert answer == {
        "count": 1,
        "more": False,
        "hits": [
            {
                "uri": row.uri,
                "url": row.url,
                "author": "@stilewise",
                "published": row.published.isoformat(),
                "text": row.text,
                "visibility": "public",
                "state": "live",
            },
        ],
        "notes": [],
    }


def test_search_command_refuses_a_limit_that_is_none() -> None:
    with pytest.raises(CommandError, match="from 1 to 1,000"):
        capture("search", "ladder", "--limit", "0")
