"""The tags that every page is made of."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

import homespun
from homespun.core.templatetags import look

SOURCE = Path(homespun.__file__).parent
ICON = re.compile(r"""{% icon ["']([\w-]+)["']""")


@dataclass
class Somebody:
    name: str = ""
    handle: str = ""
    avatar: str = ""


def rendered(text: str, **context: object) -> str:
    return Template("{% load look %}" + text).render(Context(context))


def test_an_icon_beside_words_says_nothing_aloud() -> None:
    assert rendered('{% icon "talk" %}') == (
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="/static/parts/icons.svg#talk"></use></svg>'
    )


def test_an_icon_alone_says_its_label() -> None:
    assert 'role="img" aria-label="More &lt;"' in rendered('{% icon "more" label=label %}', label="More <")


def test_an_icon_can_be_drawn_in_place() -> None:
    drawn = rendered('{% icon "x" inline=True %}')
    assert (drawn.count("<path"), drawn.count("<use")) == (1, 0)


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named = {name for path in SOURCE.rglob("*.html") for name in ICON.findall(path.read_text(encoding="utf-8"))}
    assert named - set(look.symbols()) == set()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ottoline Vask", "OV"),
        ("Ada", "AD"),
        ("  Mary  Ann van Hool ", "MH"),
        ("山田太郎", "山"),
        ("🧵 Spinners! 🧵", "SP"),
        ("", "?"),
        ("🧵", "?"),
        ("<b>", "B"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert look.initials(name) == letters


def test_a_face_is_letters_where_no_picture_is_held() -> None:
    drawn = rendered("{% face somebody %}", somebody=Somebody(name="Ottoline Vask"))
    assert ElementTree.fromstring(drawn).findtext("text") == "OV"


def test_a_face_never_asks_another_server_for_a_picture() -> None:
    for avatar in ("https://elsewhere.example/a.png", "//elsewhere.example/a.png", "javascript:alert(1)"):
        assert "elsewhere" not in rendered("{% face somebody %}", somebody=Somebody(name="A", avatar=avatar))


def test_a_face_is_the_picture_that_we_hold() -> None:
    drawn = rendered('{% face somebody "large" %}', somebody=Somebody(name="A", avatar="/media/abc/"))
    assert drawn == '<img class="face face--large" src="/media/abc/" alt="" width="36" height="36" loading="lazy">'


def test_a_face_without_a_name_takes_the_handle() -> None:
    assert ">FE<" in rendered("{% face somebody %}", somebody=Somebody(handle="fellside"))


def test_a_network_is_a_mark_and_its_name() -> None:
    assert rendered('{% network "mastodon" %}').endswith('<span class="network__name">Mastodon</span></span>')
    assert rendered('{% network "x" words=False %}').endswith('<span class="network__name visually-hidden">X</span></span>')


def test_a_network_without_a_mark_of_its_own_has_that_of_the_web() -> None:
    assert rendered('{% network "web" %}').endswith('<span class="network__name">the web</span></span>')
    assert rendered('{% network "gopher" %}') == rendered('{% network "web" %}').replace("the web", "Gopher")


def test_a_strip_says_in_words_what_it_draws() -> None:
    drawn = ElementTree.fromstring(rendered("{% strip signs %}", signs=["them", "us", "missing", "us"]))
    assert drawn.get("aria-label") == "3 posts, 2 by us, 1 missing"
    assert [circle.get("class") for circle in drawn.iter("circle")] == ["ring", "knot", "ghost", "knot"]
    assert [line.get("class") for line in drawn.iter("path")] == ["held", "missing", "missing"]


def test_a_long_strip_stops_and_goes_on_stitched() -> None:
    drawn = ElementTree.fromstring(rendered("{% strip signs %}", signs=["them"] * 10_000))
    assert len(list(drawn.iter("circle"))) == 24
    assert list(drawn.iter("path"))[-1].get("class") == "missing"


def test_a_strip_of_nothing_draws_nothing() -> None:
    assert list(ElementTree.fromstring(rendered("{% strip signs %}", signs=[]))) == []


def test_a_standing_always_says_the_word() -> None:
    assert rendered('{% standing "agreed" %}').endswith("</svg>Agreed</span>")
    assert rendered('{% standing "agreed" "Agreed, by first name" %}').endswith("</svg>Agreed, by first name</span>")


def test_a_date_has_the_exact_time_in_its_title() -> None:
    moment = datetime(2019, 3, 12, 14, 5, 9, tzinfo=UTC)
    assert rendered("{% when moment %}", moment=moment) == (
        '<time datetime="2019-03-12T14:05:09+00:00" title="12 March 2019, 14:05:09 UTC">12 March 2019</time>'
    )


def test_a_kept_date_is_absolute_and_carries_the_words_to_make_it_near() -> None:
    kept = rendered("{% when moment absolute=True %}", moment=datetime.now(UTC))
    assert kept.startswith('<relative-time words="today at {}|yesterday at {}"><time datetime="')
    assert ">today at" not in kept


def test_no_date_is_nothing() -> None:
    assert rendered("{% when moment %}", moment=None) == ""


def test_an_address_of_a_room_that_does_not_exist_is_nothing() -> None:
    assert rendered('{% address "workshops:list" as url %}[{{ url }}]') == "[]"
