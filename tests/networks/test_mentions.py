"""Names in a text: which are there, which it begins with, which are missing."""

import pytest

from homespun.networks.mentions import leading_mentions, mentions_in, missing_mentions, short


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bryony Both.", ["bryony"]),
        ("Both, @bryony@shelves.example.", ["bryony@shelves.example"]),
        ("Ask (@colm@127.0.0.1:3000): both", ["colm@127.0.0.1:3000"]),
        ("@bryony.test and @colm, and @bryony.test", ["bryony.test", "colm"]),
        ("See https://shelves.example/@bryony/1 or write to hettie@stilewise.example", []),
    ],
)
def test_names_are_found_where_they_are_mentioned(text: str, names: list[str]) -> None:
    assert mentions_in(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bryony @colm@far.example Both.", ["bryony", "colm@far.example"]),
        ("@bryony, @colm: both.", ["bryony", "colm"]),
        ("\n @bryony\nBoth.", ["bryony"]),
        ("Both, @bryony.", []),
        ("@bryony", ["bryony"]),
    ],
)
def test_text_is_addressed_to_the_names_it_begins_with(text: str, names: list[str]) -> None:
    assert leading_mentions(text) == names


def test_name_that_a_text_mentions_in_any_spelling_is_not_missing() -> None:
    names = ["bryony@home.example", "colm@far.example", "colm@far.example"]
    assert missing_mentions("@Bryony Both.", names, "home.example") == ["colm@far.example"]
    assert missing_mentions("@bryony Both.", names, "far.example") == names[:2]
    assert missing_mentions("Both.", ["bryony", "Bryony@home.example", "colm"], "home.example") == ["bryony", "colm"]


def test_name_on_the_own_server_is_short() -> None:
    assert [short(each, "home.example") for each in ("a@home.example", "a@far.example", "a.home.example")] == [
        "a",
        "a@far.example",
        "a.home.example",
    ]
