"""Writing in a browser: the counter, the keyboard, what is kept when a page is lost, and no script at all."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect

from homespun.conversations.models import Outgoing, Post
from homespun.core.security import sealing
from homespun.networks import live
from homespun.networks.mastodon import counting
from homespun.networks.protocols import Limits
from tests.conversations.archive_pages import member
from tests.conversations.cast import bryony, hettie, post
from tests.conversations.quills import KEY, SPEAKERS, Quill, loom, quill
from tests.conversations.test_writing import picture
from tests.e2e.look import violations

Desk = Callable[..., Page]
LONG = "The ladder stile froze again in the night, and nobody could cross it before noon."


@pytest.fixture(autouse=True)
def networks(data: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (data / sealing.KEY).parent.mkdir(parents=True, exist_ok=True)
    (data / sealing.KEY).write_text(KEY)
    monkeypatch.setattr(live, "SPEAKERS", SPEAKERS)
    monkeypatch.setattr(Quill, "done", [])
    yield


def conversation() -> Post:
    quill()
    return post("Which stile held you up the longest?", bryony(), parent=post("Stiles.", hettie()))


def at(asked: Post) -> str:
    return f"/desk/conversations/{asked.conversation_id}/"


def test_counter_counts_as_each_network_does_and_says_when_it_goes_in_parts(desk: Desk) -> None:
    quill()
    loom()
    page = desk("/desk/writing/")
    counters = page.locator("letter-count")
    page.get_by_label("Your words").fill("A 👩‍👩‍👧‍👦 at the stile")
    expect(counters.nth(0).locator("output")).to_have_text("44 left of 60")
    expect(counters.nth(1)).to_be_hidden()
    page.get_by_label("@stilewise.example").check()
    expect(counters.nth(1).locator("output")).to_have_text("74 left of 90")
    page.get_by_label("Your words").fill(LONG)
    expect(counters.nth(0).locator("output")).to_have_text("21 more than 60: goes in parts")
    expect(page.locator(".composer__thread li")).to_have_count(2)
    assert violations(page) == []


TEXTS = [
    "See https://stile.example/a/very/long/path?with=words&more=of+them, it says.",
    "Thank you @hettie@stilewise.example and @bryony.t@shelves.example.",
    "write to me@stile.example (https://stile.example/a_(b))",
    "🇬🇧🇫🇷 e\u0301 👋🏽 กำ 글 😀",
    "https://stile.example/ü and http://a.example… “https://b.example”",
    "Ask @hettie@127.0.0.1:3000 (see https://a.example/(b))), HTTP://C.EXAMPLE/]; 👨‍👩‍👧‍👦",
    "@bryony@shelves.example\n\n@colm https://a.example",
]


@pytest.mark.parametrize("software", ["mastodon", "gotosocial", "pleroma", "unknown"])
def test_counter_agrees_with_the_server(desk: Desk, monkeypatch: pytest.MonkeyPatch, software: str) -> None:
    rule = counting.rule_of(software)
    monkeypatch.setattr(Quill, "length", lambda self, text: rule(text, 23))
    monkeypatch.setattr(Quill, "limits", Limits(longest=60, names=True, code_points=rule is counting.characters))
    quill()
    page = desk("/desk/writing/")
    said = []
    for text in TEXTS:
        page.get_by_label("Your words").fill(text)
        said.append(page.locator("letter-count output").inner_text())
    lengths = [rule(text, 23) for text in TEXTS]
    assert said == [f"{60 - n} left of 60" if n <= 60 else f"{n - 60} more than 60: goes in parts" for n in lengths]


@pytest.mark.parametrize(("gap", "left"), [(0, "45 left of 60"), (2, "43 left of 60")])
def test_counter_adds_the_warning_as_the_network_does(desk: Desk, monkeypatch: pytest.MonkeyPatch, gap: int, left: str) -> None:
    monkeypatch.setattr(Quill, "limits", Limits(longest=60, warning_gap=gap))
    quill()
    page = desk("/desk/writing/")
    page.get_by_label("Your words").fill("Both stiles.")
    expect(page.locator("letter-count output")).to_have_text("48 left of 60")
    page.locator("summary", has_text="Warning").click()
    page.locator("input[name=warning]").fill("Mud")
    expect(page.locator("letter-count output")).to_have_text(left)


def test_answer_is_written_by_keyboard_alone_under_the_post_that_it_answers(desk: Desk) -> None:
    asked = conversation()
    page = desk(at(asked))
    page.locator(f"#p{asked.pk} .acts__answer").focus()
    page.keyboard.press("Enter")
    field = page.locator(f"#answer-{asked.pk} textarea[name=text]")
    expect(field).to_be_focused()
    page.keyboard.type("The ladder.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#p{asked.pk} .sending__state")).to_have_text("Being sent")
    assert [(row.text, row.target) for row in Outgoing.objects.all()] == [("@bryonyshelves The ladder.", asked.uri)]


PASTE = """(field) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob("%s"), (sign) => sign.charCodeAt(0));
  data.items.add(new File([bytes], "stile.png", { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_picture_is_pasted_described_and_sent(desk: Desk) -> None:
    quill()
    page = desk("/desk/writing/")
    pasted = PASTE % base64.b64encode(picture().read()).decode()
    page.get_by_label("Your words").evaluate(pasted)
    page.get_by_label("Your words").evaluate(pasted)
    page.get_by_label("Your words").fill("Look.")
    page.locator("textarea[name=alt-0]").fill("A red stile")
    page.locator("input[name=mute-1]").check()
    page.get_by_role("button", name="Post it").click()
    page.wait_for_url("**/outgoing/#o-*")
    assert [each["alt"] for each in Outgoing.objects.get().media] == ["A red stile", ""]


def test_words_survive_a_page_that_is_loaded_anew_and_go_once_they_are_sent(desk: Desk) -> None:
    asked = conversation()
    page = desk(at(asked))
    page.locator("#end textarea[name=text]").fill("@bryonyshelves The ladder.")
    page.reload()
    expect(page.locator("#end textarea[name=text]")).to_have_value("@bryonyshelves The ladder.")
    page.get_by_role("button", name="Answer Bryony Tarrowell").click()
    page.wait_for_url("**#o-*")
    page.goto(page.url.partition("?")[0])
    expect(page.locator("#end textarea[name=text]")).to_have_value("@bryonyshelves ")
    assert Outgoing.objects.count() == 1


def test_words_survive_having_to_sign_in_again(desk: Desk) -> None:
    quill()
    page = desk("/desk/writing/")
    page.get_by_label("Your words").fill("The ladder.")
    Session.objects.all().delete()
    page.get_by_role("button", name="Post it").click()
    page.wait_for_url("**/sign-in/**")
    client = Client()
    client.force_login(member(), backend=settings.AUTHENTICATION_BACKENDS[0])
    there = page.url.partition("/sign-in/")[0]
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": there}]
    )
    page.goto(f"{there}/desk/writing/")
    expect(page.get_by_label("Your words")).to_have_value("The ladder.")


def test_everything_works_without_script(desk: Desk) -> None:
    asked = conversation()
    page = desk(at(asked), java_script_enabled=False)
    page.locator(f"#p{asked.pk} .acts__answer").click()
    page.locator("textarea[name=text]").fill(LONG)
    page.get_by_text("Warning").click()
    page.get_by_label("What to say before the words").fill("Ice")
    page.get_by_role("button", name="See in which parts it goes").click()
    expect(page.locator(".composer__thread li")).to_have_count(3)
    page.get_by_role("button", name="Answer Bryony Tarrowell").click()
    expect(page.locator(f"#p{asked.pk} .sending__state")).to_have_text("Being sent")
    assert [row.warning for row in Outgoing.objects.all()] == ["Ice"] * 3
