"""The search page in a browser: highlights, operators, sentences, and the search tips, on a desktop and on a phone."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from tests.conversations.cast import bryony, hettie, post
from tests.e2e.look import violations

Desk = Callable[..., Page]
LIST = "/desk/conversations/"
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}


@pytest.fixture(autouse=True)
def posts(transactional_db: None) -> Iterator[None]:
    post("The ladder stile 💕 by the brook", bryony())
    post("Crème brûlée by the #brook, written in C++", hettie())
    post("https://fellside.example/stiles?page=2 has more", bryony())
    yield
    with connection.cursor() as cursor:  # the index is no table of Django's, which empties those
        for table in ("postindex", "wordpiece"):
            cursor.execute(f"insert into conversations_{table} (conversations_{table}) values ('delete-all')")


@pytest.mark.parametrize("device", [{}, PHONE])
def test_search_marks_what_it_finds(desk: Desk, device: dict[str, object]) -> None:
    page = desk(LIST, **device)
    field, status = page.get_by_role("searchbox"), page.locator("#found [role=status]")
    for query, marks, sentence in [
        ("creme brulee", ["Crème", "brûlée"], "1 post, newest first."),
        ("💕", ["💕"], "1 post, newest first."),
        ("C++", ["C++"], "1 post, newest first."),
        ("#brook", ["#brook"], "1 post, newest first."),
        ("brook -ladder", ["brook"], "1 post, newest first."),
        ("adder", ["adder"], "1 post, newest first."),
        ("www.fellside.example/stiles", ["fellside.example/stiles"], "1 post, newest first."),
        ("zeppelin", [], "No matching posts."),
    ]:
        field.fill(query)
        expect(status.locator("span")).to_have_text(sentence)
        expect(page.locator("#found mark")).to_have_text(marks)


@pytest.mark.parametrize("device", [{}, PHONE])
def test_unknown_operator_is_named(desk: Desk, device: dict[str, object]) -> None:
    page = desk(f"{LIST}?q=lang:en", **device)
    expect(page.locator(".searchnote")).to_have_text("Homespun doesn’t know the operator “lang:”, so it searched for the words.")


@pytest.mark.parametrize("device", [{}, PHONE])
def test_search_tips_open_by_keyboard_and_fit_the_page(desk: Desk, device: dict[str, object]) -> None:
    page = desk(LIST, **device)
    page.get_by_text("Search tips").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("java OR python")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_search_works_without_script(desk: Desk) -> None:
    page = desk(f"{LIST}?q=brook+OR+more", java_script_enabled=False)
    expect(page.locator("#found mark")).to_have_text(["more", "brook", "brook"])
