"""Finding posts: what words mean, in which order, and that nothing typed is syntax."""

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from homespun.conversations.queries import posts_by_uri, prefix_scan, search
from homespun.people.models import AccountName
from tests.conversations.cast import NOW, account, bryony, hettie, post, seen, source

pytestmark = pytest.mark.django_db

HOSTILE = [
    '"',
    '""',
    "'",
    "*",
    "a*",
    "^a",
    "NEAR(a b)",
    "stile NEAR/2 ladder",
    "text : stile",
    "tags:a1",
    "{text tags} : x",
    "a AND",
    "OR OR OR",
    "NOT stile",
    "(stile",
    "stile) OR (1",
    "stile -- x",
    "stile'; drop table conversations_post; --",
    "%s %d %(x)s",
    "\x00stile",
    "\ud83d",
    "stile\u202e",
    '"stile',
    "+ - + -",
    "x" * 5000,
    "a " * 5000,
    "from: after: before:",
    "after:9999-99-99 before:0001-01-01",
    "before:9999-12-31 after:0001-01-01 stile",
    "https://",
    "://x",
]


def texts(query: str, **asked: Any) -> list[str]:
    return [hit.card.text for hit in search(query, **asked).hits]


def test_words_are_all_wanted_and_the_newest_post_comes_first() -> None:
    post("A stile and a ladder")
    post("A ladder alone")
    post("The ladder beside the stile")
    assert texts("stile ladder") == ["The ladder beside the stile", "A stile and a ladder"]


def test_last_word_is_a_beginning_and_the_others_are_whole() -> None:
    post("stiles and ladders")
    post("stile and ladders")
    assert texts("stile ladd") == ["stile and ladders"]


def test_word_with_a_space_after_it_is_whole() -> None:
    post("ladders")
    post("ladder")
    assert texts("ladder ") == ["ladder"]
    assert texts("ladder") == ["ladder", "ladders"]


def test_all_words_are_beginnings_where_whole_words_find_nothing() -> None:
    post("stiles and ladders")
    assert texts("sti lad") == ["stiles and ladders"]


def test_pieces_of_words_are_found_where_beginnings_find_nothing() -> None:
    post("La astronomía en el archivo de los últimos años")
    post("La astronomía en el archivo")
    assert texts("astronom archivo ltimos") == ["La astronomía en el archivo de los últimos años"]
    assert texts("stronom") == ["La astronomía en el archivo", "La astronomía en el archivo de los últimos años"]


def test_accents_and_capitals_do_not_matter() -> None:
    post("Über den Zaun: ÚLTIMOS PASOS")
    assert texts("uber ultimos") == texts("ÜBER Últimos") == ["Über den Zaun: ÚLTIMOS PASOS"]


def test_words_in_quotes_stand_together() -> None:
    post("small wooden stiles")
    post("wooden and small")
    assert texts('"small wooden"') == ["small wooden stiles"]


def test_japanese_is_found_from_the_middle_of_a_clause() -> None:
    post("会ったことのない夜勤の人に、初めて手紙を書いた気がします。")
    post("手と紙")
    assert texts("夜勤の人") == texts("手紙を") == texts("気がします") == ["会ったことのない夜勤の人に、初めて手紙を書いた気がします。"]
    assert len(texts("手")) == 2
    assert texts("手紙 夜勤") == ["会ったことのない夜勤の人に、初めて手紙を書いた気がします。"]
    assert texts("人手") == []


def test_thai_is_found_from_the_middle_of_a_clause() -> None:
    post("ฉันทำงานที่โรงพยาบาลกรุงเทพ")
    assert texts("โรงพยาบาล") == texts("กรุงเทพ") == ["ฉันทำงานที่โรงพยาบาลกรุงเทพ"]


