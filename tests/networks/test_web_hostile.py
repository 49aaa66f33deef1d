"""Feeds and pages that want to do harm: they are read quickly or not at all, and nothing runs."""

import json
import time
from pathlib import Path

import pytest

from homespun.networks.web import feeds, following, pages
from homespun.networks.web.addresses import tidy
from homespun.networks.web.texts import text_of_html

URL = "https://a.example/feed"


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    words = '<rss version="2.0"><channel><item><title>&l11;</title></item></channel></rss>'
    return f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]>{words}'.encode()


def feed_bombs() -> dict[str, bytes]:
    item = b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid><title>t</title><description>%s</description></item></channel>"
    return {
        "billion laughs": laughs(),
        "outside entity": b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + item % b"&x;",
        "deep elements": b"<rss version='2.0'><channel><item>" + b"<a>" * 50_000,
        "deep html": item % (b"&lt;div&gt;&lt;b&gt;" * 50_000),
        "never ends": b"<rss version='2.0'><channel>" + b"<item><title>x" * 20_000,
        "many comments": b"<!-- -->" * 5_000 + item % b"a",
        "quadratic beginning": b"<!" * 30_000,
        "half a comment": b"<!--" + b"-" * 60_000,
        "zero bytes": item % b"a\0b",
        "json with deep lists": b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"[" * 50_000,
    }


@pytest.mark.parametrize("name", feed_bombs())
def test_hostile_feed_is_read_quickly_or_not_at_all(name: str) -> None:
    before = time.process_time()
    body = feed_bombs()[name]
    feed = feeds.read(body, URL, "application/rss+xml") if feeds.looks_like_one(body, "application/rss+xml") else None
    posts = following.posts_of(feed) if feed else []
    assert all("root:" not in post.text and len(post.text) < 200_000 and "\0" not in post.text for post in posts)
    assert time.process_time() - before < 8


ITEM = b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid><title>t</title><description>%s</description></item></channel>"


@pytest.mark.parametrize("odd", [b"&#99999999;", b"&#xD800;", b"&#55296;&lt;"])
@pytest.mark.parametrize("cut", [0, 2])
def test_feed_at_which_its_parser_fails_is_none_or_is_read(odd: bytes, cut: int) -> None:
    body = (b'<?xml version="1.0" encoding="utf-8"?>' + ITEM % odd)[: -cut or None] + b"<a href=x>"
    feed = feeds.read(body, URL, "application/rss+xml")
    assert feed is None or len(following.posts_of(feed)) <= 1


@pytest.mark.parametrize("name", [b"punycode", b"idna", b"unicode_escape", b"zip", b"utf-7", b"nobody-knows"])
def test_feed_that_names_an_encoding_which_browsers_do_not_know_is_read_as_utf_8(name: bytes) -> None:
    feed = feeds.read(b'<?xml version="1.0" encoding="' + name + b'"?>' + ITEM % "Grüße+AGE-".encode(), URL, "application/rss+xml")
    assert feed is not None and feed.entries[0][1]["html"] == "Grüße+AGE-"


@pytest.mark.parametrize("content_type", ["text/plain", "application/rss+xml", "text/xml", "application/rss+xml; charset=punycode"])
def test_feed_is_read_in_the_encoding_that_it_declares(content_type: str) -> None:
    body = ('<?xml version="1.0" encoding="koi8-r"?>' + (ITEM % "Привет".encode()).decode()).encode("koi8-r")
    assert feeds.looks_like_one(body, content_type.partition(";")[0])
    feed = feeds.read(body, URL, content_type)
    assert feed is not None and feed.entries[0][1]["html"] == "Привет"


def test_feed_in_utf_16_is_one() -> None:
    body = ('<?xml version="1.0" encoding="utf-16"?>' + (ITEM % "Grüße".encode()).decode()).encode("utf-16")
    assert feeds.looks_like_one(body, "application/rss+xml")
    feed = feeds.read(body, URL, "application/rss+xml")
    assert feed is not None and feed.entries[0][1]["html"] == "Grüße"


@pytest.mark.parametrize("address", ["http://[a[b]/x", "http://a]b[/x", "http://[::1", "//[a[b]/"])
def test_address_that_nothing_can_read_is_none(address: str) -> None:
    assert tidy(address, URL) == ""
    page = pages.read(f"<base href='{address}'><article><p>{'Words. ' * 60}<a href='y'>y</a></p></article>", URL)
    assert page is not None and "Words." in page.record["html"]


def page_bombs() -> dict[str, str]:
    return {
        "deep": '<div class="h-entry">' + "<div>" * 100_000 + "words",
        "deep microformats": '<div class="h-entry">' * 3_000 + "words",
        "wide": "<p>a" * 200_000,
        "links": '<a href="x">a</a>' * 100_000,
        "attributes": "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">words</p>",
        "metas": '<meta property="og:title" content="a">' * 100_000,
        "deep json": f'<script type="application/ld+json">{"[" * 50_000}</script>',
        "wide json": f'<script type="application/ld+json">{json.dumps([{"@type": "Article"}] * 50_000)}</script>',
        "json in circles": '<script type="application/ld+json">{"@id": "a", "@type": "Article", "author": {"@id": "a"}}</script>',
        "odd addresses": '<link rel="canonical" href="http://[::1"><a href="http://[">x</a><base href="//["><p>words</p>',
        "nothing": "",
        "no html": "\ud800",
    }


@pytest.mark.parametrize("name", page_bombs())
def test_hostile_page_is_read_quickly_or_not_at_all(name: str) -> None:
    before = time.process_time()
    page = pages.read(page_bombs()[name], "https://a.example/page")
    assert page is None or page.record["url"] == "https://a.example/page"
    assert time.process_time() - before < 10


def test_text_of_html_has_no_scripts_and_keeps_paragraphs() -> None:
    html = "<h2>One</h2><p>Two<br>three</p><script>alert(1)</script><style>p {}</style><ul><li>Four<li>Five</ul>&amp; six"
    assert text_of_html(html) == "One\n\nTwo\nthree\n\nFour\nFive\n\n& six"


def test_feed_of_two_thousand_entries_is_read_in_a_few_seconds(tmp_path: Path) -> None:
    entry = "<item><title>T{n}</title><link>https://a.example/{n}</link><pubDate>Fri, 08 Mar 2024 06:00:00 GMT</pubDate>{words}</item>"
    words = "<description>&lt;p&gt;" + "Some words. " * 80 + "&lt;/p&gt;</description>"
    entries = [entry.format(n=n, words=words) for n in range(2_000)]
    body = f"<rss version='2.0'><channel><title>t</title>{''.join(entries)}</channel></rss>".encode()
    before = time.process_time()
    feed = feeds.read(body, URL, "application/rss+xml")
    assert feed is not None
    assert len(following.posts_of(feed)) == 2_000
    assert time.process_time() - before < 10


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><pre><code>def f():\n    return  1\n</code></pre>b", "a\n\ndef f():\n    return  1\n\nb"),
        ("<ol start=3><li><p>a</p></li><li>b</li></ol>", "3. a\n\n4. b"),
        ("<p>wrapped\nat eighty</p>", "wrapped at eighty"),
    ],
)
def test_text_of_a_page_keeps_indentation_of_code_and_numbers_of_lists(html: str, text: str) -> None:
    assert text_of_html(html) == text
