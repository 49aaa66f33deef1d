"""Each operator, and all of them at random beside a plain matcher, with an index of many segments and of one."""

import random
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from homespun.conversations.models import Post
from homespun.conversations.queries import prefix_scan, search
from homespun.conversations.queries.search_help import SYNTAX
from tests.conversations.cast import account, bryony, hettie, post

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


def texts(query: str, **asked: object) -> list[str]:
    return [hit.card.text for hit in search(query, **asked).hits]  # type: ignore[arg-type]  # as given


def optimize() -> None:
    """Merge the index into one segment."""
    with connection.cursor() as cursor:
        for table in ("postindex", "wordpiece"):
            cursor.execute(f"insert into conversations_{table} (conversations_{table}) values ('optimize')")


def test_minus_excludes_words_phrases_and_operators() -> None:
    post("stile and ladder")
    post("stile and gate", hettie())
    post("ladder and a stile #hills")
    assert texts("stile -ladder") == ["stile and gate"]
    assert texts('stile -"and ladder"') == ["ladder and a stile #hills", "stile and gate"]
    assert texts("stile -from:us -#hills") == ["stile and ladder"]
    assert texts("-gate") == ["ladder and a stile #hills", "stile and ladder"]
    assert (search("-gate").count, search("-gate").more) == (2, False)


def test_or_joins_its_two_sides() -> None:
    for text in ("red stile", "blue stile", "green stile", "red gate"):
        post(text)
    assert texts("stile red OR blue") == ["blue stile", "red stile"]
    assert texts("red OR blue OR green ") == ["red gate", "green stile", "blue stile", "red stile"]
    assert texts('"red gate" OR "blue stile"') == ["red gate", "blue stile"]


def test_hashtag_finds_the_tag_and_the_word_finds_both() -> None:
    post("#infosec is a tag")
    post("infosec without a sign")
    post("see https://example.org/page#infosec")
    post("#Café and #open_source and #हिन्दी")
    assert texts("#infosec") == texts("#INFOSEC") == ["#infosec is a tag"]
    assert len(texts("infosec")) == 3
    assert texts("#cafe") == texts("#open_source") == texts("#हिन्दी") == ["#Café and #open_source and #हिन्दी"]
    assert search("#infosec").hits[0].excerpt == "<mark>#infosec</mark> is a tag"


def test_mention_finds_the_name_short_or_whole() -> None:
    post("@hana.bsky.example and @sven@fells.example")
    post("hana without a sign")
    assert texts("@hana") == texts("@hana.bsky.example") == texts("@sven") == texts("@sven@fells.example")
    assert texts("@hana") == ["@hana.bsky.example and @sven@fells.example"]


def test_to_finds_replies_and_mentions() -> None:
    root = post("Which stile?", bryony())
    post("The ladder", hettie(), parent=root)
    post("@bryonyshelves hello", account("sven"))
    post("bryonyshelves is a name", account("sven"))
    assert texts("to:bryonyshelves") == texts("to:@BryonyShelves") == ["@bryonyshelves hello", "The ladder"]
    assert texts('to:"Bryony Tarrowell" ladder') == ["The ladder"]
    assert texts("to:us") == []
    assert texts("to:nobodyatall") == []


def test_since_includes_its_day_and_until_does_not() -> None:
    for day in (1, 2, 3):
        post(f"stile {day}", at=datetime(2019, 5, day, 12, tzinfo=UTC))
    assert texts("stile since:2019-05-02 until:2019-05-03") == texts("stile after:2019-05-02 before:2019-05-03") == ["stile 2"]
    assert texts("until:2019-05-02") == ["stile 1"]
    assert len(texts("stile since:2019-05 until:2020")) == 3


def test_pictures_and_links_can_be_asked_for() -> None:
    post("stile with a picture", picture=True)
    post("stile at https://example.org/a")
    post("stile behind a link", html='<p>stile <a href="https://example.org/hidden">behind a link</a></p>')
    post("@sven stile", html='<p><a class="u-url mention" href="https://fells.example/@sven">@sven</a> stile</p>')
    assert texts("stile has:picture") == ["stile with a picture"]
    assert texts("stile has:link") == ["stile behind a link", "stile at https://example.org/a"]


@pytest.mark.parametrize(
    "written", ["https://soundcloud.example/tinker/two", "http://www.soundcloud.example/tinker/two/", "soundcloud.example/tinker"]
)
def test_address_is_found_however_it_is_written(written: str) -> None:
    post("Listen https://soundcloud.example/tinker/two now")
    post("tinker with two things")
    post("hidden", html='<a href="http://www.soundcloud.example/tinker/two">hidden</a>')
    assert texts(written) == ["hidden", "Listen https://soundcloud.example/tinker/two now"]


def test_status_of_x_is_found_by_any_of_its_addresses() -> None:
    post("as said in https://twitter.com/sven/status/77123")
    assert texts("https://x.com/i/web/status/77123") == ["as said in https://twitter.com/sven/status/77123"]


@pytest.mark.parametrize("query", ["❤", "❤️", "💕", "👍🏽", "👩‍💻", "🇳🇴", "1️⃣", "€", "→"])
def test_emoji_and_signs_are_found(query: str) -> None:
    held = "Hearts❤💕 thumbs 👍🏽 coder 👩‍💻 flag 🇳🇴🇸🇪 key 1️⃣ price 5€ a→b"
    post(held)
    post("nothing of the kind")
    assert texts(query) == texts(f"{query}{query}") == [held]
    assert "<mark>" in search(query).hits[0].excerpt


