"""Statuses and ActivityPub objects in, values out: pairs of files in `cases/mastodon`, made up after what servers really send."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from homespun.networks.errors import Unusable
from homespun.networks.known import NETWORKS
from homespun.networks.mastodon import actors, statuses
from homespun.networks.mastodon.renewing import post_of, rooted
from homespun.networks.mastodon.words import is_bomb, laid_out, parsed_text, unescaped, usual_text, with_breaks, words
from homespun.networks.values import Place

CASES = Path(__file__).parent / "cases" / "mastodon"


def cases() -> list[str]:
    return sorted(path.name.removesuffix(".raw.json") for path in CASES.glob("*.raw.json"))


@pytest.mark.parametrize("name", cases())
def test_record_is_what_its_case_says(name: str) -> None:
    given = json.loads((CASES / f"{name}.raw.json").read_text(encoding="utf-8"))
    assert value(given) == json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def value(given: dict[str, Any]) -> dict[str, Any]:
    place = Place[given["place"]]
    try:
        post = post_of(orjson.dumps(given["raw"]), place)
    except Unusable as error:
        return {"unusable": str(error.said)}
    assert NETWORKS["mastodon"].renewed(post.raw, place, None) == post
    told: dict[str, Any] = json.loads(msgspec.json.encode(post))
    del told["raw"], told["is_cut"]  # only X cuts posts
    return told


@pytest.mark.parametrize(
    ("acct", "called"),
    [
        ("bryony", "bryony@fell.example"),
        ("bryony@fell.example", "bryony@fell.example"),
        ("bryony@example", "bryony@example"),
        ("hettie@stile.example", "hettie@fell.example"),
        ("hettie@stile.example/@x", "hettie@fell.example"),
        ("hettie\u202e", ""),
    ],
)
def test_server_cannot_call_its_own_people_as_those_of_another_are_called(acct: str, called: str) -> None:
    raw = json.loads((CASES / "status-plain.raw.json").read_text(encoding="utf-8"))["raw"]
    raw |= {"shown_by": "https://fell.example", "account": raw["account"] | {"acct": acct}}
    author = post_of(orjson.dumps(raw), Place.SERVER).author
    assert author is not None and author.handle == called


@pytest.mark.parametrize("name", ["hettie@stile.example/", "hettie stile.example", "hettie\u202e", "hettie@stile.example\u2003"])
def test_actor_cannot_be_called_by_a_name_that_reads_as_anothers(name: str) -> None:
    found = actors.account_of({"id": "https://fell.example/users/bryony", "preferredUsername": name})
    assert found.handle == "bryony@fell.example"


def test_what_a_status_boosts_comes_with_it_as_the_servers_copy() -> None:
    given = json.loads((CASES / "status-boost.raw.json").read_text(encoding="utf-8"))
    boost, inner = statuses.posts(orjson.dumps(given["raw"]), Place.COPY)
    assert (boost.references[0].uri, boost.text) == (inner.uri, "")
    assert (inner.place, inner.text) == (Place.COPY, "The ladder, by far.")


@pytest.mark.parametrize("record", [b"", b"[]", b"null", b'"x"', b"{}", b'{"type": "Note"', b"\xff\xfe", b"[" * 5000, b'{"account": {}}'])
def test_what_is_no_post_is_said_to_be_none(record: bytes) -> None:
    with pytest.raises(Unusable, match="left out"):
        post_of(record, Place.SERVER)


@pytest.mark.parametrize("kind", [[], {}, ["text/plain"], 7, None])
def test_kind_of_words_that_is_none_is_passed_over(kind: Any) -> None:
    raw = json.loads((CASES / "note-in-plain-text.raw.json").read_text(encoding="utf-8"))["raw"]
    assert post_of(orjson.dumps(raw | {"mediaType": kind}), Place.SERVER).text == "1 < 2 & so on"


def test_record_that_cannot_be_written_again_is_kept_without_a_root() -> None:
    raw = json.loads((CASES / "status-plain.raw.json").read_text(encoding="utf-8"))["raw"]
    post = post_of(orjson.dumps(raw)[:-1] + b', "odd": ' + b"9" * 400 + b"}", Place.SERVER)
    assert rooted(post, "https://fell.example/users/bryony/statuses/1") == post


@pytest.mark.parametrize("content", ["<p>" * 300_000, "<" * 500_000, "<div><a href='x'>" * 50_000 + "end", "&amp;" * 400_000])
def test_html_made_to_be_hard_to_read_is_read_quickly(content: str) -> None:
    assert is_bomb(content)
    assert len(words(content)) <= len(content)


def test_words_keep_every_letter_of_paragraphs_lists_and_verses() -> None:
    content = "<p>One</p><ul><li>two</li><li>three <b>four</b></li></ul><pre>  five\n six</pre>seven<br>eight"
    assert re.findall(r"\w+", words(content)) == ["One", "two", "three", "four", "five", "six", "seven", "eight"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>Alpha\nBeta\nGamma\n\nDelta</p>", "Alpha\nBeta\nGamma\n\nDelta"),
        ("<p>one\n<b>two</b>\r\n  three</p>\n<p>\n four </p>", "one\ntwo\nthree\n\nfour"),
        ("<p>one <br>\n two</p>", "one\ntwo"),
        ("plain\ntext  here", "plain\ntext here"),
    ],
)
def test_newlines_in_html_of_a_post_are_lines(content: str, text: str) -> None:
    assert words(content) == text
    assert words(with_breaks(content)) == text


def test_newlines_in_html_of_an_article_are_spaces() -> None:
    assert words("<p>wrapped\nat eighty</p>\n<p>columns</p>", has_lines=False) == "wrapped at eighty\n\ncolumns"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>So:</p><pre><code>def f():\n    return 1\n</code></pre><p>Done</p>", "So:\n\ndef f():\n    return 1\n\nDone"),
        ("<pre>\n  one\r\n    two</pre>", "  one\n    two"),
    ],
)
def test_indentation_of_code_is_kept(content: str, text: str) -> None:
    assert words(content) == text
    assert with_breaks(content) == content


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<ol><li>first</li><li>second</li></ol>", "1. first\n2. second"),
        ('<ol start="7">\n  <li><p>a</p></li>\n  <li>b</li>\n</ol>after', "7. a\n\n8. b\n\nafter"),
        ('<ol start="many"><li>a</li></ol>', "1. a"),
        ("<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>", "- a\n1. b\n2. c\n- d"),
        ("<li>a</li></ol></ul><li>b", "- a\n\n- b"),
    ],
)
def test_ordered_lists_keep_their_numbers(content: str, text: str) -> None:
    assert words(content) == text


def test_options_of_a_poll_without_a_title_are_kept() -> None:
    raw = json.loads((CASES / "question.raw.json").read_text(encoding="utf-8"))["raw"]
    raw["oneOf"] = [{"name": "Ladder"}, {"type": "Note"}, {"content": "<p>Step</p>"}]
    assert post_of(orjson.dumps(raw), Place.SERVER).text == "Which one?\n\n- Ladder\n-\n- Step"
    status = json.loads((CASES / "status-plain.raw.json").read_text(encoding="utf-8"))["raw"]
    status |= {"content": "<p>Which?</p>", "poll": {"options": [{"title": None}, {"title": "Gate"}]}}
    assert post_of(orjson.dumps(status), Place.SERVER).text == "Which?\n\n-\n- Gate"


PIECES = [
    "<p>",
    "</p>",
    "</p><p>",
    "<br />",
    "<br>",
    " ",
    "stile",
    "&amp;",
    "@",
    "#",
    '<span class="h-card" translate="no">',
    '<span class="invisible">',
    "</span>",
    '<a href="https://walks.example/1" rel="nofollow">',
    '<a href="https://fell.example/@hettie" class="u-url mention">',
    '<a class="mention hashtag" href="https://fell.example/tags/x">',
    "<a>",
    "</a>",
    "https://walks.example/1",
    "walks.example…",
    ">",
    "<b>",
    "</b>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=400, deadline=None)
@example('<p><a href="https://walks.example/1"> </a> <br /> stile</p><p> x </p>')
def test_usual_html_has_the_same_text_as_by_the_parser_of_any_html(content: str) -> None:
    usual = usual_text(content)
    if usual is not None:
        assert laid_out(unescaped(usual)) == laid_out(unescaped(parsed_text(content, True)))


def test_html_as_mastodon_writes_it_is_usual() -> None:
    link = '<a href="https://walks.example/over-the-stiles" target="_blank" rel="nofollow noopener" translate="no">'
    label = (
        '<span class="invisible">https://</span><span class="ellipsis">walks.example/over</span><span class="invisible">-the-stiles</span>'
    )
    mention = (
        '<span class="h-card" translate="no"><a href="https://fell.example/@hettie" class="u-url mention">@<span>hettie</span></a></span>'
    )
    content = f"<p>{mention} Which?<br />This: {link}{label}</a></p><p>Yes.</p>"
    assert usual_text(content) == "@hettie Which?\nThis: https://walks.example/over-the-stiles\n\nYes."
