"""The pages that say no: they stand without a request, a database or a reader."""

import pytest
from django.template.loader import render_to_string


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_an_error_page_says_what_now(db: None, status: int) -> None:
    page = render_to_string(f"{status}.html")
    assert page.count("<h1>") == 1
    assert 'href="/"' in page


def test_the_page_of_our_own_fault_asks_nothing_of_the_database() -> None:
    assert "The fault is ours" in render_to_string("500.html")
