"""Files are known by their content, and nothing but the picture gets out."""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from homespun.core import media
from homespun.core.media import landing
from homespun.core.media.kinds import content_type_of
from homespun.core.models import MediaFile
from homespun.pictures import UnreadablePicture, declared
from tests.core import pictures

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path / "media"
    yield tmp_path / "media"


def kept(content: bytes) -> MediaFile:
    return media.keep(BytesIO(content), now=NOW)


def seen(file: MediaFile, extension: str = "webp") -> tuple[str, tuple[int, int], int]:
    """Mode, size and number of frames of a public copy."""
    with Image.open(media.public_copy(file, width=480, extension=extension)) as image:
        return image.mode, image.size, getattr(image, "n_frames", 1)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_file_is_kept_under_the_hash_of_its_content(folder: Path) -> None:
    content = pictures.jpeg()
    file = kept(content)
    sha256 = hashlib.sha256(content).hexdigest()
    assert (file.sha256, file.content_type, file.size, file.width, file.height) == (sha256, "image/jpeg", len(content), 60, 40)
    assert (folder / sha256[:2] / sha256).read_bytes() == content


def test_file_that_comes_twice_is_one_row_and_one_file(folder: Path) -> None:
    assert kept(pictures.png()) == kept(pictures.png())
    assert MediaFile.objects.count() == 1
    assert len(files_in(folder)) == 1


def test_file_whose_row_survived_it_is_kept_again(folder: Path) -> None:
    file = kept(pictures.png())
    media.path_of(file).unlink()
    assert kept(pictures.png()) == file
    assert media.path_of(file).exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"%PDF-1.7",
        b"\x1aE\xdf\xa3\x00\x00matroska",
        b"\xff\xd8\xff\xe0 not a picture after all",
    ],
)
def test_file_of_another_kind_is_refused_and_leaves_nothing(folder: Path, content: bytes) -> None:
    with pytest.raises(media.Refused):
        kept(content)
    assert files_in(folder) == []
    assert MediaFile.objects.count() == 0


def test_file_past_the_limit_is_refused_and_leaves_nothing(folder: Path) -> None:
    with pytest.raises(media.Refused) as refused:
        media.keep(BytesIO(pictures.jpeg()), now=NOW, max_bytes=100)
    assert str(refused.value) == "This file is too large to be kept."
    assert files_in(folder) == []


def test_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(declared.MAX_PIXELS, "image/png", 1000)
    with pytest.raises(media.Refused) as refused:
        kept(pictures.png())
    assert str(refused.value) == "This picture has too many pixels. Make it smaller and try again."


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"\x1aE\xdf\xa3\x01\x00webm", "video/webm"),
        (b"OggS\x00vorbis", "audio/ogg"),
        (b"OggS\x00\x80theora", "video/ogg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00AVI ", ""),
    ],
)
def test_kind_of_a_file_is_told_by_its_first_bytes(head: bytes, content_type: str) -> None:
    assert content_type_of(head) == content_type


def test_size_of_a_picture_is_as_it_is_meant_to_be_seen() -> None:
    file = kept(pictures.jpeg(60, 40, orientation=6))
    assert (file.width, file.height) == (40, 60)


@pytest.mark.parametrize("extension", ["webp", "jpg"])
def test_public_copy_says_nothing_but_the_picture(extension: str) -> None:
    original = pictures.jpeg(orientation=6)
    assert pictures.SECRET.encode() in original
    copy = media.public_copy(kept(original), width=480, extension=extension)
    with Image.open(copy) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (40, 60)
        assert set(image.info) & {"exif", "xmp", "icc_profile", "comment", "photoshop"} == set()
    assert pictures.SECRET.encode() not in copy.read_bytes()


def test_public_copy_is_turned_upright() -> None:
    copy = media.public_copy(kept(pictures.jpeg(60, 40, orientation=6)), width=480, extension="jpg")
    with Image.open(copy) as image:
        red, _green, blue = image.split()
        more_blue = [blue.getpixel(spot) > red.getpixel(spot) for spot in ((20, 5), (20, 55))]  # type: ignore[operator]  # numbers
    assert more_blue == [True, False]  # the left half, blue, is on top


