"""The page of a published story."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from homespun.conversations.models import Post
from homespun.core.models import Site
from homespun.networks.values import Visibility
from homespun.stories import actions, queries
from homespun.stories.models import Story
from tests.stories.factories import AGREED, NOW, account, picture, post, told, vita

ADDRESS = "/stories/loaf-nine-on-the-tram/"


def published(title: str = "Loaf nine on the tram") -> Story:
    tale = told(title)
    actions.publish(story=tale, by=vita(), now=NOW)
    return tale


def page(client: Client, address: str = ADDRESS) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_items_are_numbered_and_have_an_address_of_their_own(client: Client, site: Site) -> None:
    published()
    html = page(client)
    assert re.findall(r'<li id="(e\d+)"', html) == ["e1", "e2", "e3", "e4", "e5"]
    assert re.findall(r'href="#(e\d+)"', html) == ["e1", "e2", "e3", "e4", "e5"]


def test_the_page_says_who_tells_and_with_whose_words(client: Client, site: Site) -> None:
    published()
    text = " ".join(re.sub("<[^>]+>", "", page(client)).split())
    assert "Told by Vita Halloran with the words of 2 other people" in text


def test_a_draft_is_not_found(client: Client, site: Site) -> None:
    told()
    assert client.get(ADDRESS).status_code == 404


def test_a_story_taken_back_says_so_at_once_and_comes_back_at_once(client: Client, site: Site) -> None:
    tale = published()
    page(client)
    actions.unpublish(story=tale, by=vita(), now=NOW)
    gone = client.get(ADDRESS)
    assert gone.status_code == 410
    assert "taken back" in gone.content.decode()
    actions.publish(story=tale, by=vita(), now=NOW)
    assert client.get(ADDRESS).status_code == 200


def test_a_browser_that_has_the_page_is_told_so_until_it_changes(client: Client, site: Site) -> None:
    tale = published()
    etag = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": etag}).status_code == 304
    actions.update_head(story=tale, introduction="<p>New.</p>", by=vita(), now=NOW)
    assert client.get(ADDRESS, headers={"If-None-Match": etag}).status_code == 304
    actions.publish(story=tale, by=vita(), now=NOW)
    again = client.get(ADDRESS, headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert "<p>New.</p>" in again.content.decode()


def test_a_kept_page_asks_the_database_three_small_questions(
    client: Client, site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    published()
    page(client)
    with django_assert_num_queries(3):
        page(client)


def test_a_visitor_gets_no_cookie_and_is_sent_nowhere_else(client: Client, site: Site) -> None:
    tale = published()
    actions.add_item(story=tale, kind="video", url="https://www.youtube.com/watch?v=abcdefghijk", title="Sandor", by=vita(), now=NOW)
    actions.publish(story=tale, by=vita(), now=NOW)
    response = client.get(ADDRESS)
    html = response.content.decode()
    assert not response.cookies
    assert re.findall(r'<(?:img|script|iframe|link rel="stylesheet"|source)[^>]+(?:src|href)="(?:https?:)?//', html) == []
    assert 'src="https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1"' in html
    assert "frame-src https://www.youtube-nocookie.com" in response["Content-Security-Policy"]


def test_a_page_is_packed_for_those_who_can_unpack_it(client: Client, site: Site) -> None:
    published()
    response = client.get(ADDRESS, headers={"Accept-Encoding": "br, gzip"})
    assert (response["Content-Encoding"], "Accept-Encoding" in response["Vary"]) == ("gzip", True)
    assert len(response.content) < len(client.get(ADDRESS).content) / 2


def test_links_to_share_and_to_subscribe_are_absolute(client: Client, site: Site, settings: Settings) -> None:
    settings.HOMESPUN_URL = "https://loaf.example"
    tale = told()
    cover = picture()
    actions.update_head(story=tale, cover=cover, cover_alt="A tram", tags=["rye bread"], by=vita(), now=NOW)
    actions.publish(story=tale, by=vita(), now=NOW)
    html = page(client)
    assert '<link rel="canonical" href="https://loaf.example/stories/loaf-nine-on-the-tram/">' in html
    assert 'type="application/atom+xml" title="The Quarter Loaf" href="https://loaf.example/stories/feed.atom"' in html
    assert f'<meta property="og:image" content="https://loaf.example/pictures/{cover.sha256}-1600.jpg">' in html
    assert '<meta property="article:tag" content="rye bread">' in html


def test_a_story_can_ask_search_engines_to_leave_it_alone(client: Client, site: Site) -> None:
    tale = published()
    assert "noindex" not in page(client)
    actions.update_head(story=tale, noindex=True, by=vita(), now=NOW)
    actions.publish(story=tale, by=vita(), now=NOW)
    assert '<meta name="robots" content="noindex">' in page(client)


def test_pictures_are_public_while_they_are_shown_only(client: Client, site: Site) -> None:
    tale = told()
    shown = picture(Post.objects.get(text__startswith="Our oven"), alt="A cold oven")
    assert not shown.public.exists()
    actions.publish(story=tale, by=vita(), now=NOW)
    assert [row.holder for row in shown.public.all()] == [f"story:{tale.pk}"]
    html = page(client)
    assert (
        f'src="/pictures/{shown.sha256}-960.webp" srcset="/pictures/{shown.sha256}-960.webp 960w, /pictures/{shown.sha256}-1600.webp 1600w"'
        in html
    )
    assert 'alt="A cold oven"' in html
    actions.unpublish(story=tale, by=vita(), now=NOW)
    assert not shown.public.exists()


def test_a_day_without_a_time_is_said_without_one(client: Client, site: Site) -> None:
    tale = told()
    old = post("Before clocks.", account("quarterloaf", own=True), at=NOW.replace(year=2009, hour=0, minute=0))
    actions.add_posts(story=tale, uris=[old.uri], by=vita(), now=NOW)
    actions.publish(story=tale, by=vita(), now=NOW)
    assert ">10 March 2009</time>" in page(client)


def test_the_sites_language_and_time_zone_are_the_pages(client: Client, site: Site) -> None:
    Site.objects.update(language="de", time_zone="Europe/Berlin")
    published()
    response = client.get(ADDRESS, headers={"Accept-Language": "fr"})
    html = response.content.decode()
    assert '<html lang="de"' in html
    assert "10. März 2026" in html
    assert response["Content-Language"] == "de"


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)> javascript:alert(1)"


@pytest.mark.parametrize("address", [ADDRESS, "/", "/stories/feed.atom"])
def test_hostile_names_and_texts_stay_words(client: Client, site: Site, address: str) -> None:
    Site.objects.update(name=HOSTILE, about=HOSTILE)
    mallory = account("mallory", HOSTILE)
    tale = told()
    marked_up = post("Words of a server.", mallory)
    Post.objects.filter(pk=marked_up.pk).update(html=HOSTILE)
    actions.add_posts(story=tale, uris=[post(HOSTILE, mallory).uri, marked_up.uri], by=vita(), now=NOW)
    actions.add_item(story=tale, kind="narration", html=HOSTILE, by=vita(), now=NOW)
    actions.add_item(story=tale, kind="quote", html=HOSTILE, who=HOSTILE[:200], where=HOSTILE[:200], when=HOSTILE[:100], by=vita(), now=NOW)
    actions.add_item(story=tale, kind="link", url="https://x.example/'\"><script>", title=HOSTILE, caption=HOSTILE, by=vita(), now=NOW)
    actions.update_head(
        story=tale,
        introduction=HOSTILE,
        tags=[HOSTILE],
        author_name=HOSTILE[:200],
        author_about=HOSTILE,
        cover_caption=HOSTILE,
        by=vita(),
        now=NOW,
    )
    actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED)
    actions.publish(story=tale, by=vita(), now=NOW)
    text = page(client, address)
    assert re.findall(r"<script(?![^>]* src=\"/static/)|<img[^>]*onerror|<svg[^>]*onload|href=[\"']?javascript", text) == []


def test_what_only_a_like_showed_reaches_no_page_without_a_choice(client: Client, site: Site) -> None:
    tale = told()
    liked = post("seen in a like", account("sandor"), visibility=Visibility.LIKED)
    actions.add_posts(story=tale, uris=[liked.uri], by=vita(), now=NOW)
    actions.set_basis_for(story=tale, by=vita(), now=NOW, **AGREED)
    with pytest.raises(actions.NotReady):
        actions.publish(story=tale, by=vita(), now=NOW)
    assert client.get(ADDRESS).status_code == 404


def test_two_thousand_items_are_one_page(client: Client, site: Site) -> None:
    ours = account("quarterloaf", own=True)
    root = post("root", ours)
    uris = [post(f"post {n}", ours, parent=root).uri for n in range(2000)]
    tale = actions.create_story(title="Loaf nine on the tram", by=vita(), now=NOW)
    actions.add_posts(story=tale, uris=uris, by=vita(), now=NOW)
    actions.publish(story=tale, by=vita(), now=NOW)
    assert page(client).count('<li id="e') == 2000
    assert len(queries.quoted(tale)) == 1
