"""Pictures of posts are fetched from where they lie, kept, and not asked for again and again where they are not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from homespun.conversations.actions.opt_out_requests import request_opt_out
from homespun.conversations.actions.pictures import fetch_pictures
from homespun.conversations.models import PictureAsked, Post, PostMedia
from homespun.http import Door
from homespun.networks.values import Place
from homespun.people.models import Account
from tests.conversations import cast
from tests.http.servers import Asked, Pages, Server, failing, serving

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def pages() -> Pages:
    return Pages({"/a.png": png})


@pytest.fixture
def site(pages: Pages) -> Iterator[Server]:
    with serving(pages) as server:
        yield server


@pytest.fixture
def door() -> Door:
    return Door(site="https://stilewise.example", allow=(ip_network("127.0.0.1/32"),))


def png(asked: Asked) -> None:
    out = BytesIO()
    Image.new("RGB", (4, 3), "red").save(out, "PNG")
    asked.say(200, out.getvalue(), content_type="image/png")


def pictured(url: str, *, network: str = "mastodon", place: Place = Place.SERVER, kind: str = "image") -> PostMedia:
    row = cast.post("Look")
    Post.objects.filter(pk=row.pk).update(network=network, place=place)
    return PostMedia.objects.create(post=row, position=0, kind=kind, url=url)


def test_picture_is_fetched_and_kept_once(site: Server, door: Door) -> None:
    row = pictured(f"{site.url}/a.png")
    assert fetch_pictures(now=NOW, door=door) == 1
    row.refresh_from_db()
    assert row.file is not None
    assert (row.file.content_type, row.file.width, row.file.height) == ("image/png", 4, 3)
    assert fetch_pictures(now=NOW, door=door) == 0
    assert [path for path, _headers in site.seen] == ["/robots.txt", "/a.png"]


def test_pictures_of_archives_films_and_what_has_a_file_are_not_asked_for(site: Server, door: Door) -> None:
    pictured(f"{site.url}/a.png", network="x", place=Place.OWN)
    pictured(f"{site.url}/a.mp4", kind="video")
    pictured("data:image/png;base64,AAAA")
    assert fetch_pictures(now=NOW, door=door) == 0
    assert site.seen == []


def test_picture_of_a_saved_page_is_fetched(site: Server, door: Door) -> None:
    pictured(f"{site.url}/a.png", network="x", place=Place.PAGE)
    assert fetch_pictures(now=NOW, door=door) == 1


def test_only_those_of_a_conversation_are_fetched_where_one_is_named(site: Server, door: Door) -> None:
    pictured(f"{site.url}/a.png")
    other = cast.post("Elsewhere")
    assert fetch_pictures(now=NOW, door=door, conversation=other.conversation_id) == 0


def test_picture_that_does_not_come_is_asked_for_after_growing_pauses_and_then_never(pages: Pages, site: Server, door: Door) -> None:
    pages.by_path = {"/a.png": failing(500)}
    pictured(f"{site.url}/a.png")
    moments = [NOW, NOW + timedelta(minutes=59), NOW + timedelta(hours=1), NOW + timedelta(days=2), NOW + timedelta(days=30)]
    for moment in moments:
        fetch_pictures(now=moment, door=door)
    row = PictureAsked.objects.get()
    assert (row.tries, row.again, row.why) == (4, None, "The other side answered 500.")
    fetch_pictures(now=NOW + timedelta(days=365), door=door)
    assert PictureAsked.objects.get().tries == 4


@pytest.mark.parametrize("status", [404, 410, 403])
def test_picture_that_is_gone_is_asked_for_once(pages: Pages, site: Server, door: Door, status: int) -> None:
    pages.by_path = {"/a.png": failing(status)}
    pictured(f"{site.url}/a.png")
    fetch_pictures(now=NOW, door=door)
    assert PictureAsked.objects.get().again is None


def test_what_is_no_picture_is_not_kept(pages: Pages, site: Server, door: Door) -> None:
    pages.by_path = {"/a.png": lambda asked: asked.say(200, b"<html>", content_type="image/png")}
    row = pictured(f"{site.url}/a.png")
    assert fetch_pictures(now=NOW, door=door) == 0
    row.refresh_from_db()
    assert (row.file, PictureAsked.objects.get().again) == (None, None)


def test_picture_that_robots_may_not_fetch_is_left(pages: Pages, site: Server, door: Door) -> None:
    pages.by_path["/robots.txt"] = lambda asked: asked.say(200, b"User-agent: *\nDisallow: /", content_type="text/plain")
    pictured(f"{site.url}/a.png")
    assert fetch_pictures(now=NOW, door=door) == 0
    assert [path for path, _headers in site.seen] == ["/robots.txt"]


def test_picture_inside_the_house_is_not_asked_for(door: Door) -> None:
    with serving(png, "127.0.0.2") as inside:
        pictured(f"{inside.url}/a.png")
        assert fetch_pictures(now=NOW, door=door) == 0
        assert inside.seen == []


def test_pictures_of_an_account_with_an_open_opt_out_request_are_not_asked_for(site: Server, door: Door) -> None:
    row = pictured(f"{site.url}/a.png")
    author = Account.objects.create(uri="https://hill.example/users/bryony", network="mastodon", handle="bryony@hill.example")
    Post.objects.filter(pk=row.post_id).update(author=author)
    request_opt_out(by=None, now=NOW, typed="@bryony@hill.example")
    assert fetch_pictures(now=NOW, door=door) == 0
    assert site.seen == []