def test_vowel_signs_tell_words_apart() -> None:
    post("मुझे हिन्दी पसंद है")
    post("हन्दा")
    post("กุหลาบ")
    post("กีฬา")
    post("தமிழ் இனிது")
    assert texts("हिन्दी") == texts("हिन्") == texts("हिन्दी पसंद") == ["मुझे हिन्दी पसंद है"]
    assert texts("हन्दा") == ["हन्दा"]
    assert texts("กี") == texts("กีฬา") == ["กีฬา"]
    assert texts("தமிழ்") == ["தமிழ் இனிது"]
    assert search("हिन्दी").hits[0].excerpt == "मुझे <mark>हिन्दी</mark> पसंद है"
    assert search("हिन्दी กีฬา").words == ("हिन्दी", "กีฬา")


def test_points_dots_and_lengthening_do_not_matter() -> None:
    post("שָׁלוֹם")
    post("شكرًا جـــزيلا")
    post("क़लम")
    assert texts("שלום") == texts("שָׁלוֹם") == ["שָׁלוֹם"]
    assert texts("شكرا جزيلا") == texts("شكرًا") == ["شكرًا جـــزيلا"]
    assert texts("कलम") == texts("क\u093cलम") == texts("\u0958लम") == ["क़लम"]


def test_chinese_is_found_from_the_middle_of_a_clause() -> None:
    post("我们昨天在图书馆里读了一本书。")
    assert texts("图书馆") == texts("读了") == texts("馆") == texts("昨天 读") == ["我们昨天在图书馆里读了一本书。"]
    assert texts("书图") == []


def test_latin_words_beside_japanese_ones_are_found() -> None:
    post("新しいiPhone修理中です")
    assert texts("iphone") == texts("修理") == texts("iPhone修理") == ["新しいiPhone修理中です"]


def test_author_is_found_by_handle_by_name_by_former_handle_and_as_us() -> None:
    post("stile from her")
    post("stile from us", hettie())
    AccountName.objects.create(account=bryony(), handle="bookish", first_seen=NOW, last_seen=NOW)
    assert texts("stile", author="@bryonyshelves") == ["stile from her"]
    assert texts("stile", author="Bryony Tarrowell") == ["stile from her"]
    assert texts("stile", author="bookish") == ["stile from her"]
    assert texts("stile from:@bryonyshelves") == ["stile from her"]
    assert texts("", author="us") == ["stile from us"]
    assert texts("stile", author="nobody") == []


def test_days_are_both_included() -> None:
    for day in (1, 2, 3):
        post(f"stile {day}", at=datetime(2019, 5, day, 12, tzinfo=UTC))
    assert texts("stile", since=date(2019, 5, 2)) == ["stile 3", "stile 2"]
    assert texts("stile", until=date(2019, 5, 2)) == ["stile 2", "stile 1"]
    assert texts("stile after:2019-05-02 before:2019-05-03") == ["stile 2"]
    assert texts("", since=date(2019, 5, 3)) == ["stile 3"]


def test_pictures_can_be_asked_for() -> None:
    post("stile without")
    post("stile with", picture=True)
    assert texts("stile", has_picture=True) == texts("", has_picture=True) == ["stile with"]


def test_address_of_a_post_finds_that_post() -> None:
    post("one", uri="https://x.com/i/status/1234567")
    post("other")
    assert texts("https://twitter.com/anybody/status/1234567?s=20") == ["one"]
    assert texts("https://x.com/i/status/7654321") == []


def test_count_is_exact_and_next_goes_on() -> None:
    for number in range(5):
        post(f"stile {number}")
    first = search("stile", limit=2)
    assert (first.count, first.more) == (5, False)
    assert texts("stile", limit=2, before=first.next) == ["stile 2", "stile 1"]
    assert search("stile", limit=5).next is None


def test_count_that_was_cut_short_says_so() -> None:
    for _ in range(302):
        post("stile")
    for words in ("stile", "stil", "tile"):
        found, typed, further = search(words, limit=1), search(words, limit=1, typing=True), search(words, limit=1, count_to=1_000)
        assert (found.count, found.more) == (300, True)
        assert (typed.count, typed.more) == (100, True)
        assert (further.count, further.more) == (302, False)


def test_ranked_puts_first_what_the_words_say_most_about() -> None:
    post("stile stile stile")
    post("a stile among many other words that have nothing to do with it at all")
    assert texts("stile", order="ranked")[0] == "stile stile stile"


