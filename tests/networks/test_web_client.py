"""The web's client against a site on the loopback: found, followed, and what goes wrong said in words."""

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from homespun.http import Door
from homespun.networks import NetworkError
from homespun.networks.live import Asking, completes, finds, listens
from homespun.networks.protocols import Absent
from homespun.networks.values import Cursor, Post
from homespun.networks.web import Client, archived
from homespun.networks.web.client import whole
from tests.http.servers import Asked, Pages, Server, failing, sent_on, serving

ENTRY = "<item><title>{title}</title><link>{link}</link><guid>{guid}</guid>{date}<description>{words}</description></item>"
DATE = "<pubDate>Fri, 08 Mar 2024 0{hour}:00:00 GMT</pubDate>"
HOME = '<html><head><title>Notes</title><link rel="alternate" type="application/rss+xml" href="feed.xml"></head><body>Welcome</body></html>'
NOTE = (
    '<html lang="en"><head><title>Notes</title></head><body><article class="h-entry"><div class="e-content"><p>{words}</p></div>'
    '<a class="u-url" href="/note"><time class="dt-published" datetime="2024-03-08T09:30:00Z">then</time></a></article></body></html>'
)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def site(pages: Pages) -> Iterator[Server]:
    with serving(pages) as server:
        yield server


@pytest.fixture
def client() -> Client:
    return Client(Asking(Door(site="https://stilewise.example", allow=(ip_network("127.0.0.1/32"),))))


def html(text: str, **headers: str) -> Callable[[Asked], None]:
    return lambda asked: asked.say(200, text.encode(), content_type="text/html; charset=utf-8", **headers)


def feed(*entries: str, **headers: str) -> Callable[[Asked], None]:
    text = f"<rss version='2.0'><channel><title>Notes</title>{''.join(entries)}</channel></rss>"

    def answer(asked: Asked) -> None:
        if headers.get("etag") and asked.headers.get("if-none-match") == headers["etag"]:
            asked.say(304)
        else:
            asked.say(200, text.encode(), content_type="application/rss+xml", **headers)

    return answer


def entry(n: int, words: str = "", *, dated: bool = True, link: str = "") -> str:
    date = DATE.format(hour=n) if dated else ""
    return ENTRY.format(title=f"Title {n}", link=link or f"/{n}", guid=n, date=date, words=words or f"Words {n}")


def read(client: Client, address: str, cursor: Cursor) -> tuple[list[Post], Cursor]:
    posts: list[Post] = []
    for page in client.pages(address, cursor):
        posts += page.posts
        cursor = page.cursor
    return posts, cursor


def words(posts: list[Post]) -> list[str]:
    return [post.text for post in posts]


def test_client_can_do_what_a_reader_of_the_web_can(client: Client) -> None:
    assert [finds(client), listens(client), completes(client)] == [True, True, True]


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("https://ward.example/notes", True),
        ("feed://ward.example/feed.xml", True),
        ("feed:https://ward.example/feed.xml", True),
        ("ward.example", True),
        ("ward.example/notes?a=1", True),
        ("@bryony@ward.example", False),
        ("#stiles", False),
        ("at://did:plc:abc/app.bsky.feed.post/1", False),
        ("some words", False),
        ("mailto:a@ward.example", False),
    ],
)
def test_every_address_of_the_web_is_known(client: Client, address: str, known: bool) -> None:
    assert client.knows(address) == known


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("ward.example/notes#top", "https://ward.example/notes"),
        ("feed://ward.example/feed.xml", "https://ward.example/feed.xml"),
        ("https://WARD.example:443/a?utm_source=x&b=1", "https://ward.example/a?b=1"),
        ("https://m.youtube.com/channel/UCstile-12345/videos", "https://www.youtube.com/feeds/videos.xml?channel_id=UCstile-12345"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        (f"https://ward.example/{'a' * 600}", ""),
    ],
)
def test_address_is_asked_for_in_one_way_however_it_was_typed(typed: str, asked: str) -> None:
    assert whole(typed) == asked


