"""What came since a member last looked: it stands out, in the list and on the page, and is seen once it was looked at."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from homespun.conversations.models import Mention, Post, Visit
from homespun.conversations.queries import news_for
from homespun.conversations.queries.looks import milliseconds_of
from homespun.conversations.queries.news import conversations_with_news
from homespun.core.models import Site
from homespun.users.models import User
from tests.conversations.cast import account, arrived, hettie, post, talk
from tests.conversations.reading import Part, opened, texts

pytestmark = pytest.mark.django_db
LIST = "/desk/conversations/"


@pytest.fixture
def left() -> datetime:
    """When the member left."""
    return timezone.now() - timedelta(days=1)


@pytest.fixture
def member(left: datetime) -> User:
    Site.objects.get_or_create(pk=1, defaults={"name": "Stilewise"})
    return User.objects.create(email="hettie@stilewise.example", name="Hettie", last_seen=timezone.now(), last_visit=left)


@pytest.fixture
def reader(member: User) -> Iterator[Client]:
    client = Client()
    client.force_login(member)
    yield client


def page(client: Client, address: str = LIST) -> Part:
    return opened(client, address)


def here(row: Post) -> str:
    return f"{LIST}{row.conversation_id}/"


def fresh(left: datetime) -> Post:
    """A conversation of four of which Bryony's last two came since; the root."""
    root = talk()
    first = post("It was mended since.", parent=root)
    second = post("And painted.", account("colm"), parent=first)
    ours = post("We heard.", hettie(), parent=first)
    arrived(first, second, ours, at=left + timedelta(hours=1))
    return root


def test_busy_conversation_hides_no_other_that_has_news(left: datetime, member: User) -> None:
    quiet, busy = post("A new post with #stiles"), talk()
    arrived(quiet, at=left + timedelta(minutes=1))
    arrived(*[post(f"And {n}.", parent=busy) for n in range(60)], at=left + timedelta(hours=1))
    assert conversations_with_news(news_for(member), 2) == [busy.conversation_id, quiet.conversation_id]
    assert conversations_with_news(news_for(member), 1) == [busy.conversation_id]


def test_conversation_that_was_looked_at_since_has_no_news(left: datetime, member: User) -> None:
    quiet, busy = post("A new post with #stiles"), talk()
    arrived(quiet, busy, at=left + timedelta(minutes=1))
    Visit.objects.create(user=member, looks={str(busy.conversation_id): milliseconds_of(left + timedelta(hours=1))})
    assert conversations_with_news(news_for(member), 1) == [quiet.conversation_id]


def test_list_parts_what_came_since_from_what_was_there(reader: Client, left: datetime) -> None:
    talk()
    other = post("And you?", account("other"), parent=post("Later", at=left), at=left)
    arrived(other, at=left + timedelta(hours=1))
    shown = page(reader)
    assert texts(shown, ".since") == [f"New since your last visit, yesterday at {timezone.localtime(left):%H:%M}", "Earlier"]
    assert texts(shown, ".talk__new") == ["1 new"]
    assert texts(shown, ".talk__title") == ["Later", "Which stile held you up the longest?"]


def test_what_an_archive_brought_is_not_new(reader: Client, left: datetime) -> None:
    post("And you?", account("other"), parent=post("Later", at=left + timedelta(hours=1)), at=left + timedelta(hours=1))
    assert texts(page(reader), ".talk__new") == []


def test_single_post_that_came_stands_above_though_it_is_no_exchange_yet(reader: Client, left: datetime) -> None:
    talk()
    arrived(post("Do you ship to the islands?"), at=left + timedelta(hours=1))
    assert texts(page(reader), ".talk__title") == ["Do you ship to the islands?", "Which stile held you up the longest?"]
    assert texts(page(reader, f"{LIST}?show=exchanges"), ".talk__title") == ["Which stile held you up the longest?"]


def test_list_says_where_somebody_waits(reader: Client, left: datetime) -> None:
    root = fresh(left)
    Mention.objects.create(post=root, account=hettie())
    assert texts(page(reader), ".talk__new") == ["2 new · needs a reply"]


def test_new_posts_stand_out_in_the_page_with_one_line_that_says_since_when(reader: Client, left: datetime) -> None:
    shown = page(reader, here(fresh(left)))
    assert len(shown.all(".is-new")) == 2
    assert texts(shown, ".flag") == ["new", "new"]
    assert texts(shown, ".thread .since") == [f"New since yesterday at {timezone.localtime(left):%H:%M}"]
    assert len(shown.all(".is-first-new")) == 1
    assert texts(shown, ".whole a")[0] == f"2 are new since yesterday at {timezone.localtime(left):%H:%M}."


def test_having_been_looked_at_it_is_seen(reader: Client, left: datetime) -> None:
    root = fresh(left)
    page(reader, here(root))
    assert page(reader, here(root)).all(".is-new") == []
    assert texts(page(reader), ".talk__new") == []


def test_what_comes_after_the_look_is_new_again(reader: Client, left: datetime) -> None:
    root = fresh(left)
    page(reader, here(root))
    arrived(post("One more", parent=root), at=timezone.now() + timedelta(seconds=1))
    assert texts(page(reader), ".talk__new") == ["1 new"]
    assert texts(page(reader, here(root)), ".is-new .post__words") == ["One more"]


def test_a_look_at_one_leaves_others_new(reader: Client, left: datetime) -> None:
    root, _other = fresh(left), fresh(left)
    page(reader, here(root))
    assert texts(page(reader), ".talk__new") == ["2 new"]


def test_open_page_keeps_marking_what_was_new_when_it_was_opened(reader: Client, left: datetime) -> None:
    root = fresh(left)
    page(reader, here(root))
    shown = page(reader, f"{here(root)}?since={milliseconds_of(left)}")
    assert len(shown.all(".is-new")) == 2


@pytest.mark.parametrize("since", ["x", "-1", "99999999999999999", "0"])
def test_open_page_may_ask_for_anything(reader: Client, left: datetime, since: str) -> None:
    assert reader.get(f"{here(fresh(left))}?since={since}").status_code == 200


def test_button_says_that_all_is_seen(reader: Client, member: User, left: datetime) -> None:
    root = fresh(left)
    page(reader, here(root))
    fresh(left)
    assert reader.post(f"{LIST}visit/").headers["Location"] == LIST
    assert texts(page(reader), ".talk__new") == []
    assert Visit.objects.get(user=member).looks == {}


def test_each_member_has_news_of_their_own(reader: Client, left: datetime) -> None:
    root = fresh(left)
    page(reader, here(root))
    other = Client()
    colm = User.objects.create(email="colm@stilewise.example", name="Colm", last_seen=timezone.now(), last_visit=left)
    other.force_login(colm)
    assert texts(page(other), ".talk__new") == ["2 new"]


def test_nothing_is_new_to_who_has_never_been_away(reader: Client, member: User, left: datetime) -> None:
    User.objects.filter(pk=member.pk).update(last_visit=None)
    fresh(left)
    assert texts(page(reader), ".talk__new") == []


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_three_with_news_as_for_one(reader: Client, left: datetime, number: int) -> None:
    for _ in range(number):
        fresh(left)
    with CaptureQueriesContext(connection) as asked:
        page(reader)
    assert len(asked) == 18