def test_emoji_is_found_in_any_skin_tone_and_with_a_tone_in_that_tone() -> None:
    post("light 👍🏻")
    post("plain 👍")
    assert texts("👍") == ["plain 👍", "light 👍🏻"]
    assert texts("👍🏻") == ["light 👍🏻"]
    assert texts("👍🏿") == []


def test_names_with_signs_are_told_apart() -> None:
    for text in ("All about C++ today", "And C# as well", "vitamin C", "on .NET now", "the net"):
        post(text)
    assert texts("C++") == ["All about C++ today"]
    assert texts("c#") == ["And C# as well"]
    assert texts(".net") == ["on .NET now"]
    assert texts("C++ OR C#") == ["And C# as well", "All about C++ today"]
    assert len(texts("c ")) == 3


def test_unknown_operator_is_named_and_searched_as_words() -> None:
    post("foo: bar is the rule")
    found = search("foo:bar")
    assert found.notes == ("Homespun doesn’t know the operator “foo:”, so it searched for the words.",)
    assert found.count == 1
    assert search("rule since:yesterday").notes == ("Homespun ignored “since:yesterday”. Write a date as 2022-04-15.",)
    assert search("rule has:hats").notes == ("Homespun ignored “has:hats”. It knows has:picture and has:link.",)
    assert search("rule 12:30 https://example.org").notes == ()


def test_content_warning_is_searched() -> None:
    post("behind it", warning="spoilers for the ladder")
    assert texts("spoilers") == ["behind it"]


def test_syntax_is_documented() -> None:
    docs = (ROOT / "docs" / "search.md").read_text()
    assert [written for written, meaning in SYNTAX if f"| `{written}` | {meaning} |" not in docs] == []


# A plain matcher to compare with.

WORDS = ["stile", "stiles", "ladder", "Über", "crème", "stationery", "stations", "meadow", "तमिल", "привет", "шкаф", "手紙を書いた"]
MARKS = ["#hills", "#Hills_2", "@sven", "@hana.example", "💕", "👍🏽", "C++", "C#", "https://example.org/a/b"]


def plain(text: str) -> str:
    return unicodedata.normalize(
        "NFC", "".join(sign for sign in unicodedata.normalize("NFD", text) if not 0x300 <= ord(sign) < 0x370)
    ).lower()


def has(text: str, part: str) -> bool:
    """Whether a text has one word, phrase or mark."""
    text, part = plain(text), plain(part).strip('"')
    if not re.search(r"\w", part) or part[0] in "#@" or part[-1] in "+#":
        return re.search(re.escape(part) + r"(?![\w+#.])", text) is not None
    if part.startswith("https") or re.search(r"[\u3040-\u9fff]", part):
        return part in text
    return re.search(r"(?<!\w)" + re.escape(part) + r"(?!\w)", text) is not None


@pytest.fixture
def held() -> list[Post]:
    chance = random.Random(11)
    people = [bryony(), hettie(), account("sven")]
    return [
        post(" ".join(chance.choices(WORDS + MARKS, k=chance.randint(1, 7))), chance.choice(people), picture=chance.random() < 0.3)
        for _ in range(150)
    ]


def questions(chance: random.Random) -> Iterator[tuple[str, list[tuple[list[str], bool]]]]:
    """A question, and its clauses: alternatives, and whether they are excluded."""
    for _ in range(150):
        clauses = [
            (chance.sample([*WORDS, *MARKS, '"stile ladder"', "has:picture", "from:sven"], k=chance.choice((1, 1, 2))), False)
            for _ in range(chance.randint(1, 2))
        ]
        clauses += [([chance.choice([*WORDS, *MARKS, "has:picture", "from:us"])], True) for _ in range(chance.choice((0, 1, 1, 2)))]
        yield " ".join(("-" if excluded else "") + " OR ".join(parts) for parts, excluded in clauses) + " ", clauses


def fits(row: Post, part: str) -> bool:
    if part == "has:picture":
        return row.media.exists()
    if part.startswith("from:"):
        assert row.author
        return row.author.is_own if part == "from:us" else row.author.handle == "sven"
    return has(row.text, part)


@pytest.mark.parametrize("segments", ["many", "one"])
@pytest.mark.parametrize("common", [0, 30_000])
def test_every_question_finds_what_a_plain_matcher_finds(
    held: list[Post], segments: str, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefix_scan, "COMMON", common)
    if segments == "one":
        optimize()
    compared = 0
    for query, clauses in questions(random.Random(7)):
        wanted = [
            row.pk for row in reversed(held) if all(any(fits(row, part) for part in parts) != excluded for parts, excluded in clauses)
        ]
        if wanted:  # where nothing is found so, other readings have their turn
            compared += 1
            found = search(query, limit=200)
            assert ([hit.card.id for hit in found.hits], found.count, found.more) == (wanted, len(wanted), False), query
            assert sorted(hit.card.id for hit in search(query, limit=200, order="ranked").hits) == sorted(wanted), query
    assert compared > 50


@pytest.mark.parametrize("segments", ["many", "one"])
def test_pieces_find_all_words_that_have_them(held: list[Post], segments: str) -> None:
    if segments == "one":
        optimize()
    for piece in ("tioner", "adde", "tation", "ривет", "rèm"):
        wanted = [row.text for row in reversed(held) if plain(piece) in plain(row.text)]
        assert wanted and texts(piece, limit=200) == wanted
        assert search(piece).count == len(wanted)


def test_piece_of_more_words_than_are_looked_for_says_over() -> None:
    for number in range(250):
        post(f"aqz{number}inybir{number}xk")
    found = search("inybir")
    assert (found.count, found.more) == (200, True)