def test_page_is_found_with_the_address_that_led_to_it(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/short": sent_on("/note"), "/note": html(NOTE.format(words="We drew number seven."))}
    found = client.find(f"{site.url}/short")
    post = found.posts[0]
    assert (found.kind, post.uri, post.text) == ("page", f"{site.url}/note", "We drew number seven.")
    assert post.names == (f"{site.url}/short",)


def test_home_of_a_blog_is_its_feed(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/": html(HOME), "/feed.xml": feed(entry(2), entry(1))}
    found = client.find(site.url)
    assert (found.kind, found.account and found.account.name) == ("feed", "Notes")
    assert words(list(found.posts)) == ["Title 2\n\nWords 2", "Title 1\n\nWords 1"]


def test_feed_is_followed_oldest_first_and_not_asked_for_what_is_here(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/": html(HOME), "/feed.xml": feed(entry(2), entry(1), etag='"a"')}
    posts, cursor = read(client, site.url, {})
    assert words(posts) == ["Title 1\n\nWords 1", "Title 2\n\nWords 2"]
    assert cursor["feed"] == f"{site.url}/feed.xml"
    assert read(client, site.url, cursor) == ([], cursor)
    assert [path for path, _headers in site.seen] == ["/robots.txt", "/", "/feed.xml", "/feed.xml"]
    pages.by_path["/feed.xml"] = feed(entry(3), entry(2), entry(1), etag='"b"')
    posts, cursor = read(client, site.url, cursor)
    assert words(posts) == ["Title 3\n\nWords 3"]


def test_entry_with_other_words_is_an_edit_of_the_same_post(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/feed.xml": feed(entry(1))}
    before, cursor = read(client, f"{site.url}/feed.xml", {})
    pages.by_path["/feed.xml"] = feed(entry(1, "Better words"))
    after, cursor = read(client, f"{site.url}/feed.xml", cursor)
    assert (before[0].uri, before[0].edited, before[0].version) == (after[0].uri, 0, "")
    assert (after[0].text, after[0].edited > before[0].published) == ("Title 1\n\nBetter words", True)
    assert read(client, f"{site.url}/feed.xml", cursor) == ([], cursor)


def test_entries_without_a_date_keep_the_time_when_they_were_first_seen(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/feed.xml": feed(entry(2, dated=False), entry(1, dated=False))}
    first, cursor = read(client, f"{site.url}/feed.xml", {})
    assert words(first) == ["Title 1\n\nWords 1", "Title 2\n\nWords 2"]
    pages.by_path["/feed.xml"] = feed(entry(2, "Edited", dated=False), entry(1, dated=False))
    second, cursor = read(client, f"{site.url}/feed.xml", cursor)
    assert [(post.uri, post.published) for post in second] == [(first[1].uri, first[1].published)]


def test_entries_without_an_address_or_with_the_same_one_are_told_apart_and_once(client: Client, pages: Pages, site: Server) -> None:
    bare = "<item><title>Bare</title><description>No address</description></item>"
    pages.by_path = {"/feed.xml": feed(bare, entry(1), entry(1))}
    posts, _cursor = read(client, f"{site.url}/feed.xml", {})
    assert sorted(words(posts)) == ["Bare\n\nNo address", "Title 1\n\nWords 1"]


def test_page_is_looked_at_again_and_other_words_are_an_edit(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/note": html(NOTE.format(words="Once"))}
    before, cursor = read(client, f"{site.url}/note", {})
    assert read(client, f"{site.url}/note", cursor)[0] == []
    pages.by_path["/note"] = html(NOTE.format(words="Twice"))
    after, cursor = read(client, f"{site.url}/note", cursor)
    assert (before[0].text, after[0].text, after[0].uri) == ("Once", "Twice", before[0].uri)
    assert after[0].edited > before[0].published


def test_what_robots_may_not_fetch_is_not_fetched(client: Client, pages: Pages, site: Server) -> None:
    rules = b"User-agent: *\nDisallow: /private\n"
    pages.by_path = {"/robots.txt": lambda asked: asked.say(200, rules, content_type="text/plain"), "/private": html(NOTE)}
    with pytest.raises(NetworkError, match=r"asks programs not to fetch that \(in its robots.txt\)"):
        client.find(f"{site.url}/private")
    assert next(client.fetch([f"{site.url}/private"])).absent == (Absent(f"{site.url}/private", "left out"),)
    assert "/private" not in [path for path, _headers in site.seen]


@pytest.mark.parametrize(
    ("status", "why", "sentence"), [(410, "gone", "gone for good"), (404, "gone", "Nothing is there"), (500, "unreachable", "500")]
)
def test_what_is_not_there_is_said_in_words(client: Client, pages: Pages, site: Server, status: int, why: str, sentence: str) -> None:
    pages.by_path = {"/gone": failing(status)}
    with pytest.raises(NetworkError, match=sentence):
        read(client, f"{site.url}/gone", {})
    assert next(client.fetch([f"{site.url}/gone"])).absent == (Absent(f"{site.url}/gone", why),)


def test_page_that_another_answers_is_fetched_from_its_own_site(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/note": html(NOTE.format(words="The parent"))}
    (answer,) = client.fetch([f"{site.url}/note"])
    assert [post.text for post in answer.posts] == ["The parent"]


def test_copied_entry_is_fetched_from_the_feed_that_copies_it(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/feed.xml": feed(entry(1, link="https://paper.example/news/box"))}
    (post,) = client.find(f"{site.url}/feed.xml").posts
    assert next(client.fetch([post.uri])).posts == (post,)
    pages.by_path["/feed.xml"] = feed(entry(2))
    assert next(client.fetch([post.uri])).absent == (Absent(post.uri, "unreachable"),)


@pytest.mark.parametrize("address", ["https://x.com/stilewise/status/1", "twitter.com/stilewise", "https://mobile.twitter.com/a/status/2"])
def test_x_is_not_asked_and_what_helps_is_said(client: Client, address: str) -> None:
    with pytest.raises(NetworkError, match=r"X shows nothing to others\. Save the page in your browser"):
        client.find(address)


def test_entry_that_speaks_for_another_site_stays_a_copy(client: Client, pages: Pages, site: Server) -> None:
    pages.by_path = {"/feed.xml": feed(entry(1, link="https://paper.example/news/box"))}
    (post,) = client.find(f"{site.url}/feed.xml").posts
    assert post.uri.startswith(f"{site.url}/feed.xml?entry=")
    assert post.url == "https://paper.example/news/box"


def test_canonical_address_on_another_site_is_not_believed(client: Client, pages: Pages, site: Server) -> None:
    page = '<html><head><title>T</title><link rel="canonical" href="https://paper.example/"></head><body><p>Words</p></body></html>'
    pages.by_path = {"/a": html(page)}
    assert client.find(f"{site.url}/a").posts[0].uri == f"{site.url}/a"


def test_page_in_an_old_charset_is_read(client: Client, pages: Pages, site: Server) -> None:
    page = '<html><head><meta charset="iso-8859-1"><title>Grüße – “Stile”</title></head><body>ß</body></html>'.encode("windows-1252")
    pages.by_path = {"/a": lambda asked: asked.say(200, page, content_type="text/html")}
    assert client.find(f"{site.url}/a").posts[0].text == "Grüße – “Stile”"


def test_page_of_x_in_the_web_archive_shows_its_posts(client: Client, pages: Pages, site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = (Path(__file__).parent / "cases" / "x" / "pages" / "older.html").read_text(encoding="utf-8")
    path = "/web/20190910101112/https://twitter.com/bryonyshelves/status/1170500000000000003"
    pages.by_path = {path: html(kept)}
    monkeypatch.setattr(archived, "ADDRESS", re.compile(rf"{re.escape(site.url)}/web/\d+/https?://twitter\.com/"))
    found = client.find(f"{site.url}{path}")
    assert (found.kind, found.server, len(found.posts)) == ("thread", "web.archive.org", 9)
    assert found.posts[0].uri == "https://x.com/i/status/1170500000000000003"


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://web.archive.org/web/20190910101112/https://twitter.com/a/status/1", True),
        ("http://web.archive.org/web/2019id_/http://mobile.twitter.com/a/status/1", True),
        ("https://web.archive.org/web/20190910101112/https://ward.example/", False),
        ("https://evil.example/web/2019/https://twitter.com/a/status/1", False),
    ],
)
def test_page_of_x_in_the_web_archive_is_known_by_its_address(address: str, is_one: bool) -> None:
    assert archived.is_archived(address) == is_one
