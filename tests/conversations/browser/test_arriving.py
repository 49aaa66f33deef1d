"""What arrives while a page is open shows by itself, under whatever one is doing there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from homespun.conversations.models import Conversation, Mention, Post
from homespun.conversations.queries.tree import forget
from homespun.core import live
from homespun.core.jobs.worker import run_waiting
from homespun.core.security import sealing
from homespun.networks import live as networks
from homespun.networks.values import Place
from homespun.users.models import User
from tests.conversations.archive_pages import member
from tests.conversations.cast import account, arrived, hettie, post, source, talk
from tests.conversations.live import fake
from tests.conversations.live.conftest import network
from tests.conversations.quills import KEY, SPEAKERS, quill

__all__ = ["network"]
Desk = Callable[..., Page]
TURNED = """(hidden) => {
    Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def root(transactional_db: None) -> Post:
    """A conversation from before the member was last here."""
    forget()
    user = member()
    User.objects.filter(pk=user.pk).update(last_visit=datetime.now(UTC) - timedelta(hours=1), last_seen=datetime.now(UTC))
    return talk()


def arrive(text: str, parent: Post) -> Post:
    row = post(text, account("colm", "Colm Vane"), parent=parent)
    arrived(row, at=datetime.now(UTC))
    live.changed()
    return row


def here(root: Post) -> str:
    return f"/desk/conversations/{root.conversation_id}/"


def test_post_that_arrives_shows_on_the_open_page_and_stands_out(desk: Desk, root: Post) -> None:
    page = desk(here(root))
    page.evaluate("window.untouched = document.querySelector('.post')")
    row = arrive("It was mended since.", root)
    expect(page.locator(f"#p{row.pk}.is-new .post__words")).to_have_text("It was mended since.", timeout=8000)
    expect(page.locator(".thread .since")).to_have_count(1)
    expect(page.locator("live-part > [role=status]")).to_have_text("1 new post")
    assert page.evaluate("window.untouched === document.querySelector('.post')")
    arrive("And painted.", row)
    expect(page.locator(".is-new")).to_have_count(2, timeout=8000)


def test_what_arrives_out_of_sight_is_led_to(desk: Desk, root: Post) -> None:
    for number in range(12):
        post(f"Answer {number}", parent=root)
    page = desk(here(root))
    page.evaluate("scrollTo(0, 0)")
    row = arrive("Far below.", Post.objects.filter(text="Answer 4").get())
    expect(page.get_by_role("button", name="1 new post")).to_be_visible(timeout=8000)
    arrive("And further.", row)
    page.get_by_role("button", name="2 new posts").click(timeout=8000)
    expect(page.locator(f"#p{row.pk}")).to_be_in_viewport()
    expect(page.locator(f"#p{row.pk}")).to_be_focused()
    expect(page.locator(".pill")).to_have_count(0)


def test_list_shows_what_arrives_and_the_navigation_counts_who_waits(desk: Desk, root: Post) -> None:
    page = desk("/desk/conversations/")
    expect(page.locator(".talk__new")).to_have_count(0)
    row = arrive("Do you ship to the islands?", root)
    Mention.objects.create(post=row, account=hettie())
    live.changed()
    expect(page.locator(".talk__new")).to_have_text("1 new · needs a reply", timeout=8000)
    expect(page.locator(".places__count")).to_have_text("1")


def test_what_is_unfolded_and_selected_stays(desk: Desk, root: Post) -> None:
    Post.objects.filter(pk=root.pk).update(warning="A stile")
    page = desk(here(root))
    page.locator(".warned summary").click()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.warned .post__words'))")
    row = arrive("It was mended since.", root)
    page.wait_for_timeout(2500)
    expect(page.locator(f"#p{row.pk}")).to_have_count(0)
    page.evaluate("getSelection().removeAllRanges()")
    expect(page.locator(f"#p{row.pk}")).to_have_count(1, timeout=8000)
    assert page.locator(".warned").evaluate("(warned) => warned.open") is True


def test_choice_that_is_being_made_stays(desk: Desk, root: Post) -> None:
    Mention.objects.create(post=root, account=hettie())
    User.objects.create(email="colm@stilewise.example", name="Colm")
    page = desk(here(root))
    page.locator(f"#to-{root.pk}").focus()
    row = arrive("It was mended since.", root)
    expect(page.locator(f"#p{row.pk}")).to_have_count(1, timeout=8000)
    expect(page.locator(f"#to-{root.pk}")).to_be_focused()


@pytest.fixture
def pen(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account of ours that can be written with."""
    (data / sealing.KEY).parent.mkdir(parents=True, exist_ok=True)
    (data / sealing.KEY).write_text(KEY)
    monkeypatch.setattr(networks, "SPEAKERS", SPEAKERS)
    quill()


@pytest.mark.parametrize("place", ["#answer-{}", "#end"])
def test_words_that_are_being_written_stay_as_they_are(desk: Desk, pen: None, root: Post, place: str) -> None:
    page = desk(here(root))
    if place != "#end":
        page.locator(f"#p{root.pk} .acts__answer").first.click()
    field = page.locator(f"{place.format(root.pk)} textarea[name=text]")
    field.fill("It was the ladder, and")
    page.keyboard.type(" the")
    row = arrive("It was mended since.", root)
    expect(page.locator(f"#p{row.pk}")).to_have_count(1, timeout=8000)
    page.keyboard.type(" paint.")
    expect(field).to_have_value("It was the ladder, and the paint.")
    page.locator("h1").click()
    other = arrive("And painted.", row)
    expect(page.locator(f"#p{other.pk}")).to_have_count(1, timeout=8000)
    expect(field).to_have_value("It was the ladder, and the paint.")


def test_page_that_has_grown_by_hand_is_left_as_it_is_and_offers_what_came(desk: Desk, root: Post) -> None:
    for number in range(32):
        post("And you?", account("other"), parent=post(f"Talk {number}"))
    page = desk("/desk/conversations/?show=exchanges")
    page.locator("#more a").click()
    expect(page.locator(".talk")).to_have_count(33)
    arrive("It was mended since.", root)
    page.get_by_role("button", name="Something new came").click(timeout=8000)
    expect(page.locator(".talk__new")).to_have_text("1 new")


def has_settled(page: Page) -> None:
    """Wait until htmx knows the forms that it has swapped in. Before that, a browser sends them itself and loads the page anew."""
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-swapping, .htmx-request")).to_have_count(0)


def test_mention_is_assigned_and_done_and_undone_by_keyboard(desk: Desk, root: Post) -> None:
    row = Mention.objects.create(post=root, account=hettie())
    page = desk("/desk/conversations/?show=waiting")
    page.locator(f"#to-{row.pk}").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".waits__state")).to_have_text("Waits for Hettie")
    has_settled(page)
    page.locator(f"#done-{row.pk}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".waits__state").first).to_contain_text("Done by Hettie")
    expect(page.locator(f"#done-{row.pk}")).to_be_focused()
    has_settled(page)
    page.keyboard.press("Enter")
    expect(page.locator(".waits__state").first).to_have_text("Waits for Hettie")
    expect(page.locator(".places__count")).to_have_text("1")


def test_mention_is_marked_done_on_today_and_leaves_the_count(desk: Desk, root: Post) -> None:
    row = Mention.objects.create(post=root, account=hettie())
    page = desk("/desk/")
    expect(page.locator(f"#waits-{row.pk} .line__said")).to_be_visible()
    expect(page.locator(".places__count")).to_have_text("1")
    page.locator(f"#done-{row.pk}").click()
    expect(page.locator(".places__count")).to_have_count(0)
    expect(page.locator("#waiting")).to_have_count(0, timeout=8000)


def test_looking_for_what_is_missing_goes_on_over_a_reload_and_ends_without_one(desk: Desk, network: fake.Network, root: Post) -> None:
    network.add(fake.post(1, "hettie", "Which stile?"), fake.post(2, "bryony", "The ladder.", parent=1))
    first = post("Which stile?", hettie(), uri=fake.uri(1))
    Post.objects.filter(pk=first.pk).update(network="fake")
    first.sightings.create(source=source("hettie.example"), place=Place.SERVER, raw=network.posts[fake.uri(1)].raw)
    page = desk(here(first))
    page.get_by_role("button", name="Check for missing posts").click()
    expect(page.locator("#completion progress")).to_be_visible()
    page.reload()
    expect(page.locator("#completion progress")).to_be_visible()
    assert run_waiting() == 1
    expect(page.locator("#completion")).to_contain_text("Found 1 post.", timeout=8000)
    expect(page.get_by_role("button", name="Check for missing posts")).to_be_visible()
    expect(page.locator(".thread .post__words")).to_have_text(["Which stile?", "The ladder."], timeout=8000)


def test_first_that_ever_comes_shows_where_nothing_was(desk: Desk, root: Post) -> None:
    Post.objects.update(parent=None)
    Post.objects.all().delete()
    Conversation.objects.all().delete()
    page = desk("/desk/conversations/")
    expect(page.locator("#nothing")).to_be_visible()
    talk()
    live.changed()
    expect(page.locator(".talk")).to_have_count(1, timeout=8000)


def test_page_in_the_background_holds_no_stream_and_makes_up_for_it(desk: Desk, root: Post) -> None:
    page = desk(here(root))
    page.wait_for_timeout(700)
    page.evaluate(TURNED, True)
    page.wait_for_timeout(300)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    row = arrive("It was mended since.", root)
    page.wait_for_timeout(1500)
    assert asked == []
    page.evaluate(TURNED, False)
    expect(page.locator(f"#p{row.pk}")).to_have_count(1, timeout=8000)


def test_without_a_stream_the_page_asks_by_itself_now_and_then(desk: Desk, root: Post) -> None:
    page = desk(here(root), stream=False, clock=True)
    row = arrive("It was mended since.", root)
    page.wait_for_timeout(500)
    page.clock.run_for(16_000)
    page.clock.run_for(2_000)
    expect(page.locator(f"#p{row.pk}")).to_have_count(1, timeout=8000)
