"""Films and sounds of posts play in the story, from the site itself, while it is published."""

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from homespun.conversations.models import Post, PostMedia
from homespun.core import media
from homespun.core.models import MediaFile, Site
from homespun.public.kept import shelf
from homespun.stories import actions
from homespun.stories.export import export
from homespun.stories.models import Story
from tests.core import films
from tests.core.pictures import SECRET
from tests.stories.factories import NOW, told, vita

pytestmark = pytest.mark.django_db
ADDRESS = "/stories/loaf-nine-on-the-tram/"
WEBM = b"\x1aE\xdf\xa3\x01\x00webm" + films.PLACE
MORE = "where it was posted"


@pytest.fixture(autouse=True)
def house(settings: Settings, tmp_path: Path, db: None) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    shelf.pages.clear()
    Site.objects.create(pk=1, name="The Quarter Loaf")


def filmed(content: bytes = films.mp4(), kind: str = "video", alt: str = "The lid lifts") -> tuple[Story, MediaFile]:
    """A story whose first post has a film."""
    tale = told()
    file = media.keep(BytesIO(content), now=NOW)
    post = Post.objects.get(text__startswith="Our oven")
    PostMedia.objects.create(post=post, position=0, kind=kind, url="https://video.example/1", alt=alt, width=640, height=360, file=file)
    return tale, file


def published(content: bytes = films.mp4(), kind: str = "video", alt: str = "The lid lifts") -> tuple[Story, MediaFile]:
    tale, file = filmed(content, kind, alt)
    actions.publish(story=tale, by=vita(), now=NOW)
    return tale, file


@pytest.mark.parametrize("content, stays", [(WEBM, True), (films.mp4(), False)])
def test_the_desk_says_of_a_film_that_it_will_not_be_shown_outside(client: Client, content: bytes, stays: bool) -> None:
    client.force_login(vita(), backend=settings.AUTHENTICATION_BACKENDS[0])
    tale, _ = filmed(content)
    assert ("visitors get a link to where it was posted" in client.get(f"/desk/stories/{tale.slug}/").text) is stays


def players(html: str) -> list[str]:
    return re.findall(r"<(?:video|audio)[^>]*>", html)


def asked(client: Client, address: str, **headers: str) -> int:
    """The status of an answer that is read to its end."""
    response = client.get(address, headers=headers)
    b"".join(response)
    return response.status_code


def test_film_of_a_post_waits_in_the_page_until_it_is_asked_for(client: Client) -> None:
    _, file = published()
    html = client.get(ADDRESS).content.decode()
    assert players(html) == [
        '<video class="u-video" controls preload="none" playsinline '
        f'src="/films/{file.sha256}.mp4" width="640" height="360" aria-label="The lid lifts">'
    ]
    assert MORE not in html


def test_page_lets_films_of_its_own_site_play_and_no_others(client: Client) -> None:
    published()
    assert "media-src 'self';" in client.get(ADDRESS).headers["Content-Security-Policy"] + ";"


def test_moving_picture_loops_without_sound_and_starts_for_nobody(client: Client) -> None:
    published(kind="gif")
    (player,) = players(client.get(ADDRESS).content.decode())
    assert [word in player for word in (" loop muted ", "autoplay")] == [True, False]


def test_sound_of_a_post_plays_in_the_page(client: Client) -> None:
    _, file = published(films.mp3(before=films.id3()), "audio", alt="")
    wanted = (
        f'<audio class="u-audio" controls preload="none" src="/films/{file.sha256}.mp3" aria-label="A sound that nobody has described">'
    )
    assert players(client.get(ADDRESS).content.decode()) == [wanted]


def test_film_that_cannot_be_cleaned_is_left_where_it_was_posted(client: Client) -> None:
    _, file = published(WEBM)
    html = client.get(ADDRESS).content.decode()
    assert (players(html), MORE in html) == ([], True)
    assert asked(client, f"/films/{file.sha256}.mp4") == 404


def test_film_goes_with_the_story_and_comes_back_with_it(client: Client) -> None:
    tale, file = published()
    address = f"/films/{file.sha256}.mp4"
    assert asked(client, address) == 200
    actions.unpublish(story=tale, by=vita(), now=NOW)
    assert asked(client, address) == 404
    actions.publish(story=tale, by=vita(), now=NOW)
    assert asked(client, address) == 200


def test_film_of_a_draft_is_shown_to_the_team_only(client: Client) -> None:
    tale, file = filmed()
    address = f"/films/{file.sha256}.mp4"
    assert asked(client, address) == 404
    client.force_login(vita())
    assert players(client.get(f"/desk/stories/{tale.slug}/preview/").content.decode()) != []
    assert asked(client, address) == 200


def test_film_plays_in_the_studio_in_parts(client: Client) -> None:
    tale, file = filmed()
    client.force_login(vita())
    (player,) = players(client.get(f"/desk/stories/{tale.slug}/").content.decode())
    assert f'src="/media/{file.sha256}/"' in player
    assert asked(client, f"/media/{file.sha256}/", Range="bytes=0-7") == 206


def test_feed_says_where_the_film_is(client: Client, settings: Settings) -> None:
    _, file = published()
    feed = client.get("/stories/feed.atom").content.decode()
    assert f'src="{settings.HOMESPUN_URL}/films/{file.sha256}.mp4"' in feed.replace("&quot;", '"')


def taken_along(tale: Story) -> tuple[list[str], dict[str, bytes]]:
    """Players of the page, and the films beside it."""
    with zipfile.ZipFile(BytesIO(export(tale, "html").body)) as folder:
        held = {name.partition("/")[2]: folder.read(name) for name in folder.namelist()}
    return players(held["index.html"].decode()), {name: held[name] for name in held if name.startswith("media/")}


def test_export_holds_the_film_and_plays_it_from_beside_the_page() -> None:
    tale, file = published()
    (player,), beside = taken_along(tale)
    assert list(beside) == [f"media/{file.sha256}.mp4"]
    assert f'src="media/{file.sha256}.mp4"' in player
    assert SECRET.encode() not in beside[f"media/{file.sha256}.mp4"]


def test_export_goes_on_without_a_film_that_is_too_large_or_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    tale, file = published()
    monkeypatch.setattr("homespun.stories.export.web.MAX_FILMS", 100)
    assert taken_along(tale) == ([], {})
    monkeypatch.undo()
    media.path_of(file).unlink()
    assert taken_along(tale) == ([], {})


def test_edition_keeps_the_name_of_the_copy() -> None:
    tale, file = published()
    (shown,) = json.loads(export(tale, "json").body)["items"][1]["media"]
    assert shown["film"] == f"{file.sha256}.mp4"