def test_public_copy_is_never_wider_than_asked_and_never_blown_up() -> None:
    wide, narrow = kept(pictures.jpeg(1000, 500)), kept(pictures.jpeg(60, 40))
    assert [seen(file)[1] for file in (wide, narrow)] == [(480, 240), (60, 40)]


def test_public_copy_of_an_animated_picture_still_moves() -> None:
    assert seen(kept(pictures.gif(3)))[2] == 3


def test_public_copy_of_a_see_through_picture_stays_so_and_is_flat_as_jpg() -> None:
    file = kept(pictures.png())
    assert [seen(file, extension)[0] for extension in ("webp", "jpg")] == ["RGBA", "RGB"]


def test_public_copy_of_a_grey_picture_of_16_bits_is_as_bright_as_it_was() -> None:
    copy = media.public_copy(kept(pictures.saved(Image.new("I;16", (60, 40), 30_000), "PNG")), width=480)
    with Image.open(copy) as image:
        red, _green, _blue = image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # three numbers
    assert abs(red - 117) < 3


def test_public_copy_is_made_once() -> None:
    file = kept(pictures.png())
    first = media.public_copy(file, width=480).stat().st_mtime_ns
    assert media.public_copy(file, width=480).stat().st_mtime_ns == first


@pytest.mark.parametrize(("width", "extension"), [(481, "webp"), (480, "svg"), (480, "gif")])
def test_public_copy_of_another_size_or_form_is_refused(width: int, extension: str) -> None:
    with pytest.raises(media.Refused):
        media.public_copy(kept(pictures.png()), width=width, extension=extension)


@pytest.mark.parametrize("part", [b"av1C", b"iloc", b"pitm"])
def test_picture_that_fails_while_it_is_measured_is_refused(part: bytes) -> None:
    out = BytesIO()
    Image.new("RGB", (30, 20)).save(out, "AVIF")
    with pytest.raises(media.Refused, match="can't be read"):
        kept(out.getvalue().replace(part, b"xxxx"))


def test_picture_that_failed_is_not_tried_again_within_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    file = kept(pictures.jpeg(400, 400)[:-600])
    tries: list[int] = []

    def fail(*_args: object, **_options: object) -> None:
        tries.append(1)
        raise UnreadablePicture

    monkeypatch.setattr("homespun.pictures.copy_picture", fail)
    for _visit in range(3):
        with pytest.raises(media.Refused):
            media.public_copy(file, width=480)
    assert len(tries) == 1


def test_tall_picture_is_made_narrow_enough_for_the_format() -> None:
    file = kept(pictures.saved(Image.new("L", (200, 20_000)), "PNG"))
    assert seen(file)[1] == (164, 16_383)


def test_public_copy_of_a_picture_that_is_cut_off_is_refused() -> None:
    file = kept(pictures.jpeg(400, 400)[:-600])
    with pytest.raises(media.Refused) as refused:
        media.public_copy(file, width=480)
    assert str(refused.value) == "This picture can't be read. The file may be damaged."


def test_file_is_public_while_anything_published_shows_it() -> None:
    one, other = kept(pictures.png()), kept(pictures.jpeg())
    media.share(holder="story:1", sha256s=[one.sha256])
    media.share(holder="story:2", sha256s=[one.sha256, other.sha256])
    assert [media.is_public(one), media.is_public(other)] == [True, True]
    media.share(holder="story:2", sha256s=[])
    assert [media.is_public(one), media.is_public(other)] == [True, False]
    media.share(holder="story:1", sha256s=[other.sha256])
    assert [media.is_public(one), media.is_public(other)] == [False, True]


def test_copy_that_cannot_be_written_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = kept(pictures.jpeg())

    def full(*_args: object, **_options: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("homespun.pictures.copy_picture", full)
    with pytest.raises(OSError, match="No space left"):
        media.public_copy(held, width=480)
    assert files_in(folder) == [held.sha256]


def test_what_a_kill_left_half_written_is_swept_away_after_a_day(folder: Path) -> None:
    landing.folder().mkdir(parents=True)
    old, fresh = landing.folder() / "old", landing.folder() / "fresh"
    for file in (old, fresh):
        file.touch()
    yesterday = datetime.now(UTC) - timedelta(days=1, minutes=1)
    os.utime(old, (yesterday.timestamp(),) * 2)
    assert (landing.sweep(now=datetime.now(UTC)), list(landing.folder().iterdir())) == (1, [fresh])
