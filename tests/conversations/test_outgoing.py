"""What we send: decided once, sent once, whatever fails and whoever is killed meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homespun.conversations.actions import mentions, outgoing, sending
from homespun.conversations.actions.outgoing import Written, decide
from homespun.conversations.actions.sending import send
from homespun.conversations.models import Connection, Mention, Outgoing, Post, State
from homespun.conversations.queries.mentions import waiting
from homespun.core.models import AuditEntry
from homespun.networks.errors import NetworkError
from homespun.networks.protocols import Limits, Words
from homespun.networks.said import said
from homespun.networks.values import Account as Seen
from homespun.networks.values import Place, Visibility
from homespun.networks.values import Post as Shown
from homespun.people.models import Account, AccountName
from homespun.users.models import User
from tests.conversations.cast import bryony, hettie, post

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = timedelta(days=2)


class Killed(BaseException):
    """The worker ends here."""


class Server:
    """A network that keeps what was posted by key, and fails as it is told: one entry for each request, "" where all is well."""

    limits = Limits(longest=500)

    def __init__(self, *fates: str) -> None:
        self.fates, self.asked = list(fates), 0
        self.posts: dict[str, Shown] = {}
        self.gone: list[str] = []
        self.begun: list[tuple[int, bool]] = []

    def length(self, text: str) -> int:
        return len(text)

    def post(self, words: Words) -> Shown:
        fate = self._fate()
        self.begun.append((words.begun, words.again))
        self._fall(fate, "before")
        shown = self.posts.setdefault(words.key, self._shown(words))
        self._fall(fate, "after")
        return shown

    def edit(self, uri: str, words: Words) -> Shown:
        raise NotImplementedError

    def delete(self, uri: str) -> None:
        self._fall(self._fate(), "before")
        self.gone.append(uri)

    def repost(self, uri: str) -> None: ...

    def like(self, uri: str) -> None: ...

    def _fate(self) -> str:
        self.asked += 1
        return self.fates.pop(0) if self.fates else ""

    def _fall(self, fate: str, when: str) -> None:
        if fate == f"killed {when}":
            raise Killed
        if fate == f"fails {when}":
            raise NetworkError(said("The server does not answer."), permanent=False)
        if fate == f"refuses {when}":
            raise NetworkError(said("The server refuses it."))
        if fate == f"breaks {when}":
            raise RuntimeError

    def _shown(self, words: Words) -> Shown:
        uri = f"https://social.example/posts/{len(self.posts) + 1}"
        own = Seen(uri=hettie().uri, handle="stilewise", name="Hettie Moule")
        published = int(NOW.timestamp() * 1000) + len(self.posts)
        return Shown(
            uri, uri, own, published, words.text, parent=words.parent, place=Place.COPY, visibility=Visibility(words.visibility), raw=b"{}"
        )


def connection() -> Connection:
    return Connection.objects.get_or_create(
        account=hettie(), defaults={"network": "x", "server": "https://social.example", "secret": "", "connected": NOW}
    )[0]


def one(key: str = "k", *texts: str, target: str = "") -> list[Outgoing]:
    return decide(by=None, now=NOW, key=key, connection=connection(), texts=texts or ("Both stiles.",), written=Written(target=target))


def worked_off(server: Server, most: int = 60) -> None:
    """A worker after the other, each later than what the one before it put by."""
    now = NOW
    for _ in range(most):
        now += timedelta(hours=2)
        for row in sending.due(now=now):
            try:
                send(outgoing=row, now=now, speaker=lambda _: server)
            except Killed:
                break


def test_decision_made_twice_by_one_key_is_one_row() -> None:
    first, again = one(), one()
    assert [row.pk for row in first] == [row.pk for row in again]
    assert Outgoing.objects.count() == 1
    assert AuditEntry.objects.filter(verb="outgoing.post").count() == 1


def test_sent_post_stands_in_the_conversation_that_it_answers() -> None:
    asked = post("Which stile?", bryony())
    (row,) = one(target=asked.uri)
    sent = send(outgoing=row.pk, now=NOW, speaker=lambda _: Server())
    held = Post.objects.get(uri=sent.uri)
    assert (sent.state, held.parent_id, held.conversation_id, held.author_id) == ("sent", asked.pk, asked.conversation_id, hettie().pk)


def test_answer_marks_what_waited_for_it() -> None:
    ours = post("Stiles.", hettie())
    asked = post("Which stile?", bryony(), parent=ours)
    assert mentions.notice(posts=[asked.pk], now=NOW) == 1
    assert [mention.pk for mention in waiting()] == [asked.pk]
    (row,) = one(target=asked.uri)
    send(outgoing=row.pk, now=NOW, speaker=lambda _: Server())
    assert [mention.pk for mention in waiting()] == []
    assert Mention.objects.get().done == NOW


def test_answer_written_elsewhere_marks_what_waited_for_it() -> None:
    asked = post("Which stile?", bryony(), parent=post("Stiles.", hettie()))
    mentions.notice(posts=[asked.pk], now=NOW)
    mentions.notice(posts=[post("The left one.", hettie(), parent=asked).pk], now=NOW)
    assert [mention.pk for mention in waiting()] == []


def test_mention_is_assigned_done_and_not_done() -> None:
    asked = post("Which stile?", bryony(), parent=post("Stiles.", hettie()))
    member = User.objects.create(email="hettie@stilewise.example", name="Hettie")
    mentions.notice(posts=[asked.pk], now=NOW)
    mention = Mention.objects.get()
    mentions.assign(by=member, now=NOW, mention=mention, to=member)
    mentions.mark_done(by=member, now=NOW, mention=mention)
    assert waiting().count() == 0
    mentions.mark_waiting(by=member, now=NOW, mention=mention)
    assert [each.assigned_to for each in waiting()] == [member]


def test_server_that_fails_once_is_asked_again_after_a_pause() -> None:
    (row,) = one()
    server = Server("fails before")
    waits = send(outgoing=row.pk, now=NOW, speaker=lambda _: server)
    assert (waits.state, waits.trouble, waits.due) == ("waiting", "The server does not answer.", NOW + timedelta(seconds=10))
    assert send(outgoing=row.pk, now=NOW, speaker=lambda _: server).state == "waiting"
    assert server.asked == 1
    assert send(outgoing=row.pk, now=waits.due, speaker=lambda _: server).state == "sent"


def test_only_what_was_tried_before_is_looked_for_on_the_server() -> None:
    (row,) = one()
    server = Server("fails before")
    waits = send(outgoing=row.pk, now=NOW, speaker=lambda _: server)
    send(outgoing=row.pk, now=waits.due, speaker=lambda _: server)
    first = int(NOW.timestamp() * 1000)
    assert server.begun == [(first, False), (first, True)]


def test_refusal_keeps_the_words_and_says_why_and_may_be_tried_again() -> None:
    first, second = one("k", "One", "Two")
    failed = send(outgoing=first.pk, now=NOW, speaker=lambda _: Server("refuses before"))
    second.refresh_from_db()
    assert (failed.state, failed.text, failed.trouble) == ("failed", "One", "The server refuses it.")
    assert (second.state, second.text, second.trouble) == ("failed", "Two", "What comes before it was not sent.")
    assert outgoing.retry(by=None, now=NOW, outgoing=failed) is True
    worked_off(Server(), 3)
    assert [row.state for row in Outgoing.objects.all()] == ["sent", "sent"]


def test_every_part_says_whom_it_is_for() -> None:
    """So that a mention reaches them, even where their handle has another owner meanwhile."""
    asked = post("Which stile?", bryony())
    rows = one("k", "One", "Two", target=asked.uri)
    assert [sending.words(row).people for row in rows] == [(("bryonyshelves", bryony().uri),)] * 2
    assert sending.words(one("other")[0]).people == ()
    AccountName.objects.create(account=bryony(), handle="bryonyshelves", first_seen=NOW, last_seen=NOW)
    Account.objects.filter(handle="bryonyshelves").update(handle="bryony.renamed")
    assert [handle for handle, _uri in sending.words(rows[1]).people] == ["bryony.renamed", "bryonyshelves"]


def test_what_is_not_due_yet_is_not_sent_and_can_be_called_off() -> None:
    (row,) = decide(by=None, now=NOW, key="k", connection=connection(), texts=("Soon.",), due=NOW + LATER)
    server = Server()
    assert sending.due(now=NOW) == []
    assert send(outgoing=row.pk, now=NOW, speaker=lambda _: server).state == "waiting"
    assert outgoing.cancel(by=None, now=NOW, outgoing=row) is True
    assert send(outgoing=row.pk, now=NOW + LATER, speaker=lambda _: server).state == "cancelled"
    assert server.asked == 0


def test_draft_waits_until_it_is_let_go() -> None:
    member = User.objects.create(email="hettie@stilewise.example", name="Hettie")
    first, second = decide(by=None, now=NOW, key="k", connection=connection(), texts=("One", "Two"), is_draft=True)
    assert sending.due(now=NOW + LATER) == []
    assert send(outgoing=first.pk, now=NOW, speaker=lambda _: Server()).state == "draft"
    assert [row.pk for row in outgoing.let_go(by=member, now=NOW + LATER, outgoing=first)] == [first.pk]
    assert list(Outgoing.objects.values_list("state", "due")) == [("waiting", NOW + LATER)] * 2
    assert outgoing.let_go(by=member, now=NOW + LATER, outgoing=second) == []


def test_what_waits_is_put_off_with_what_follows_it_until_it_was_begun() -> None:
    member = User.objects.create(email="hettie@stilewise.example", name="Hettie")
    first, _second = one("k", "One", "Two")
    assert outgoing.put_off(by=member, now=NOW, outgoing=first, due=NOW + LATER) is True
    assert set(Outgoing.objects.values_list("due", flat=True)) == {NOW + LATER}
    send(outgoing=first.pk, now=NOW + LATER, speaker=lambda _: Server("fails before"))
    assert outgoing.put_off(by=member, now=NOW, outgoing=first, due=NOW + 2 * LATER) is False
    assert outgoing.cancel(by=member, now=NOW, outgoing=first) is False


def test_what_failed_is_taken_back_with_what_follows_it() -> None:
    first, _second = one("k", "One", "Two")
    send(outgoing=first.pk, now=NOW, speaker=lambda _: Server("refuses before"))
    assert outgoing.cancel(by=None, now=NOW, outgoing=first) is True
    assert [row.state for row in Outgoing.objects.all()] == ["cancelled", "cancelled"]


def test_own_post_that_was_deleted_stays_marked() -> None:
    ours = post("Stiles.", hettie())
    (row,) = decide(by=None, now=NOW, key="k", connection=connection(), verb=Outgoing.Verb.DELETE, written=Written(target=ours.uri))
    server = Server()
    send(outgoing=row.pk, now=NOW, speaker=lambda _: server)
    ours.refresh_from_db()
    assert (server.gone, ours.state) == ([ours.uri], State.DELETED)


FATES = st.sampled_from(["", "killed before", "killed after", "fails before", "fails after", "breaks before", "breaks after"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(FATES, max_size=8), parts=st.integers(1, 3), number=st.integers(0, 10**9))
def test_exactly_one_post_results_of_each_part_whatever_fails(fates: list[str], parts: int, number: int) -> None:
    Post.objects.filter(uri__startswith="https://social.example/").delete()
    Outgoing.objects.all().delete()
    server = Server(*fates)
    rows = one(f"k{number}", *(f"{each} of {parts}" for each in range(1, parts + 1)))
    worked_off(server)
    held = list(Post.objects.filter(uri__startswith="https://social.example/").order_by("pk"))
    assert len(server.posts) == parts
    assert [row.text for row in held] == [row.text for row in rows]
    assert [row.parent_id for row in held] == [None, *(row.pk for row in held[:-1])]
    assert [row.state for row in Outgoing.objects.all()] == ["sent"] * parts
