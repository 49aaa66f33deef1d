"""Pasting anywhere on the page for it, a file let fall there, and both without a script."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from homespun.conversations.models import Post
from homespun.networks import known, live
from tests.conversations.live import fake

Desk = Callable[..., Page]
ADD = "/desk/conversations/addition/"
PAGES = Path(__file__).parents[2] / "networks" / "cases" / "x" / "pages"
PASTE = """([at, kind, words]) => {
  const data = new DataTransfer();
  data.setData("text/plain", "something else");
  data.setData(kind, words);
  document.querySelector(at).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
DROP = """([name, words]) => {
  const data = new DataTransfer();
  data.items.add(new File([words], name, { type: "text/html" }));
  document.querySelector("paste-here form").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> fake.Network:
    made = fake.Network()
    made.add(fake.post(1, "bryony", "The ladder, by far."))
    monkeypatch.setattr(live, "CLIENTS", {"fake": made.client})
    monkeypatch.setattr(known, "NETWORKS", {**known.NETWORKS, "fake": sys.modules[fake.__name__]})
    return made


def test_address_pasted_anywhere_on_the_page_is_fetched(desk: Desk, network: fake.Network) -> None:
    page = desk(ADD)
    page.evaluate(PASTE, ["body", "text/plain", fake.uri(1)])
    expect(page.locator(".post__words")).to_have_text("The ladder, by far.")


def test_post_that_is_copied_with_its_html_is_taken_as_it_is(desk: Desk, network: fake.Network) -> None:
    page = desk(ADD)
    page.evaluate(PASTE, ["body", "text/html", (PAGES / "embedded.html").read_text(encoding="utf-8")])
    expect(page.locator(".steps b")).to_have_count(2)
    assert Post.objects.count() == 2


def test_text_pasted_into_the_field_stays_there_until_it_is_sent(desk: Desk, network: fake.Network) -> None:
    page = desk(ADD)
    page.get_by_label("A link, or the text of a post").fill("fake://post/9")
    page.evaluate(PASTE, ["#id_pasted", "text/plain", "words"])
    assert page.url.endswith(ADD)
    page.get_by_role("button", name="Fetch").click()
    expect(page.locator(".error")).to_be_visible()
    expect(page.get_by_role("button", name="Fetch")).to_be_visible()


def test_saved_page_that_is_let_fall_is_read(desk: Desk, network: fake.Network) -> None:
    page = desk(ADD)
    page.evaluate(DROP, ["Hettie on X.html", (PAGES / "newer.html").read_text(encoding="utf-8")])
    expect(page.locator(".post__words")).to_have_count(2)


def test_it_works_without_a_script(desk: Desk, network: fake.Network) -> None:
    page = desk(ADD, java_script_enabled=False)
    page.get_by_label("A link, or the text of a post").fill(fake.uri(1))
    page.get_by_role("button", name="Fetch").click()
    expect(page.locator(".post__words")).to_have_text("The ladder, by far.")
