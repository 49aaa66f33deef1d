"""What happens to posts where they are at home is followed, in whatever order it is heard of, and written down."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from homespun.conversations.actions import absences
from homespun.conversations.actions.taking import Taking
from homespun.conversations.models import Absence, Post, State
from homespun.core.models import AuditEntry
from homespun.networks.protocols import Absent
from homespun.networks.values import Account, Place, Visibility
from homespun.networks.values import Post as Value
from homespun.people.models import Account as Known
from tests.conversations import made_up
from tests.conversations.made_up import post, source, store, uri

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENDLESS = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.reuse, Phase.generate)
)


@pytest.fixture(autouse=True)
def made_up_network(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA = tmp_path
    made_up.put_up(monkeypatch)


def shown(*posts: Value, at: int = 0, by: str = "made-up.example") -> None:
    """A server shows these, so many minutes after noon."""
    Taking(None, NOON + timedelta(minutes=at), ours=True).take(by, posts)


def gone(name: str | int, at: int) -> None:
    with transaction.atomic():
        absences.note([Absent(uri(name), "gone")], by=None, now=NOON + timedelta(minutes=at))


def told() -> tuple[str, str, str]:
    """Words, state and visibility of the one post that is here."""
    row = Post.objects.get()
    return row.text, State(row.state).label, Visibility(row.visibility).name


def log() -> list[tuple[str, dict[str, Any]]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "details"))


def test_a_deleted_post_stays_on_the_desk_and_is_marked() -> None:
    shown(post(1, "Oats"))
    gone(1, at=5)
    assert told() == ("Oats", "Deleted", "PUBLIC")
    assert [verb for verb, _ in log()] == ["post.deleted-at-source"]


def test_an_archive_does_not_bring_back_what_was_deleted() -> None:
    shown(post(1, "Oats"))
    gone(1, at=5)
    store(post(1, "Oats, as exported", place=Place.OWN), into=source("an export"))
    assert told()[1] == "Deleted"


def test_what_an_archive_shows_of_a_post_that_was_known_to_be_deleted_is_deleted() -> None:
    gone(1, at=0)
    store(post(1, "Oats", place=Place.OWN), into=source("an export"))
    assert told() == ("Oats", "Deleted", "PUBLIC")


def test_the_copy_of_another_server_does_not_bring_it_back() -> None:
    shown(post(1, "Oats"))
    gone(1, at=5)
    shown(post(1, "Oats and a lie", place=Place.COPY), at=10, by="other.example")
    assert told() == ("Oats", "Deleted", "PUBLIC")


def test_its_own_host_brings_it_back_by_showing_it_again() -> None:
    shown(post(1, "Oats"))
    gone(1, at=5)
    shown(post(1, "Oats"), at=10)
    assert told() == ("Oats", "Live", "PUBLIC")
    assert [verb for verb, _ in log()] == ["post.deleted-at-source", "post.back-at-source"]
    assert Absence.objects.count() == 0


def test_what_was_fetched_before_the_deletion_does_not_bring_it_back() -> None:
    shown(post(1, "Oats"))
    gone(1, at=5)
    shown(post(1, "Oats!", edited=made_up.FIRST + 5_000, version="2"), at=4)
    assert told()[1] == "Deleted"


def test_a_server_that_does_not_answer_leaves_a_deletion_as_it_is() -> None:
    shown(post(1, "Oats"))
    gone(1, at=5)
    with transaction.atomic():
        absences.note([Absent(uri(1), "unreachable")], by=None, now=NOON + timedelta(minutes=9))
    shown(post(1, "Oats", place=Place.COPY), at=10, by="other.example")
    assert told()[1] == "Deleted"


def test_what_was_withdrawn_no_record_brings_back() -> None:
    shown(post(1, "Oats"))
    Post.objects.update(state=State.WITHDRAWN)
    shown(post(1, "Oats!", edited=made_up.FIRST + 5_000, version="2"), at=10)
    gone(1, at=11)
    shown(post(1, "Oats!!", edited=made_up.FIRST + 9_000, version="3"), at=12)
    assert told() == ("Oats!!", "Withdrawn", "PUBLIC")


def test_an_edit_is_followed_and_what_it_said_before_is_written_down() -> None:
    shown(post(1, "Oats"))
    shown(post(1, "Oats.", edited=made_up.FIRST + 5_000, version="2"), at=10)
    assert told() == ("Oats.", "Edited", "PUBLIC")
    assert log() == [("post.edited-at-source", {"before": {"text": "Oats"}})]


def test_an_edit_without_a_number_wins_by_when_it_was_shown() -> None:
    shown(post(1, "Oats and barley"))
    shown(post(1, "Oats"), at=10)
    shown(post(1, "Oats and barley"), at=5)
    assert told()[0] == "Oats"


def test_an_export_of_before_does_not_undo_an_edit() -> None:
    shown(post(1, "Oats", edited=made_up.FIRST + 5_000, version="2"))
    store(post(1, "Oats and barley and rye", place=Place.OWN), into=source("an export"))
    assert told() == ("Oats", "Edited", "PUBLIC")


def test_a_copy_does_not_overwrite_what_the_own_host_showed() -> None:
    shown(post(1, "Oats"))
    shown(post(1, "Oats are bad", place=Place.COPY, edited=made_up.FIRST + 5_000, version="2"), at=10, by="other.example")
    assert told() == ("Oats", "Live", "PUBLIC")


def test_the_own_host_overwrites_a_copy() -> None:
    shown(post(1, "Oats are bad, says a copy", place=Place.COPY), by="other.example")
    shown(post(1, "Oats"), at=10)
    assert told() == ("Oats", "Live", "PUBLIC")
    assert log() == []


def test_a_post_that_is_for_fewer_than_before_is_so_here() -> None:
    shown(post(1, "Oats"))
    shown(post(1, "Oats", visibility=Visibility.FOLLOWERS), at=10)
    assert told() == ("Oats", "Live", "FOLLOWERS")
    assert log() == [("post.edited-at-source", {"before": {"visibility": 1}})]


def test_a_host_that_shows_a_stranger_nothing_has_not_deleted_what_is_for_a_few() -> None:
    shown(post(1, "Oats", visibility=Visibility.DIRECT, place=Place.COPY), by="ours.example")
    Taking(None, NOON + timedelta(minutes=5), ours=True).take("made-up.example", (), [Absent(uri(1), "gone")])
    assert told() == ("Oats", "Live", "DIRECT")
    gone(1, at=9)  # a stream says so to the account that it was said to
    assert told() == ("Oats", "Deleted", "DIRECT")


def test_a_copy_does_not_make_a_post_public_that_its_host_shows_to_some() -> None:
    shown(post(1, "Oats", visibility=Visibility.FOLLOWERS))
    shown(post(1, "Oats", visibility=Visibility.PUBLIC, place=Place.COPY), at=10, by="other.example")
    assert told()[2] == "FOLLOWERS"


def test_a_new_handle_is_written_down() -> None:
    shown(post(1))
    renamed = made_up.person("bryony")
    shown(made_up.post(2, author=type(renamed)(renamed.uri, "bryony.oats@made-up.example", "Bryony", network=made_up.NETWORK)), at=10)
    assert [(verb, told["before"], told["after"]) for verb, told in log()] == [
        ("account.renamed", "bryony@made-up.example", "bryony.oats@made-up.example")
    ]


def test_what_an_archive_shows_of_an_account_that_was_closed_is_deleted_until_it_is_back() -> None:
    shown(post(1))
    with transaction.atomic():
        absences.note([Absent(made_up.person("bryony").uri, "gone")], by=None, now=NOON + timedelta(minutes=5))
    store(post(2, place=Place.OWN), into=source("an export"))
    assert list(Post.objects.order_by("pk").values_list("state", flat=True)) == [State.LIVE, State.DELETED]
    shown(post(3), at=9)
    assert list(Post.objects.order_by("pk").values_list("state", flat=True)) == [State.LIVE, State.LIVE, State.LIVE]


def test_a_server_does_not_speak_for_the_people_of_another() -> None:
    liar = made_up.post(1, author=Account("https://field.example/users/bryony", "bryony@field.example", network="mastodon"))
    lie = msgspec.structs.replace(liar, uri="https://evil.example/1", network="mastodon")
    shown(lie, by="evil.example")
    shown(msgspec.structs.replace(lie, uri="at://did:plc:other/app.bsky.feed.post/1", network="bluesky"), by="evil.example")
    assert not Post.objects.exists()


def test_faces_and_what_people_say_of_themselves_are_those_of_now() -> None:
    account = msgspec.structs.replace(made_up.person("bryony"), avatar="https://made-up.example/old.png", bio="Walker.")
    shown(post(1, author=account))
    shown(post(2, author=msgspec.structs.replace(account, avatar="https://made-up.example/new.png", bio="")), at=10)
    assert list(Known.objects.values_list("avatar", "bio")) == [("https://made-up.example/new.png", "Walker.")]


@pytest.mark.parametrize("copy_at", [0, 20])
def test_copy_on_another_server_never_overwrites_what_their_own_server_says_of_people(copy_at: int) -> None:
    at_home = msgspec.structs.replace(made_up.person("bryony"), name="Bryony", avatar="https://made-up.example/home.png", bio="Walker.")
    elsewhere = msgspec.structs.replace(at_home, name="Somebody", avatar="https://other.example/copy.png", bio="Runner.")
    for at, author, place, by in sorted(
        [(10, at_home, Place.SERVER, "made-up.example"), (copy_at, elsewhere, Place.COPY, "other.example")], key=lambda each: each[0]
    ):
        shown(post(1 if place == Place.SERVER else 2, author=author, place=place), at=at, by=by)
    assert list(Known.objects.values_list("name", "avatar", "bio")) == [("Bryony", "https://made-up.example/home.png", "Walker.")]


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, Value]]:
    """What servers and an export show of one post, each with who shows it and when: an edit is shown by nobody before it was made."""
    times = draw(st.lists(st.integers(0, 20), max_size=3, unique=True).map(sorted))
    found = []
    for n in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, 30))
        made = [time for time in times if time <= at]
        seen = draw(st.sampled_from([0, *made])) if draw(st.booleans()) else (made[-1] if made else 0)
        where, place = draw(st.sampled_from([("made-up.example", Place.SERVER), ("other.example", Place.COPY), ("", Place.OWN)]))
        edit = made_up.FIRST + seen * 60_000 if seen else 0
        words = f"Words of {seen}" + " and more" * (20 - seen)
        found.append((where, at * 10 + n, post(1, words, place=place, edited=edit, version=str(seen) if seen else "")))
    return found


def left(history: list[tuple[str, int, Value]]) -> tuple[Any, ...]:
    with transaction.atomic():
        for where, at, value in history:
            if where:
                shown(value, at=at, by=where)
            else:
                store(value, into=source("an export"))
        row = Post.objects.values("text", "state", "visibility", "edited", "place").get()
        transaction.set_rollback(True)
    return tuple(row.values())


@given(data=st.data())
@ENDLESS
def test_edits_end_in_the_newest_words_in_whatever_order_they_are_heard_of(data: st.DataObject) -> None:
    history = data.draw(histories())
    best = [value for _, _, value in history if value.place != Place.COPY] or [value for _, _, value in history]
    once = left(history)
    assert once == left(data.draw(st.permutations(history)))
    assert once[0] == max(best, key=lambda value: value.edited).text