@pytest.fixture(params=["rare", "common"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beginnings that the index puts together, and beginnings that are too common for that."""
    if request.param == "common":
        monkeypatch.setattr(prefix_scan, "COMMON", 0)


@pytest.mark.usefixtures("way")
def test_long_beginning_finds_the_same_however_common_it_is() -> None:
    for number in range(450):
        post("station" if number % 30 else "stationery")
    assert search("stationer", limit=50).count == len(texts("stationer", limit=50)) == 15
    assert search("statio", limit=1, count_to=1_000).count == 450
    assert texts("nothing stationer") == []


@pytest.mark.usefixtures("way")
def test_every_way_finds_the_posts_that_have_all_words_and_no_other() -> None:
    chance = random.Random(7)
    words = ["stile", "stiles", "ladder", "ladders", "meadow", "gate", "Über", "don't", "手紙を書いた", "brook"]
    held = [" ".join(chance.choices(words, k=chance.randint(1, 6))) for _ in range(80)]
    for text in held:
        post(text)
    for _ in range(40):
        asked = chance.sample(words, k=chance.randint(1, 4))
        having = [text for text in reversed(held) if set(asked) <= set(text.split())]
        if having:
            found = search(" ".join(asked) + " ", limit=100)
            assert ([hit.card.text for hit in found.hits], found.count, found.more) == (having, len(having), False)
            assert sorted(texts(" ".join(asked) + " ", limit=100, order="ranked")) == sorted(having)
            assert texts(" ".join(asked) + " ", limit=100, has_picture=True) == []


@pytest.mark.usefixtures("way")
def test_every_way_finds_beginnings_and_pieces_of_words() -> None:
    post("stationery in the meadow by the brook")
    post("stations in the meadows by the brooks")
    assert texts("station meadow brook") == ["stations in the meadows by the brooks", "stationery in the meadow by the brook"]
    assert texts("stationer meado broo") == texts("meadow brook tationer") == texts("tationer") == ["stationery in the meadow by the brook"]
    assert texts("tations adow", typing=True) == texts("stations rooks eadow") == ["stations in the meadows by the brooks"]
    assert texts("brook from:bryonyshelves eadows") == ["stations in the meadows by the brooks"]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("order", ["newest", "ranked"])
def test_whatever_is_typed_is_never_syntax(query: str, order: str) -> None:
    post("The ladder beside the stile")
    search(query, order=order)  # type: ignore[arg-type]  # a word, as parametrized
    search(query, order=order, typing=True)  # type: ignore[arg-type]  # likewise


def test_lone_letter_is_not_looked_for_yet() -> None:
    post("a stile")
    post("a stile l")
    assert texts("stile l", typing=True) == ["a stile l", "a stile"]
    assert texts("stile l") == texts("l") == ["a stile l"]
    assert search("l", typing=True).count == 0


def test_excerpt_marks_what_was_found_and_escapes_the_rest() -> None:
    post('<b onclick="x()">Los ÚLTIMOS</b> & <script>alert(1)</script> stiles')
    assert search("ultimos stil").hits[0].excerpt == (
        "&lt;b onclick=&quot;x()&quot;&gt;Los <mark>ÚLTIMOS</mark>&lt;/b&gt; &amp; "
        "&lt;script&gt;alert(1)&lt;/script&gt; <mark>stiles</mark>"
    )


def test_excerpt_of_a_long_text_shows_where_the_words_are() -> None:
    post("long " * 100 + "stile" + " after" * 100)
    excerpt = search("stile").hits[0].excerpt
    assert excerpt.startswith("…long") and excerpt.endswith("after…") and "<mark>stile</mark>" in excerpt


def test_cards_are_read_in_a_constant_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rows = [post(f"stile {number}", account(f"person{number}"), picture=True) for number in range(3)]
    archive = source("An archive")
    for row in rows:
        seen(row, archive)
    for wanted in (rows[:1], rows):
        with django_assert_num_queries(5):
            cards = posts_by_uri([row.uri for row in wanted])
    assert [card.text for card in cards.values()] == ["stile 0", "stile 1", "stile 2"]
    assert [card.seen[0].title for card in cards.values()] == ["An archive"] * 3
