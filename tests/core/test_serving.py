"""Files over HTTP: the team's as they came, everybody's as copies."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django.fixtures import Settings

from homespun.core import media
from homespun.core.models import MediaFile
from homespun.users.models import User
from tests.core import pictures

pytestmark = pytest.mark.django_db
FILM = b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 4
SIZE = len(FILM)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path / "media"
    yield tmp_path / "media"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_user("vita@loaf.example", name="Vita Halloran"))
    return client


def kept(content: bytes) -> MediaFile:
    return media.keep(BytesIO(content), now=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))


def body(response: HttpResponseBase) -> bytes:
    """All of it; having been read, it is closed, and closing it once more would close the database, too."""
    assert isinstance(response, HttpResponse | StreamingHttpResponse)
    return response.getvalue()


def test_file_is_given_whole_with_its_type_and_no_sniffing(desk: Client) -> None:
    file = kept(FILM)
    response = desk.get(f"/media/{file.sha256}/")
    assert body(response) == FILM
    wanted = {
        "Content-Type": "video/mp4",
        "Content-Length": str(SIZE),
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}"',
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": f'inline; filename="{file.sha256[:12]}.mp4"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    assert {name: response.headers.get(name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, SIZE - 1),
        ("bytes=-5", SIZE - 5, SIZE - 1),
        ("bytes=-99999", 0, SIZE - 1),
        ("bytes=5-99999", 5, SIZE - 1),
        ("bytes=5-99999999999999999999999", 5, SIZE - 1),
    ],
)
def test_part_of_a_file_is_given(desk: Client, asked: str, first: int, last: int) -> None:
    response = desk.get(f"/media/{kept(FILM).sha256}/", headers={"Range": asked})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert body(response) == FILM[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=20-10", "bytes=-0", "bytes=-"])
def test_part_that_the_file_does_not_have_is_refused(desk: Client, asked: str) -> None:
    response = desk.get(f"/media/{kept(FILM).sha256}/", headers={"Range": asked})
    assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=a-b", f"bytes={'9' * 5000}-"])
def test_range_that_we_do_not_speak_gives_the_whole(desk: Client, asked: str) -> None:
    response = desk.get(f"/media/{kept(FILM).sha256}/", headers={"Range": asked})
    assert (response.status_code, body(response)) == (200, FILM)


def test_part_is_given_only_while_the_file_is_the_same(desk: Client) -> None:
    file = kept(FILM)
    answers = [
        desk.get(f"/media/{file.sha256}/", headers={"Range": "bytes=0-1", "If-Range": tag}) for tag in (f'"{file.sha256}"', '"another"')
    ]
    assert [(answer.status_code, len(body(answer))) for answer in answers] == [(206, 2), (200, SIZE)]


def test_file_that_the_browser_has_is_not_sent_again(desk: Client) -> None:
    file = kept(FILM)
    for tag in (f'"{file.sha256}"', f'W/"{file.sha256}"', "*"):
        response = desk.get(f"/media/{file.sha256}/", headers={"If-None-Match": tag})
        assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", f'"{file.sha256}"')


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}])
def test_head_says_the_same_without_the_file(desk: Client, headers: dict[str, str]) -> None:
    address = f"/media/{kept(FILM).sha256}/"
    asked, head = desk.get(address, headers=headers), desk.head(address, headers=headers)
    assert (head.status_code, dict(head.headers)) == (asked.status_code, dict(asked.headers))
    assert body(head) == b""
    asked.close()


def test_file_of_the_desk_is_not_for_strangers(client: Client) -> None:
    assert client.get(f"/media/{kept(FILM).sha256}/").status_code == 302


def test_file_whose_content_is_lost_is_not_there(desk: Client) -> None:
    file = kept(FILM)
    media.path_of(file).unlink()
    assert desk.get(f"/media/{file.sha256}/").status_code == 404


def test_public_picture_is_a_copy_and_only_while_something_published_shows_it(client: Client) -> None:
    file = kept(pictures.jpeg())
    address = f"/pictures/{media.public_name(file.sha256, 480)}"
    assert client.get(address).status_code == 404
    media.share(holder="story:1", sha256s=[file.sha256])
    response = client.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/webp")
    assert response.headers["Cache-Control"] == "public, max-age=600"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert (response.headers["Vary"], dict(client.cookies)) == ("Accept-Language", {})
    assert pictures.SECRET.encode() not in body(response)
    media.share(holder="story:1", sha256s=[])
    assert client.get(address).status_code == 404


def test_picture_of_a_draft_is_for_the_team(desk: Client) -> None:
    response = desk.get(f"/pictures/{media.public_name(kept(pictures.png()).sha256, 480)}")
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "private, max-age=3600")
    response.close()


@pytest.mark.parametrize("name", ["{}-481.webp", "{}-480.gif", "{}-480.svg", "{}.webp", "{}-480.webp/", "../{}-480.webp", "{}-999999.webp"])
def test_public_picture_of_another_size_or_name_is_not_there(desk: Client, name: str) -> None:
    file = kept(pictures.png())
    assert desk.get(f"/pictures/{name.format(file.sha256)}").status_code == 404


def test_film_has_no_public_picture(desk: Client) -> None:
    assert desk.get(f"/pictures/{media.public_name(kept(FILM).sha256, 480)}").status_code == 404


def test_house_says_that_it_is_well(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()["well"]) == (200, True)
    assert response.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_house_says_so_when_its_database_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise DatabaseError("locked")

    monkeypatch.setattr("homespun.core.middleware.site", fail)
    monkeypatch.setattr("homespun.core.views.newest_beat", fail)
    response = client.get("/healthz")
    assert (response.status_code, response.json()["well"]) == (503, False)
