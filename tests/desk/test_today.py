"""The first page after signing in: the empty start, else what came last."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from homespun.conversations.models import Arrival, Connection, Conversation, Mention, Post, Run
from homespun.core import audit
from homespun.core.models import Site
from homespun.networks.values import Place, Visibility
from homespun.people.models import Account
from homespun.stories.models import Edition, Story
from homespun.users.models import Role, User
from tests.desk.reading import Part

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
QUERIES = 22
WAITING_QUERIES = 32


def page(desk: Client) -> Part:
    answer = desk.get("/desk/")
    assert answer.status_code == 200
    return Part.of(answer.content)


def a_conversation(key: int, text: str) -> Conversation:
    author, _ = Account.objects.get_or_create(
        uri="https://x.com/i/user/7", defaults={"network": "x", "handle": "ottoline", "name": "Ottoline"}
    )
    conversation = Conversation.objects.create(id=key, latest=key + 1, posts=2, own=1, voices=2, missing=1)
    for offset in range(2):
        Post.objects.create(
            id=key + offset,
            uri=f"https://x.com/i/status/{key + offset}",
            network="x",
            author=author,
            published=NOW,
            text=text,
            conversation=conversation,
            place=Place.OWN,
            visibility=Visibility.PUBLIC,
        )
    return conversation


def a_story(vita: User, title: str, **fields: object) -> Story:
    return Story.objects.create(slug=title.lower(), title=title, author=vita, created=NOW, changed=NOW, **fields)


def test_an_empty_house_offers_three_ways_on(desk: Client) -> None:
    (main,) = page(desk).find("main")
    assert main.find("h1")[0].words == "Welcome, Vita Pell."
    ways = {form.attributes["action"]: form.attributes["method"] for form in main.find("form")}
    assert ways == {"/desk/archives/": "post", "/desk/conversations/addition/": "post", "/desk/archives/sample/": "post"}
    assert [link.attributes["href"] for link in main.find("a") if "Connect" in link.words] == ["/desk/settings/connections/"]


def test_account_that_has_to_be_connected_again_is_named_first(desk: Client, vita: User) -> None:
    a_conversation(1 << 22, "Hello")
    Site.objects.update(contact="vita@kettle.example")
    account = Account.objects.create(uri="https://far.example/users/vita", network="mastodon", handle="vita@far.example", is_own=True)
    told = {"network": "mastodon", "server": "https://far.example", "secret": "", "connected": NOW, "trouble": "It ran out."}
    connection = Connection.objects.create(account=account, state=Connection.State.BROKEN, **told)
    (notice,) = [each for each in page(desk).find("div") if each.attributes.get("class") == "notice"]
    assert notice.words == "@vita@far.example is signed out It ran out. Connect again"
    User.objects.filter(pk=vita.pk).update(role=Role.EDITOR)
    (notice,) = [each for each in page(desk).find("div") if each.attributes.get("class") == "notice"]
    assert (notice.words.rpartition("out. ")[2], notice.find("a")) == ("Ask an owner of this site to connect it again.", [])
    Connection.objects.filter(pk=connection.pk).update(state=Connection.State.ENDED)
    assert [each for each in page(desk).find("div") if each.attributes.get("class") == "notice"] == []


def test_a_house_with_a_run_shows_what_came_last(desk: Client) -> None:
    Run.objects.create(path="vita.zip", name="vita.zip", state=Run.State.DONE, started=timezone.now())
    (main,) = page(desk).find("main")
    assert [title.words for title in main.find("h2")] == ["Newest conversations", "Stories in progress", "Imported archives"]
    assert main.find("aside")[0].find("li")[0].words.startswith("vita.zip 0 posts read, 0 new · today at ")


def test_conversations_come_newest_first_with_their_first_words(desk: Client) -> None:
    a_conversation(1 << 22, "The hall is double booked")
    a_conversation(2 << 22, "Has anybody seen <b>card 9</b>")
    titles = [title.words for title in page(desk).find("h3", class_="talk__title")]
    assert titles == ["Has anybody seen <b>card 9</b>", "The hall is double booked"]


def test_a_draft_and_a_changed_story_say_what_they_are(desk: Client, vita: User) -> None:
    a_story(vita, "Draft")
    changed = a_story(vita, "Changed", version=3)
    changed.edition = Edition.objects.create(
        story=changed, number=1, published=NOW, first_published=NOW, story_version=2, head={}, items=[]
    )
    changed.save()
    shown = page(desk)
    assert [title.words for title in shown.find("h2")] == ["Stories in progress", "Newest conversations", "Imported archives"]
    (telling,) = shown.find("section", aria_labelledby="telling")
    lines = [(line.find("h3")[0].words, line.find("p", class_="hint")[0].words) for line in telling.find("li")]
    assert lines == [("Draft", "Draft"), ("Changed", "Changed since it was published")]


def test_a_deleted_story_is_not_shown(desk: Client, vita: User) -> None:
    a_story(vita, "Gone", deleted=NOW + timedelta(hours=1))
    assert page(desk).find("h1")[0].words == "Welcome, Vita Pell."


def alone(key: int, text: str, *, arrived: bool = True, waits: bool = True) -> Post:
    """A post that is alone in its conversation, as a mention by a stranger is."""
    conversation = a_conversation(key << 22, text)
    conversation.post_set.exclude(pk=key << 22).delete()
    Conversation.objects.filter(pk=conversation.pk).update(latest=key << 22, posts=1, own=0, voices=1, missing=0)
    row = Post.objects.get(pk=key << 22)
    if arrived:
        Arrival.objects.create(post=row, at=timezone.now() + timedelta(minutes=key))
    if waits:
        us, _ = Account.objects.get_or_create(uri="https://x.com/i/user/1", defaults={"network": "x", "handle": "loaf", "is_own": True})
        Mention.objects.create(post=row, account=us)
    return row


def test_new_single_mentions_are_on_today_and_counted_as_in_the_navigation(desk: Client) -> None:
    posts = [alone(key, f"@loaf Is hall {key} free?") for key in range(1, 10)]
    shown = page(desk)
    (section,) = shown.find("section", aria_labelledby="waiting")
    assert [line.words for line in section.find("p", class_="line__said")] == [f"Is hall {key} free?" for key in (9, 8, 7, 6, 5)]
    (count,) = section.find("span", class_="count")
    (counted,) = [link for link in shown.find("a") if link.attributes.get("aria-label") == "9 posts wait for an answer"]
    assert (count.words, counted.words) == ("9", "9")
    (all_waiting,) = [link for link in section.find("a") if link.words == "All waiting posts"]
    assert all_waiting.attributes["href"] == counted.attributes["href"]
    listed = Part.of(desk.get(all_waiting.attributes["href"]).content)
    assert len(listed.find("li", class_="talk--waits")) == len(posts)


def test_mention_that_is_alone_stands_on_today_once(desk: Client) -> None:
    alone(1, "@loaf Is the hall free?")
    a_conversation(2 << 22, "The hall is double booked")
    shown = page(desk)
    assert [line.words for line in shown.find("p", class_="line__said")] == ["Is the hall free?"]
    assert [title.words for title in shown.find("h3", class_="talk__title")] == ["The hall is double booked"]


def test_waiting_post_says_who_wrote_it_and_why_it_is_there(desk: Client) -> None:
    alone(1, "@loaf Is the hall free?")
    reply = alone(2, "From nine.")
    us = Account.objects.get(handle="loaf")
    ours = a_conversation(3 << 22, "When is it free?")
    asked = ours.post_set.order_by("pk")[0]
    Post.objects.filter(pk=asked.pk).update(author=us)
    Post.objects.filter(pk=reply.pk).update(parent=asked)
    first, second = page(desk).find("h3", class_="line__who")
    assert (first.words[:25], second.words[:24]) == ("Ottoline replied to you X", "Ottoline mentioned you X")
    assert [each.words for each in page(desk).find("p", class_="why")] == ["To @loaf · in reply to “When is it free?”", "To @loaf"]
    (link, *_) = first.find("a")
    assert link.attributes["href"] == f"/desk/conversations/{reply.conversation_id}/?at={reply.pk}#p{reply.pk}"


def test_mention_is_answered_and_marked_done_from_today(desk: Client) -> None:
    post = alone(1, "@loaf Is the hall free?")
    assert desk.post(f"/desk/mentions/{post.pk}/done/", {"at": "today"}).headers["Location"] == "/desk/"
    assert page(desk).find("section", aria_labelledby="waiting") == []


def test_new_single_post_that_waits_for_nothing_is_among_the_newest(desk: Client, vita: User) -> None:
    User.objects.filter(pk=vita.pk).update(last_visit=timezone.now())
    a_conversation(9 << 22, "The hall is double booked")
    alone(1, "An old post with #loaf", arrived=False, waits=False)
    alone(2, "A new post with #loaf", waits=False)
    (newest,) = page(desk).find("section", aria_labelledby="newest")
    assert [title.words for title in newest.find("h3", class_="talk__title")] == ["The hall is double booked", "A new post with #loaf"]
    assert [each.words for each in newest.find("span", class_="talk__new")] == ["1 new"]


@pytest.mark.parametrize("rows", [1, 3])
def test_today_asks_the_same_however_many_wait(desk: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for key in range(1, rows + 1):
        alone(key, "@loaf Is the hall free?")
    desk.get("/desk/")
    with django_assert_num_queries(WAITING_QUERIES):
        page(desk)


@pytest.mark.parametrize("rows", [1, 3])
def test_today_asks_the_same_however_much_there_is(
    desk: Client, vita: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for row in range(rows):
        a_conversation((row + 1) << 22, "Hello")
        a_story(vita, f"Story-{row}")
        Run.objects.create(path="vita.zip", name="vita.zip", started=timezone.now())
    desk.get("/desk/")
    with django_assert_num_queries(QUERIES):
        page(desk)


def test_the_place_one_is_in_is_marked(desk: Client) -> None:
    (places,) = page(desk).find("nav", class_="places")
    assert [link.words for link in places.find("a", aria_current="page")] == ["Today"]


def test_the_chosen_theme_is_on_the_page(desk: Client, vita: User) -> None:
    vita.theme = "dark"
    vita.save()
    assert page(desk).attributes["data-theme"] == "dark"


def test_owners_see_that_the_last_backup_failed_until_one_is_made(desk: Client, vita: User) -> None:
    a_story(vita, "Tram")
    audit.record(by=None, now=NOW, verb="backup.fail", subject="backups", name="nightly-1.zip", error="The disk is full.")
    assert "The disk is full." in desk.get("/desk/").text
    User.objects.update(role=Role.EDITOR)
    assert "The disk is full." not in desk.get("/desk/").text
    User.objects.update(role=Role.OWNER)
    audit.record(by=None, now=NOW + timedelta(days=1), verb="backup.make", subject="backups", name="nightly-2.zip")
    assert "The disk is full." not in desk.get("/desk/").text
