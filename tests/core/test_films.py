"""Films and sounds leave the house without what is said beside picture and sound."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from homespun.core import media
from homespun.core.media import films as core_films
from homespun.core.media.boxes import Walk
from homespun.core.models import MediaFile
from tests.core import films
from tests.core.pictures import SECRET

pytestmark = pytest.mark.django_db
MADE_UP = films.mp4()


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path / "media"
    yield tmp_path / "media"


def kept(content: bytes) -> MediaFile:
    return media.keep(BytesIO(content), now=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))


def copied(content: bytes) -> bytes:
    return media.film_copy(kept(content)).read_bytes()


def blank(content: bytes) -> bytes:
    """A box of the same size that says nothing."""
    return films.box(b"free", bytes(len(content) - 8))


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]  # files are streamed


def undated(content: bytes) -> bytes:
    return content.replace(films.MADE, bytes(4)).replace(films.PLACE, bytes(len(films.PLACE)))


@pytest.mark.parametrize("brand", [b"isom", b"qt  ", b"M4A "])
def test_copy_of_a_film_tells_no_place_and_no_date(brand: bytes) -> None:
    film = films.mp4(brand=brand)
    copy = copied(film)
    assert [word in copy for word in (SECRET.encode(), b"+55.5", films.MADE, b"udta", b"meta", b"uuid", b"\xa9xyz")] == [False] * 7
    assert len(copy) == len(film)


def test_copy_of_a_film_is_the_same_but_for_what_it_told() -> None:
    told = (films.location(), films.about(), films.xmp())
    quiet = tuple(map(blank, told))
    index = undated(films.moov(films.trak(*quiet), *quiet))
    none = blank(films.box(b"none", films.PLACE))
    expected = films.ftyp() + none + index + quiet[2] + films.mdat() + none
    assert copied(MADE_UP) == expected


def test_copy_is_made_of_any_number_of_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = copied(MADE_UP)
    media.film_copy(kept(MADE_UP)).unlink()
    monkeypatch.setattr(core_films, "CHUNK", 7)
    assert copied(MADE_UP) == whole


def test_copy_of_a_film_in_pieces_keeps_its_pieces() -> None:
    piece = films.box(b"moof", films.box(b"mfhd", bytes(8)), films.box(b"traf", films.box(b"tfhd", bytes(8)), films.xmp())) + films.mdat()
    film = films.ftyp() + films.moov() + piece * 3
    assert copied(film) == undated(film.replace(films.xmp(), blank(films.xmp())))


def test_copy_of_a_film_with_a_long_size_keeps_it() -> None:
    long = b"\x00\x00\x00\x01mdat" + (16 + len(films.PICTURE)).to_bytes(8) + films.PICTURE
    assert copied(films.ftyp() + films.moov() + long) == films.ftyp() + undated(films.moov()) + long


def test_copy_of_a_film_whose_last_box_runs_to_the_end_keeps_it() -> None:
    last = b"\x00\x00\x00\x00mdat" + films.PICTURE
    assert copied(films.ftyp() + films.moov() + last) == films.ftyp() + undated(films.moov()) + last


def test_film_that_names_no_other_file_with_an_empty_name_is_well_made() -> None:
    film = films.ftyp() + films.moov(films.trak(entry=films.box(b"url ", b"\x00\x00\x00\x01\x00"))) + films.mdat()
    assert copied(film) == undated(film)


def nested(depth: int) -> bytes:
    content = films.location()
    for _ in range(depth):
        content = films.box(b"moov", content)
    return content


HOSTILE = {
    "size of nothing inside": films.moov(films.trak(), b"\x00\x00\x00\x00udta"),
    "size smaller than its head": films.moov(films.trak(), b"\x00\x00\x00\x07udta"),
    "long size that is missing": films.moov(films.trak(), b"\x00\x00\x00\x01udta"),
    "long size of nothing": films.moov(films.trak(), b"\x00\x00\x00\x01udta" + bytes(8)),
    "long size that turns negative": films.moov(films.trak(), b"\x00\x00\x00\x01udta" + b"\xff" * 8),
    "box that reaches out of its parent": films.moov(films.trak(), b"\x00\x00\xff\xffudta" + bytes(20)),
    "rest too short to be a box": films.moov(films.trak(), b"\x00\x00"),
    "no track": films.moov(films.location()),
    "no index": b"",
    "date that is cut off": films.box(b"moov", films.box(b"mvhd", bytes(6)), films.trak()),
    "boxes in one another": nested(2000),
    "track that tells places": films.moov(films.trak(), films.trak(handler=b"meta")),
    "other file by its path": films.moov(films.trak(entry=films.box(b"url ", bytes(4), films.PLACE))),
    "place in the description": films.moov(films.trak(described=b"udta")),
    "description without end": films.moov(films.trak(), films.box(b"trak", films.box(b"mdia", films.hdlr(name=bytes(1 << 17))))),
}


@pytest.mark.parametrize("index", HOSTILE.values(), ids=HOSTILE.keys())
def test_film_that_is_not_well_made_stays_inside(folder: Path, index: bytes) -> None:
    file = kept(films.ftyp() + index + films.mdat())
    with pytest.raises(media.Refused) as refused:
        media.film_copy(file)
    assert str(refused.value).endswith(".")
    assert media.film_name(file) == ""
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [file.sha256]


def test_film_of_too_many_boxes_stays_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homespun.core.media.boxes.MAX_BOXES", 30)
    assert media.film_name(kept(films.ftyp() + films.moov() + films.mdat() + films.box(b"free") * 30)) == ""


@given(st.integers(0, len(MADE_UP) - 1), st.binary(min_size=1, max_size=8))
@examples(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_film_with_any_bytes_changed_is_walked_or_refused(at: int, bytes_: bytes) -> None:
    film = (MADE_UP[:at] + bytes_ + MADE_UP[at + len(bytes_) :])[: len(MADE_UP)]
    try:
        patches = Walk(BytesIO(film), len(film)).patches
    except media.Refused:
        return
    ends = [0, *(patch.end for patch in patches)]
    assert all(end <= patch.start <= patch.end <= len(film) for end, patch in zip(ends, patches, strict=False))


@pytest.mark.parametrize(
    "sound",
    [
        films.mp3(before=films.id3()),
        films.mp3(before=films.id3() + films.id3()),
        films.mp3(after=films.id3_at_end()),
        films.mp3(before=films.id3(), after=films.id3_at_end()),
    ],
)
def test_copy_of_a_sound_has_no_tags(sound: bytes) -> None:
    assert copied(sound) == films.mp3()


@pytest.mark.parametrize(
    "content",
    [
        films.mp3(after=b"APETAGEX" + bytes(24)),
        films.mp3(after=b"LYRICS200" + films.id3_at_end()),
        films.id3() + b"no sound",
        films.id3() * 9 + films.mp3(),
        films.id3()[:40],
        b"\x1aE\xdf\xa3\x01\x00webm" + films.PLACE,
        b"OggS\x00vorbis" + films.PLACE,
    ],
)
def test_sound_or_film_that_cannot_be_cleaned_stays_inside(content: bytes) -> None:
    file = kept(content)
    assert media.film_name(file) == ""
    with pytest.raises(media.Refused):
        media.film_copy(file)


def test_film_whose_file_is_gone_has_no_copy() -> None:
    file = kept(MADE_UP)
    media.path_of(file).unlink()
    assert media.film_name(file) == ""
    with pytest.raises(media.Refused):
        media.film_copy(file)


def test_film_is_there_for_everybody_while_something_published_shows_it(client: Client) -> None:
    file = kept(MADE_UP)
    path = f"/films/{media.film_name(file)}"
    assert client.get(path).status_code == 404
    media.share(holder="story:1", sha256s=[file.sha256])
    response = client.get(path)
    wanted = {
        "Content-Type": "video/mp4",
        "Content-Length": str(len(MADE_UP)),
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}.mp4"',
        "Cache-Control": "public, max-age=600",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    assert {name: response.headers.get(name) for name in wanted} == wanted
    assert SECRET.encode() not in body(response)
    media.share(holder="story:1", sha256s=[])
    assert client.get(path).status_code == 404


def test_film_is_given_in_parts(client: Client) -> None:
    file = kept(MADE_UP)
    media.share(holder="story:1", sha256s=[file.sha256])
    response = client.get(f"/films/{file.sha256}.mp4", headers={"Range": "bytes=4-11"})
    assert (response.status_code, response.headers["Content-Range"]) == (206, f"bytes 4-11/{len(MADE_UP)}")
    assert body(response) == b"ftypisom"


@pytest.mark.parametrize(("content", "ending"), [(MADE_UP, "mp3"), (films.mp3(), "mp4"), (b"\x1aE\xdf\xa3\x01\x00webm", "mp4")])
def test_film_under_another_ending_is_not_there(client: Client, content: bytes, ending: str) -> None:
    file = kept(content)
    media.share(holder="story:1", sha256s=[file.sha256])
    assert client.get(f"/films/{file.sha256}.{ending}").status_code == 404
