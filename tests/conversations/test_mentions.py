"""Posts that wait for an answer: found in one click, seen to by somebody, and done."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from homespun.conversations.actions import own
from homespun.conversations.models import Mention, Post
from homespun.core.models import AuditEntry, Site
from homespun.users.models import Role, User
from tests.conversations.cast import NOW, account, bryony, hettie, post, talk
from tests.conversations.reading import Part, opened, read, texts

pytestmark = pytest.mark.django_db
WAITING = "/desk/conversations/?show=waiting"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def member() -> User:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    return User.objects.create(email="hettie@stilewise.example", name="Hettie", last_seen=NOW)


@pytest.fixture
def colm(member: User) -> User:
    return User.objects.create(email="colm@stilewise.example", name="Colm", role=Role.CONTRIBUTOR)


@pytest.fixture
def reader(member: User) -> Iterator[Client]:
    client = Client()
    client.force_login(member)
    client.get("/desk/")
    yield client


def mention(text: str = "Do you ship to the islands?", *, parent: Post | None = None) -> Mention:
    return Mention.objects.create(post=post(text, bryony(), parent=parent), account=hettie())


def page(client: Client, address: str = WAITING) -> Part:
    return opened(client, address)


def test_every_page_counts_who_waits_and_leads_there_in_one_click(reader: Client) -> None:
    mention()
    mention()
    for address in ("/desk/", "/desk/stories/"):
        (count,) = page(reader, address).all(".places__count")
        assert (count.words, count.get("aria-label"), count.get("href")) == ("2", "2 posts wait for an answer", WAITING)


def test_nobody_is_counted_where_nobody_waits(reader: Client) -> None:
    talk()
    assert page(reader).all(".places__count") == []
    assert texts(page(reader), ".empty p") == ["Nothing needs a reply. New mentions and replies will appear here."]


def test_who_waits_is_listed_newest_first_with_what_they_answer(reader: Client) -> None:
    mention("First")
    mention("Second", parent=post("Which stile?", hettie()))
    shown = page(reader)
    assert texts(shown, ".talk__said") == ["Second", "First"]
    assert texts(shown, ".talk__meta")[0] == "answers “Which stile?”"
    assert texts(shown, ".tabs [aria-current]") == ["Needs a reply (2)"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_three_that_wait_as_for_one(reader: Client, number: int) -> None:
    for _ in range(number):
        mention(parent=post("Which stile?", hettie()))
    with CaptureQueriesContext(connection) as asked:
        page(reader)
    assert len(asked) == 15


def test_list_goes_on_where_it_stopped(reader: Client) -> None:
    for number in range(32):
        mention(f"Number {number}")
    first = page(reader)
    (more,) = first.all("#more a")
    assert len(first.all(".talk")) == 30
    part = reader.get(f"/desk/conversations/{more.get('href')}", headers=HTMX | {"HX-Target": "more"}).content
    assert texts(read(part), ".talk__said") == ["Number 1", "Number 0"]


def test_member_sees_to_it_by_a_plain_form(reader: Client, colm: User) -> None:
    row = mention()
    response = reader.post(f"/desk/mentions/{row.pk}/assignment/", {"to": colm.pk, "at": "list"})
    assert response.headers["Location"] == WAITING
    shown = page(reader)
    assert texts(shown, ".waits__state") == ["Waits for Colm"]
    assert "Colm sees to it." in shown.words
    assert texts(shown, "option[selected]") == ["Colm"]


def test_member_can_be_taken_off_again(reader: Client, colm: User) -> None:
    row = mention()
    for to in (str(colm.pk), ""):
        reader.post(f"/desk/mentions/{row.pk}/assignment/", {"to": to})
    assert Mention.objects.get().assigned_to is None
    assert list(AuditEntry.objects.filter(verb="mention.assign").values_list("details__to", flat=True)) == [colm.pk, None]


def test_each_finds_what_is_theirs_and_what_nobody_sees_to(reader: Client, member: User, colm: User) -> None:
    for text, to in (("Mine", member), ("Colm's", colm), ("Free", None)):
        row = mention(text)
        Mention.objects.filter(pk=row.pk).update(assigned_to=to)
    said = {of: texts(page(reader, f"{WAITING}&of={of}"), ".talk__said") for of in ("me", "nobody", "x")}
    assert said == {"me": ["Mine"], "nobody": ["Free"], "x": ["Free", "Colm's", "Mine"]}


@pytest.mark.parametrize("to", ["99", "x", "9" * 30])
def test_nobody_else_can_be_named(reader: Client, to: str) -> None:
    row = mention()
    reader.post(f"/desk/mentions/{row.pk}/assignment/", {"to": to})
    assert Mention.objects.get().assigned_to is None


def test_done_goes_out_of_the_list_and_can_be_undone(reader: Client) -> None:
    row = mention()
    reader.post(f"/desk/mentions/{row.pk}/done/")
    done = page(reader)
    assert texts(done, "h2.since") == ["Recently done"]
    assert texts(done, ".waits__state") == ["Done by Hettie"]
    assert done.all(".places__count") == []
    reader.post(f"/desk/mentions/{row.pk}/waiting/")
    assert texts(page(reader), ".places__count") == ["1"]


def test_htmx_swaps_the_row_and_the_count_in_the_navigation(reader: Client) -> None:
    row = mention()
    mention()
    part = read(reader.post(f"/desk/mentions/{row.pk}/done/", headers=HTMX).content)
    assert texts(part, ".waits__state") == ["Done by Hettie"]
    assert texts(part, "#counted") == ["1"]
    assert texts(part, "#notices") == ["Marked as done."]


def test_post_in_its_conversation_says_who_sees_to_it(reader: Client, colm: User) -> None:
    row = mention()
    here = f"/desk/conversations/{row.post.conversation_id}/"
    assert texts(page(reader, here), ".waits__state") == ["Waits for an answer"]
    response = reader.post(f"/desk/mentions/{row.pk}/done/", {"at": "conversation"})
    assert response.headers["Location"] == f"{here}?at={row.pk}#p{row.pk}"
    assert texts(page(reader, here), ".waits__state") == ["Done by Hettie"]


def test_contributors_see_to_it_too_and_strangers_do_not(reader: Client, colm: User) -> None:
    row = mention()
    client = Client()
    assert client.post(f"/desk/mentions/{row.pk}/done/").headers["Location"].startswith("/sign-in/")
    client.force_login(colm)
    assert client.post(f"/desk/mentions/{row.pk}/done/").status_code == 302
    assert Mention.objects.get().done_by == colm
    assert client.post("/desk/mentions/23/done/").status_code == 404


def test_words_of_who_waits_are_never_alive_and_warnings_stay_folded(reader: Client) -> None:
    mention("<script>x()</script>")
    warned = mention("The steward fell.")
    Post.objects.filter(pk=warned.pk).update(warning="An accident")
    shown = page(reader)
    assert texts(shown, ".talk__said") == ["An accident", "<script>x()</script>"]


def test_what_another_account_of_ours_said_waits_no_more_once_it_is_known_as_ours(reader: Client) -> None:
    kept = Mention.objects.create(post=post("Do you ship?", account("colmstiles")), account=hettie())
    mention("Yes, tomorrow.")
    own.mark(bryony().pk)
    assert list(Mention.objects.all()) == [kept]
