"""The size and orientation that a picture declares, without Pillow, are what Pillow finds."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from homespun import pictures
from homespun.pictures import Declared
from tests.core.pictures import jpeg, saved

FORMS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")


def declared(content: bytes) -> Declared:
    return pictures.read_declared(BytesIO(content))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [(1, 1), (60, 40), (301, 17)])
def test_declared_size_is_the_size_of_the_picture(form: str, size: tuple[int, int]) -> None:
    found = declared(saved(Image.new("RGB", size), form))
    assert (found.content_type, found.width, found.height, found.orientation) == (f"image/{form.lower()}", *size, 1)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_declared_orientation_is_the_one_in_the_file(form: str, orientation: int) -> None:
    image = Image.new("RGB", (60, 40))
    exif = image.getexif()
    exif[0x0112] = orientation
    found = declared(saved(image, form, exif=exif))
    assert (found.orientation, found.upright_size) == (orientation, (40, 60) if orientation > 4 else (60, 40))


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": False}, {"lossless": False, "xmp": b"<x/>"}])
def test_each_form_of_webp_is_measured(options: dict[str, object]) -> None:
    image = Image.new("RGBA", (60, 40), (1, 2, 3, 4))
    assert declared(saved(image, "WEBP", **options)).upright_size == (60, 40)


def test_photograph_has_metadata_and_a_drawing_has_none() -> None:
    plain = saved(Image.new("RGB", (60, 40)), "JPEG")
    assert [declared(content).has_metadata for content in (jpeg(), plain)] == [True, False]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_xmp_counts_as_metadata(form: str) -> None:
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Aldermoss</x:xmpmeta>"
    image = Image.new("RGB", (60, 40))
    if form == "PNG":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet.decode())
        content = saved(image, form, pnginfo=info)
    else:
        content = saved(image, form, xmp=packet)
    assert declared(content).has_metadata


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("keep", [0, 4, 10, 20])
def test_file_that_is_cut_off_in_its_header_is_unreadable(form: str, keep: int) -> None:
    content = saved(Image.new("RGB", (60, 40)), form)
    with pytest.raises(pictures.UnreadablePicture):
        declared(content[:keep])


def test_bytes_between_the_segments_of_a_jpeg_are_skipped() -> None:
    content = saved(Image.new("RGB", (60, 40)), "JPEG")
    assert declared(content[:20] + b"\0\0junk" + content[20:]).upright_size == (60, 40)


def test_orientation_outside_of_its_range_counts_as_upright() -> None:
    assert declared(jpeg(orientation=9)).orientation == 1
