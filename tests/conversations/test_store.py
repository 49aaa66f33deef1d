"""Nothing lost, nothing doubled: the same records in any order and any division leave the same rows."""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from homespun.conversations.actions.removing import remove_source
from homespun.conversations.models import Conversation, ConversationAlias, MissingParent, Post, PostName, Sighting, Source, State
from homespun.networks.values import Place, Visibility
from homespun.networks.x import tweets
from homespun.people.models import Account
from tests.conversations import written
from tests.conversations.written import everything, number, source, store, tweet, uri, user

pytestmark = pytest.mark.django_db
Records = list[tuple[int, Place, dict[str, Any]]]  # whose archive, place, record


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


def test_reply_finds_its_parent_in_the_same_batch() -> None:
    store(source(1), [(Place.OWN, tweet(2, "Yes!", answers=1)), (Place.OWN, tweet(1, "Is this on?"))])
    assert Post.objects.get(uri=uri(2)).parent == Post.objects.get(uri=uri(1))
    assert list(Conversation.objects.values_list("posts", "missing")) == [(2, 0)]


def test_reply_waits_for_its_parent() -> None:
    store(source(1), [(Place.OWN, tweet(2, "Yes!", answers=1, of=2))])
    assert MissingParent.objects.get().uri == uri(1)
    store(source(2), [(Place.OWN, tweet(1, "Is this on?"))])
    assert Post.objects.get(uri=uri(2)).parent == Post.objects.get(uri=uri(1))
    assert list(Conversation.objects.values_list("posts", "missing")) == [(2, 0)]


def test_two_replies_to_one_ghost_share_a_conversation() -> None:
    store(source(1), [(Place.OWN, tweet(2, "One", answers=1, of=3))])
    store(source(2), [(Place.OWN, tweet(3, "Two", answers=1, of=3))])
    assert list(Conversation.objects.values_list("posts", "missing")) == [(2, 1)]


def test_merged_conversation_leaves_its_address() -> None:
    store(source(1), [(Place.OWN, tweet(3, "Three", answers=2, of=2)), (Place.OWN, tweet(1, "One"))])
    before = set(Conversation.objects.values_list("pk", flat=True))
    store(source(2), [(Place.OWN, tweet(2, "Two", answers=1, of=1))])
    after = Conversation.objects.get().pk
    assert {after, *ConversationAlias.objects.values_list("pk", flat=True)} == before
    assert ConversationAlias.objects.get().conversation_id == after


def test_second_import_changes_nothing() -> None:
    records = [(Place.OWN, tweet(1, "One")), (Place.OWN, tweet(2, "Two", answers=1)), (Place.LIKE, like(5))]
    store(source(1), records)
    before = everything()
    store(source(1), records)
    assert everything() == before


def test_edits_are_one_post_with_the_newest_words() -> None:
    store(source(1), [(Place.OWN, edited(1, [1, 2], "frist")), (Place.OWN, edited(2, [1, 2], "first"))])
    post = Post.objects.get()
    assert (post.uri, post.text, post.state) == (uri(1), "first", State.EDITED)
    assert list(PostName.objects.values_list("name", flat=True)) == [uri(2)]
    assert Sighting.objects.count() == 2


def test_reply_to_an_edit_answers_the_post() -> None:
    store(source(2), [(Place.OWN, tweet(3, "Ha", answers=2, of=1))])
    store(source(1), [(Place.OWN, edited(1, [1, 2], "frist")), (Place.OWN, edited(2, [1, 2], "first"))])
    assert Post.objects.get(uri=uri(3)).parent == Post.objects.get(uri=uri(1))


@pytest.mark.parametrize("like_first", [True, False])
def test_like_fills_in_for_a_missing_parent(like_first: bool) -> None:
    steps = [(Place.LIKE, like(1)), (Place.OWN, tweet(2, "Thank you!", answers=1, of=3))]
    for record in steps if like_first else reversed(steps):
        store(source(1), [record])
    parent = Post.objects.get(uri=uri(1))
    assert parent.author is not None
    assert (parent.text, parent.visibility, parent.author.handle) == ("Liked 1", Visibility.LIKED, "stranger")
    assert MissingParent.objects.count() == 0


def test_like_that_nothing_answers_is_no_post() -> None:
    store(source(1), [(Place.LIKE, like(1))])
    assert Post.objects.count() == 0


