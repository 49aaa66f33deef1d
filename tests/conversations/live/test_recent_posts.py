"""Edits and deletions on servers without a stream: recent posts are fetched again, at set ages or when somebody asks for all."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from homespun.conversations.actions import recent_posts
from homespun.conversations.actions.listening import PACES, listen
from homespun.conversations.actions.recent_posts import is_due
from homespun.conversations.actions.syncing import sync
from homespun.conversations.models import Listening, Post, State
from homespun.http import Door
from tests.conversations.live.fake import post, uri
from tests.conversations.live.listened import NOW, Network

DOOR = Door(site="https://stilewise.example")
BRYONY = "@bryony@bryony.example"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLL = timedelta(seconds=PACES["account"].longest)


@pytest.fixture
def network(to_hear: Network) -> Network:
    return to_hear


@pytest.fixture
def row(network: Network) -> Listening:
    """Bryony is listened to, and has said two things just now."""
    network.says(BRYONY, post(1, "bryony", "The ladder."), post(2, "bryony", "And the gate."))
    (found,) = listen(by=None, now=NOW, typed=BRYONY, door=DOOR)
    sync(listening=found.pk, now=NOW, door=DOOR)
    return found


def edit(network: Network, number: int, text: str) -> None:
    network.add(post(number, "bryony", text))


@pytest.mark.parametrize(
    ("age", "longest"),
    [(MINUTE, 20 * MINUTE), (40 * MINUTE, 20 * MINUTE), (2 * HOUR, 2 * HOUR + POLL), (20 * HOUR, 2 * HOUR + POLL), (3 * DAY, DAY + POLL)],
)
def test_edit_goes_unnoticed_for_at_most_the_interval_of_its_age_and_one_poll(age: timedelta, longest: timedelta) -> None:
    for offset in range(0, 600, 7):  # wherever the polls stand to the time of the post
        now = NOW + timedelta(seconds=offset)
        while not (now - NOW >= age and is_due(NOW, last=now - POLL, now=now)):
            now += POLL
        assert now - (NOW + age) <= longest


def test_post_is_fetched_again_at_few_ages_and_not_after_a_week() -> None:
    polls = [NOW + n * POLL for n in range(1, 9 * 144)]
    due = [now - NOW for now in polls if is_due(NOW, last=now - POLL, now=now)]
    assert due == [n * 10 * MINUTE for n in range(1, 7)] + [n * 2 * HOUR for n in range(1, 13)] + [n * DAY for n in range(2, 8)]


@pytest.mark.django_db
def test_edit_and_deletion_are_noticed_by_polling(network: Network, row: Listening) -> None:
    edit(network, 1, "The other ladder.")
    del network.posts[uri(2)]
    network.absent[uri(2)] = "gone"
    Listening.objects.update(due=NOW)
    sync(listening=row.pk, now=NOW + 20 * MINUTE, door=DOOR)
    assert (Post.objects.get(uri=uri(1)).text, Post.objects.get(uri=uri(2)).state) == ("The other ladder.", State.DELETED)


@pytest.mark.django_db
def test_posts_that_are_not_due_are_not_fetched_again(network: Network, row: Listening) -> None:
    Listening.objects.update(due=NOW)
    network.asked.clear()
    sync(listening=row.pk, now=NOW + 2 * MINUTE, door=DOOR)
    assert network.asked == [BRYONY]


@pytest.mark.django_db
def test_sync_all_notices_edits_at_once(network: Network, row: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_posts, "MONTH", 365 * 30 * DAY)  # the made-up posts are of another year
    edit(network, 1, "The other ladder.")
    out = StringIO()
    call_command("sync", "--once", "--all", "--json", stdout=out, stderr=StringIO())
    assert (json.loads(out.getvalue())["updated"], Post.objects.get(uri=uri(1)).text) == (1, "The other ladder.")
