"""Long texts in parts: nothing lost, every part fits, and what belongs together stays together."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.networks.errors import NetworkError
from homespun.networks.graphemes import graphemes
from homespun.networks.graphemes import length as seen
from homespun.networks.mentions import missing_mentions
from homespun.networks.splitting import WHOLE, split

LINK = 23
WRITTEN = st.lists(
    st.one_of(
        st.text("abcdefghij", min_size=1, max_size=12),
        st.sampled_from(
            ["Stile.", "Why?", "\n\n", "\n", "…", "e\u0301", "👩‍👩‍👧‍👦", "🇬🇧🇫🇷", "踏み越し段は冬に凍ります。", "ครับ", "글자를"]
        ),
        st.from_regex(r"https://stile\.example/[a-z]{1,60}", fullmatch=True),
        st.from_regex(r"@[a-z]{1,12}@[a-z]{1,12}\.example", fullmatch=True),
        st.from_regex(r"#[a-z]{1,15}", fullmatch=True),
    ),
    max_size=60,
).map(" ".join)


def counted(text: str) -> int:
    """As Mastodon does: links are 23, names without their server."""
    text = re.sub(r"https?://\S+", "x" * LINK, text)
    return seen(re.sub(r"(@\w[\w.-]*)@\w[\w.-]*", r"\1", text))


def bare(parts: list[str]) -> list[str]:
    return [re.sub(rf" \({number}/{len(parts)}\)$", "", part) for number, part in enumerate(parts, 1)] if len(parts) > 1 else parts


def test_text_that_fits_is_one_part_without_a_number() -> None:
    assert split("  Both stiles.\n", longest=12, length=len) == ["Both stiles."]


def test_paragraphs_are_kept_whole_where_they_can_be() -> None:
    first, second = "The ladder stile by the mill froze again.", "We have sent the county a letter, and a photograph."
    assert split(f"{first}\n\n{second}", longest=60, length=len) == [f"{first} (1/2)", f"{second} (2/2)"]


def test_sentences_are_kept_whole_where_they_can_be() -> None:
    assert split("The ladder froze. Nobody could cross it. We wrote to the county.", longest=48, length=len) == [
        "The ladder froze. Nobody could cross it. (1/2)",
        "We wrote to the county. (2/2)",
    ]


def test_words_are_kept_whole_where_they_can_be() -> None:
    assert split("a ladder that froze in the night of the fair", longest=24, length=len) == [
        "a ladder that (1/3)",
        "froze in the night (2/3)",
        "of the fair (3/3)",
    ]


def test_writing_without_spaces_is_cut_after_its_sentences() -> None:
    parts = split("踏み越し段は冬に凍ります。村の人は困っています。手紙を書きました。", longest=20, length=seen)
    assert bare(parts) == ["踏み越し段は冬に凍ります。", "村の人は困っています。", "手紙を書きました。"]


def test_link_that_no_post_can_hold_is_said() -> None:
    with pytest.raises(NetworkError, match="longer than a whole post"):
        split("See https://stile.example/" + "a" * 300, longest=200, length=len)


def test_ten_parts_leave_room_for_two_digits() -> None:
    parts = split("stile " * 60, longest=30, length=len)
    assert len(parts) > 9
    assert [part for part in parts if len(part) > 30] == []
    assert parts[9].endswith(f" (10/{len(parts)})")


def test_parts_begin_with_the_names_that_they_lack_and_keep_their_numbers() -> None:
    def opening(number: int, part: str) -> str:
        return "" if not number or "@bryony" in part else "@bryony "

    text = "@bryony The ladder froze. Nobody crossed. You saw, @bryony, the letter of spring. We wrote it."
    assert split(text, longest=48, length=len, opening=opening) == [
        "@bryony The ladder froze. Nobody crossed. (1/3)",
        "You saw, @bryony, the letter of spring. (2/3)",
        "@bryony We wrote it. (3/3)",
    ]


def test_names_that_leave_no_room_for_words_are_refused() -> None:
    with pytest.raises(NetworkError, match="mentions so many people that there is little room for words"):
        split("stile " * 60, longest=40, length=len, opening=lambda number, _part: "@bryony " * 3 if number else "")


@settings(deadline=None)
@given(text=WRITTEN, longest=st.integers(60, 300))
def test_every_part_fits_with_the_names_that_it_mentions(text: str, longest: int) -> None:
    names = ["bryony@shelves.example", "colm"]

    def opening(number: int, part: str) -> str:
        return "".join(f"@{name} " for name in missing_mentions(part, names)) if number else ""

    parts = split(text, longest=longest, length=counted, opening=opening)
    assert [part for part in parts if counted(part) > longest] == []
    assert [part for part in parts if missing_mentions(part, names)] == ([] if len(parts) > 1 else parts)


@settings(deadline=None)
@given(text=WRITTEN, longest=st.integers(60, 300))
def test_nothing_is_lost_and_every_part_fits(text: str, longest: int) -> None:
    parts = split(text, longest=longest, length=counted)
    assert [part for part in parts if counted(part) > longest] == []
    assert re.sub(r"\s", "", "".join(bare(parts))) == re.sub(r"\s", "", text)
    assert [part for part in bare(parts) if not part] == ([""] if not text.strip() else [])


@settings(deadline=None)
@given(text=WRITTEN, longest=st.integers(60, 300))
def test_what_belongs_together_is_never_cut(text: str, longest: int) -> None:
    parts = bare(split(text, longest=longest, length=counted))
    assert [found for part in parts for found in WHOLE.findall(part)] == WHOLE.findall(text)
    assert [one for part in parts for one in graphemes(part) if not one.isspace()] == [one for one in graphemes(text) if not one.isspace()]


@settings(deadline=None)
@given(text=st.text(max_size=400), longest=st.integers(40, 120))
def test_any_text_at_all_is_cut(text: str, longest: int) -> None:
    try:
        parts = split(text, longest=longest, length=seen)
    except NetworkError:
        assert max(map(len, [*WHOLE.findall(text), *graphemes(text)])) > longest / 2
    else:
        assert [part for part in parts if seen(part) > longest] == []