def test_own_record_takes_the_place_of_a_like() -> None:
    store(source(1), [(Place.LIKE, like(1)), (Place.OWN, tweet(2, "Thank you!", answers=1, of=2))])
    store(source(2), [(Place.OWN, tweet(1, "Own words"))])
    post = Post.objects.get(uri=uri(1))
    assert (post.text, post.visibility, post.place) == ("Own words", Visibility.PUBLIC, Place.OWN)
    assert list(Sighting.objects.filter(post=post).values_list("place", flat=True)) == [Place.OWN]


def test_removed_source_leaves_what_others_say() -> None:
    ours, theirs = source(1), source(2)
    store(ours, [(Place.OWN, repost(5, 1, 2)), (Place.OWN, tweet(3, "And?", answers=1, of=2))])
    before = everything()
    store(theirs, [(Place.OWN, tweet(1, "The words, whole and longer")), (Place.OWN, tweet(4, "So!", answers=3, of=1))])
    remove_source(by=None, now=NOW, source=theirs)
    after = everything()
    assert {key: after[key] for key in COMPARED} == {key: before[key] for key in COMPARED}


def test_removed_source_takes_the_names_that_only_it_told() -> None:
    ours, theirs = source(1), source(2)
    store(ours, [(Place.OWN, repost(5, 1, 3))])
    renamed = tweet(7, "Words 7", user=user(3) | {"screen_name": "stranger_no_more", "name": "No Stranger"})
    store(theirs, [(Place.OWN, tweet(8, "See this", quoted_status=renamed, quoted_status_id_str=renamed["id_str"]))])
    store(ours, [(Place.OWN, tweet(9, "And?", answers=7, of=3))])
    stranger = Account.objects.get(uri="https://x.com/i/user/3")
    assert (stranger.handle, stranger.name) == ("stranger", "No Stranger")
    remove_source(by=None, now=NOW, source=theirs)
    stranger.refresh_from_db()
    assert (stranger.handle, stranger.name) == ("stranger", "Stranger")
    assert set(stranger.former_names.values_list("handle", "name")) == {("stranger", "Stranger"), ("stranger", "")}


def test_removed_source_takes_a_name_that_nobody_else_told() -> None:
    ours, theirs = source(1), source(2)
    store(ours, [(Place.OWN, tweet(2, "And?", answers=1, of=3))])
    store(theirs, [(Place.OWN, repost(5, 1, 3))])
    remove_source(by=None, now=NOW, source=theirs)
    assert list(Account.objects.filter(uri="https://x.com/i/user/3").values_list("handle", "name")) == [("stranger", "")]


def like(n: int) -> dict[str, Any]:
    return {"tweetId": str(number(n)), "fullText": f"Liked {n}"}


def edited(n: int, versions: list[int], text: str) -> dict[str, Any]:
    control = {"editTweetIds": [str(number(each)) for each in versions]}
    if n == versions[0]:
        return tweet(n, text, edit_info={"initial": control})
    return tweet(n, text, edit_info={"edit": {"initialTweetId": str(number(versions[0])), "editControlInitial": control}})


def repost(n: int, of: int, by: int, called: dict[str, Any] | None = None) -> dict[str, Any]:
    return tweet(n, f"RT @{written.PEOPLE[by]}: Words {of}", retweeted_status=tweet(of, f"Words {of}", user=called or user(by)))


NOW: Any = "2024-06-01T00:00Z"
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # an example is small as it is, and each one costs a database
COMPARED = ("posts", "conversations", "missing", "sightings", "asides", "words", "called", "faces", "files")


