"""What a conversation lacks, asked for wherever somebody of it is at home."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO

import msgspec
import pytest
from django.core.management import CommandError, call_command

from homespun.conversations.actions import completing
from homespun.conversations.actions.blocks import look
from homespun.conversations.actions.completing import complete, next_asking
from homespun.conversations.actions.finding import find
from homespun.conversations.actions.locking import Busy, reading
from homespun.conversations.actions.taking import is_theirs
from homespun.conversations.models import Absence, Completion, Conversation, MissingParent, Post, Sighting, State
from homespun.conversations.queries import conversation, shape
from homespun.conversations.queries.lacking import Lacking, lacking
from homespun.conversations.queries.reading import Tree
from homespun.conversations.queries.search import key_at
from homespun.core.models import AuditEntry
from homespun.http import Door
from homespun.networks.protocols import Absent, Around
from homespun.networks.values import Post as Value
from homespun.people.models import Account
from tests.conversations.live.fake import Client, Network, account, post, uri

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 10, 9, 0, tzinfo=UTC)
DOOR = Door(site="https://stilewise.example")


def talk(network: Network) -> None:
    """Three servers, each of which shows its own."""
    network.add(
        post(1, "hettie", "Which stile held you up?"),
        post(2, "bryony", "The ladder.", parent=1),
        post(3, "hettie", "Why that one?", parent=2),
        post(4, "colm", "It is wet.", parent=3),
        post(5, "colm", "And steep.", parent=4),
    )


def test_union_of_all_servers_is_whole(network: Network) -> None:
    talk(network)
    done = complete(by=None, now=NOW, uri=uri(3), door=DOOR)
    assert sorted(Post.objects.values_list("uri", flat=True)) == [uri(n) for n in range(1, 6)]
    assert (done.uri, done.new) == (uri(1), 4)
    assert sorted(done.places) == ["bryony.example", "colm.example", "hettie.example"]
    tree = shape(done.conversation)
    assert (len(tree.leaves), tree.ghosts) == (5, {})
    row = Completion.objects.get(conversation=done.conversation.pk)
    assert (row.state, row.places, row.new, row.trouble) == ("done", 3, 4, "")


def test_second_asking_brings_nothing_new(network: Network) -> None:
    talk(network)
    complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    assert complete(by=None, now=NOW, uri=uri(1), door=DOOR).new == 0


def test_deleted_parent_stays_a_ghost_that_says_so_and_is_not_asked_for_again(network: Network) -> None:
    talk(network)
    del network.posts[uri(1)]
    network.absent[uri(1)] = "gone"
    done = complete(by=None, now=NOW, uri=uri(2), door=DOOR)
    assert lacking(done.conversation, shape(done.conversation)).why == {"gone": 1}
    tree = conversation(done.conversation.pk)
    assert tree is not None
    assert (tree.missing, tree.nodes[0].state) == (1, "gone")
    network.asked.clear()
    complete(by=None, now=NOW, uri=uri(2), door=DOOR)
    assert uri(1) not in network.asked


def test_author_who_has_blocked_us_is_counted_and_not_kept(network: Network) -> None:
    talk(network)
    network.blocked.add(account("bryony").uri)
    done = complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    assert not Post.objects.filter(uri=uri(2)).exists()
    assert lacking(done.conversation, shape(done.conversation)).why == {"blocked": 1}
    assert AuditEntry.objects.filter(verb="account.blocks-us", subject=f"account:{account('bryony').uri}").count() == 1


def test_posts_of_who_has_blocked_us_stay_as_they_were_and_no_new_ones_come(network: Network) -> None:
    talk(network)
    complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    network.blocked.add(account("bryony").uri)
    network.add(post(6, "bryony", "And you?", parent=1), post(7, "colm", "Me too.", parent=6))
    done = complete(by=None, now=NOW, uri=uri(7), door=DOOR)
    assert sorted(Post.objects.values_list("uri", flat=True)) == [uri(n) for n in (1, 2, 3, 4, 5, 7)]
    assert {node.uri: node.state for node in tree(done.conversation).nodes if node.post is None} == {uri(6): "blocked"}


def test_who_has_blocked_us_no_longer_is_collected_again(network: Network) -> None:
    talk(network)
    network.blocked.add(account("bryony").uri)
    complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    network.blocked.clear()
    look(by=None, now=NOW + timedelta(days=1), door=DOOR)
    assert not Absence.objects.filter(uri=account("bryony").uri).exists()
    complete(by=None, now=NOW + timedelta(days=8), uri=uri(1), door=DOOR, pressed=False)
    assert (Post.objects.count(), Absence.objects.count()) == (5, 0)


def test_ghost_whose_author_has_blocked_us_says_so(network: Network) -> None:
    network.add(post(3, "hettie", "Why that one?", parent=2))
    done = complete(by=None, now=NOW, uri=uri(3), door=DOOR)
    MissingParent.objects.update(author=Account.objects.create(uri=account("bryony").uri, network="fake", handle="bryony"))
    network.blocked.add(account("bryony").uri)
    look(by=None, now=NOW, door=DOOR)
    assert not Absence.objects.filter(uri=account("bryony").uri).exists()  # who has never spoken where we take part is not asked about
    Absence.objects.create(uri=account("bryony").uri, why="blocked", asked=NOW)
    assert [node.state for node in tree(done.conversation).nodes] == ["blocked", "live"]


def test_one_worker_at_a_time_asks_for_a_conversation(network: Network) -> None:
    talk(network)
    found = complete(by=None, now=NOW, uri=uri(1), door=DOOR).conversation
    with reading(f"conversation-{found.pk}"), pytest.raises(Busy):
        complete(by=None, now=NOW, conversation=found, door=DOOR)
    with reading(f"conversation-{found.pk}"), pytest.raises(CommandError, match="is being asked for already"):
        call_command("complete", uri(1))


def test_one_asking_asks_so_many_questions_at_most(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completing, "REQUESTS", 4)
    talk(network)
    done = complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    stopped = "Homespun stopped after 3 requests, to be polite to the servers. It will go on from there when it checks again."
    assert (done.asked, done.troubles) == (3, [stopped])
    assert Absence.objects.count() == 0
    for minute in range(20):
        complete(by=None, now=NOW + timedelta(minutes=minute), uri=uri(1), door=DOOR)
    assert Post.objects.count() == 5


def test_replies_that_one_check_does_not_reach_count_as_missing_and_come_next(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completing, "REQUESTS", 6)
    network.add(post(1, "hettie", "Which?"), *(post(n, f"p{n}", "The ladder.", parent=1) for n in range(2, 22)))
    done = complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    held = Post.objects.count()
    found = lacking(done.conversation, shape(done.conversation))
    assert 1 < held < 21
    assert (held + found.ghosts, dict(found.why)) == (21, {"missing": found.ghosts})
    assert done.troubles == [
        f"Homespun stopped after 6 requests, to be polite to the servers. Left for the next check: {found.ghosts} posts."
    ]
    counts = [held]
    while counts[-1] < 21:
        counts.append(complete_and_count(NOW + timedelta(minutes=len(counts))))
        assert counts[-1] > counts[-2]
    complete_and_count(NOW + timedelta(hours=1))
    assert Absence.objects.count() == 0


def complete_and_count(now: datetime) -> int:
    complete(by=None, now=now, uri=uri(1), door=DOOR)
    return Post.objects.count()


def test_conversations_that_become_one_while_one_is_asked_about_leave_one_row(network: Network) -> None:
    network.add(post(1, "hettie", "Which?"), post(2, "bryony", "The ladder.", parent=1), post(3, "colm", "Why?", parent=2))
    find(by=None, now=NOW, address=uri(3), door=DOOR)
    find(by=None, now=NOW, address=uri(1), door=DOOR)
    asked = find(by=None, now=NOW, address=uri(3), door=DOOR).conversation
    done = complete(by=None, now=NOW, conversation=asked, door=DOOR)
    assert list(Completion.objects.values_list("conversation", "state")) == [(done.conversation.pk, "done")]
    assert Post.objects.filter(conversation=done.conversation).count() == 3


def test_what_a_view_says_is_gone_while_its_own_host_shows_it_is_held(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    talk(network)

    def around(self: Client, posts: Sequence[Value], **options: object) -> Iterator[Around]:
        yield Around("view.example", absent=(Absent(uri(2), "gone"),))
        yield Around("bryony.example", (network.posts[uri(2)],))
        yield Around("view.example", absent=(Absent(uri(2), "gone"),))

    monkeypatch.setattr(Client, "around", around)
    complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    assert State(Post.objects.get(uri=uri(2)).state) == State.LIVE
    assert Absence.objects.count() == 0


@pytest.mark.parametrize("after", range(1, 8))
def test_worker_killed_while_it_asks_loses_nothing_and_doubles_nothing(
    network: Network, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    talk(network)
    asked = Client._ask

    def killed(self: Client, what: str) -> None:
        asked(self, what)
        if len(network.asked) > after:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(Client, "_ask", killed)
        complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    assert sorted(Post.objects.values_list("uri", flat=True)) == [uri(n) for n in range(1, 6)]
    assert list(Completion.objects.values_list("state", flat=True)) == ["done"]
    assert Sighting.objects.count() == 5


def tree(found: Conversation) -> Tree:
    made = conversation(found.pk)
    assert made is not None
    return made


def test_answers_that_are_only_counted_are_told_apart(network: Network) -> None:
    network.add(post(1, "hettie", "Which?", replies=3), post(2, "bryony", "The ladder.", parent=1))
    done = complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    found = lacking(done.conversation, shape(done.conversation))
    assert found == Lacking(found.why, 2)
    assert found.ghosts == 0


def test_server_out_of_reach_loses_nothing_and_is_said(network: Network) -> None:
    talk(network)
    complete(by=None, now=NOW, uri=uri(2), door=DOOR)
    held = Post.objects.count()
    network.broken = True
    done = complete(by=None, now=NOW, uri=uri(2), door=DOOR)
    assert (Post.objects.count(), done.troubles) == (held, ["The other side could not be reached."])


@pytest.mark.parametrize("where", ["https://[::1", "https:///users/colm/statuses/1", "https://colm.example:8/1", "https://COLM.example/1"])
def test_post_is_of_who_is_at_home_where_it_lies_alone(where: str) -> None:
    federated = msgspec.structs.replace(post(1, "colm", "Mine."), uri=where, network="mastodon")
    author = msgspec.structs.replace(account("colm"), uri=where if "[" in where or "///" in where else "https://colm.example/users/colm")
    assert is_theirs(msgspec.structs.replace(federated, author=author)) == (where == "https://COLM.example/1")


def test_bug_at_one_post_keeps_no_other_from_being_asked_for(
    network: Network, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    talk(network)

    def broken(self: Client, posts: Sequence[Value], **options: object) -> Iterator[Around]:
        yield Around("hettie.example", hints=(uri(4), uri(5)))
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(Client, "around", broken)
    done = complete(by=None, now=NOW, uri=uri(3), door=DOOR)
    assert sorted(Post.objects.values_list("uri", flat=True)) == [uri(number) for number in range(1, 6)]
    assert done.troubles == ["Something broke while a part was read. It has been written to the log, and the rest is here."]
    assert "ZeroDivisionError" in caplog.text


def test_what_cannot_be_reached_is_asked_for_after_growing_pauses(network: Network) -> None:
    network.add(post(2, "bryony", "The ladder.", parent=1))
    pauses, now = [], NOW
    for _try in range(5):
        complete(by=None, now=now, uri=uri(2), door=DOOR)
        row = Absence.objects.get(uri=uri(1))
        pauses.append(row.again - now if row.again else None)
        now += timedelta(days=10)
    assert pauses == [timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(weeks=1), None]


def test_only_conversations_that_we_take_part_in_are_asked_about_by_themselves(network: Network) -> None:
    talk(network)
    done = complete(by=None, now=NOW, uri=uri(1), door=DOOR)
    said = Post.objects.order_by("-pk").values_list("published", flat=True)[0]
    assert next_asking(done.conversation, said) is None
    done.conversation.own = 1
    rests = [next_asking(done.conversation, said + age) for age in (timedelta(minutes=5), timedelta(hours=5), timedelta(days=200))]
    assert rests == [said + timedelta(minutes=15), said + timedelta(hours=6), None]


def test_post_that_says_it_is_of_a_time_to_come_is_of_when_it_was_seen(network: Network) -> None:
    network.add(post(1, "hettie", "Which?"), msgspec.structs.replace(post(2, "mallory", "Mine.", parent=1), published=(1 << 41) - 2))
    conversation = complete(by=None, now=NOW, uri=uri(1), door=DOOR).conversation
    conversation.refresh_from_db()
    assert Post.objects.get(uri=uri(2)).published == NOW
    conversation.own = 1
    assert (conversation.latest < key_at(NOW + timedelta(seconds=1)), next_asking(conversation, NOW + timedelta(days=200))) == (True, None)


def test_command_prints_what_was_asked_and_what_is_missing(network: Network) -> None:
    talk(network)
    out = StringIO()
    call_command("complete", uri(1), "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["uri"], answer["new"], answer["missing"], answer["unseen"], answer["why"]) == (uri(1), 4, 0, 0, {})
    out = StringIO()
    call_command("complete", uri(1), stdout=out)
    assert out.getvalue().strip() == "3 places asked, 0 new posts; nothing else is known of."