@st.composite
def worlds(draw: st.DrawFn) -> Records:
    """Posts by three people, and what two archives show of them."""
    count = draw(st.integers(2, 8))
    records: Records = []
    author: dict[int, int] = {}

    def called(who: int) -> dict[str, Any]:
        """Somebody as one record has them: people change their handle, name and picture."""
        handle, name, avatar = (draw(st.sampled_from(["", *options])) for options in (["bess", "Bess"], ["Bess"], ["a.jpg", "b.jpg"]))
        return user(who, handle=handle, name=name, avatar=avatar)

    for n in range(count):
        author[n] = draw(st.sampled_from([1, 2, 3]))
        answers = draw(st.none() | st.integers(0, n - 1)) if n else None
        raw = tweet(n, f"Words {n}", answers=answers, of=author[answers] if answers is not None else 1)
        if answers is not None and draw(st.booleans()):
            raw["in_reply_to_screen_name"] = draw(st.sampled_from(["bess", "BESS"]))
        if author[n] != 3:
            raw |= {"user": called(author[n])} if draw(st.booleans()) else {}
            records.append((author[n], Place.OWN, raw))
            if draw(st.integers(0, 4)) == 0:
                records[-1] = (author[n], Place.OWN, raw | edited(n, [n, n + 100], f"Words {n}"))
                records.append((author[n], Place.OWN, raw | edited(n + 100, [n, n + 100], f"Better words {n}")))
    for extra in range(draw(st.integers(0, 5))):
        of, by = draw(st.integers(0, count - 1)), draw(st.sampled_from([1, 2]))
        kind = draw(st.sampled_from(["like", "repost", "quote"]))
        if kind == "like":
            records.append((by, Place.LIKE, like(of)))
        elif kind == "repost":
            records.append((by, Place.OWN, repost(50 + extra, of, author[of], called(author[of]))))
        else:
            inner = tweet(of, f"Words {of}", user=called(author[of]))
            records.append((by, Place.OWN, tweet(50 + extra, "See this", quoted_status=inner, quoted_status_id_str=inner["id_str"])))
    return records


def stored(records: Records, sizes: list[int], made: str = written.MADE) -> dict[str, Any]:
    """What is left after these records in this order, cut into batches; then all is undone."""
    with transaction.atomic():
        source(1, ours=True), source(2)
        Source.objects.filter(fingerprint="2").update(made=f"{made}Z" if made else None)
        apply(records, sizes, made)
        left = everything()
        written.clean()
        transaction.set_rollback(True)
    return left


def different(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What stands in one of them only."""
    sets = {key: (set(one[key].items()), set(other[key].items())) if key == "posts" else (one[key], other[key]) for key in one}
    return {key: (first - second, second - first) for key, (first, second) in sets.items() if first != second}


def apply(records: Records, sizes: list[int], made: str = written.MADE) -> None:
    rest = list(records)
    turn = 0
    while rest:
        size = sizes[turn % len(sizes)]
        part, rest = rest[:size], rest[size:]
        for who in (1, 2):
            if mine := [(place, raw) for whose, place, raw in part if whose == who]:
                store(source(who), mine, made=made if who == 2 else written.MADE)
        turn += 1


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
def test_any_order_and_division_ends_in_the_same_rows(data: st.DataObject) -> None:
    records = data.draw(worlds())
    shuffled = data.draw(st.permutations(records))
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    made = data.draw(st.sampled_from(["", written.MADE]))
    once, other = stored(records, [len(records)], made), stored(shuffled, sizes, made)
    assert different(once, other) == {}


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
def test_a_source_that_is_removed_was_never_there(data: st.DataObject) -> None:
    records = data.draw(worlds())
    never = stored([record for record in records if record[0] == 1], [3])
    with transaction.atomic():
        source(1, ours=True), source(2)
        apply(data.draw(st.permutations(records)), [4])
        remove_source(by=None, now=NOW, source=source(2))
        left = everything()
        written.clean()
        transaction.set_rollback(True)
    for world in (never, left):  # the account of the archive itself is there in one of them only
        world["faces"] = {each for each in world["faces"] if each[0] != written.owner(2).uri}
    assert different({key: never[key] for key in COMPARED}, left) == {}
    assert connection.in_atomic_block


def test_cut_post_quotes_nothing_and_gives_way_to_its_whole_words() -> None:
    link = {"url": "https://t.co/selfselfse", "expanded_url": f"https://twitter.com/i/web/status/{number(1)}"}
    cut = tweet(1, "The whole of what was s… https://t.co/selfselfse", entities={"urls": [link]}, truncated=True)
    store(source(1), [(Place.OWN, cut)])
    post = Post.objects.get()
    assert (post.text, post.is_cut, post.references.count()) == ("The whole of what was s…", True, 0)
    store(source(1, name="newer"), [(Place.OWN, tweet(1, "The whole of what was said"))])
    post.refresh_from_db()
    assert (post.text, post.is_cut) == ("The whole of what was said", False)


def test_second_import_reads_with_today_s_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [(Place.OWN, tweet(1, "One &amp; only"))]
    with monkeypatch.context() as older:
        older.setattr(tweets, "words", lambda _tweet, text, *_: text)
        store(source(1), records)
    assert Post.objects.get().text == "One &amp; only"
    store(source(1), records)
    assert Post.objects.get().text == "One & only"
