"""Sending archives from the page: several at once, a line that breaks, a folder, a file that is none, and no script at all."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from homespun.conversations import sample
from homespun.conversations.models import Upload
from homespun.conversations.uploads import pieces
from tests.e2e.look import violations

Desk = Callable[..., Page]


@pytest.fixture
def archives(tmp_path: Path) -> list[Path]:
    return sample.write(tmp_path / "sample")


def arrived(page: Page, count: int) -> None:
    expect(page.locator("section:has(#waiting) fieldset.choice")).to_have_count(count, timeout=15_000)


def test_two_archives_are_sent_side_by_side(desk: Desk, archives: list[Path]) -> None:
    page = desk("/desk/archives/")
    page.set_input_files("#archive", archives[:2])
    arrived(page, 2)
    sent = {upload.name: pieces.path(upload).read_bytes() for upload in Upload.objects.all()}
    assert sent == {path.name: path.read_bytes() for path in archives[:2]}


def test_broken_line_goes_on_by_itself(desk: Desk, archives: list[Path]) -> None:
    page = desk("/desk/archives/")
    cut: list[str] = []

    def cuts(route: Route) -> None:
        if route.request.method == "PATCH" and not cut:
            cut.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/*/", cuts)
    page.set_input_files("#archive", archives[0])
    arrived(page, 1)
    [upload] = Upload.objects.all()
    assert (len(cut), pieces.path(upload).read_bytes()) == (1, archives[0].read_bytes())


def test_file_goes_on_after_the_page_was_loaded_again(desk: Desk, archives: list[Path]) -> None:
    page = desk("/desk/archives/")
    page.route("**/uploads/*/", lambda route: route.abort())
    page.set_input_files("#archive", archives[0])
    page.get_by_text("Connection lost").wait_for()
    [begun] = Upload.objects.all()
    page.close(run_before_unload=False)
    again = desk("/desk/archives/")
    again.set_input_files("#archive", archives[0])
    arrived(again, 1)
    [upload] = Upload.objects.all()
    assert (upload.pk, upload.complete) == (begun.pk, True)


def test_of_a_folder_only_the_archive_is_sent(desk: Desk, archives: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "twitter-2024"
    with zipfile.ZipFile(archives[0]) as archive:
        archive.extractall(folder)
    (folder / "data" / "direct-messages.js").write_text("window.YTD.direct_messages.part0 = [ ]")
    (folder / "data" / "phone-number.js").write_text("window.YTD.phone_number.part0 = [ ]")
    page = desk("/desk/archives/")
    page.set_input_files("[webkitdirectory]", folder)
    arrived(page, 1)
    [upload] = Upload.objects.all()
    with zipfile.ZipFile(pieces.path(upload)) as sent, zipfile.ZipFile(archives[0]) as archive:
        assert {name: sent.read(name) for name in sent.namelist()} == {name: archive.read(name) for name in archive.namelist()}


def test_file_that_is_no_archive_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(1000))
    page = desk("/desk/archives/")
    page.set_input_files("#archive", film)
    page.get_by_text("“film.mp4” isn’t an archive. Upload the .zip you downloaded from X, Mastodon or Bluesky.").wait_for()


def test_error_of_an_upload_has_a_sign_and_no_bar(desk: Desk, tmp_path: Path) -> None:
    files = [tmp_path / "invoice.pdf", tmp_path / "both.zip"]
    files[0].write_bytes(b"%PDF-1.7\n" + bytes(40))
    with zipfile.ZipFile(files[1], "w") as made:
        made.writestr("twitter-2024.zip", b"PK")
    page = desk("/desk/archives/")
    page.set_input_files("#archive", files)
    errors = page.locator("[data-rows] [data-error]:visible")
    expect(errors).to_have_text(
        [
            "“invoice.pdf” isn’t an archive. Upload the .zip you downloaded from X, Mastodon or Bluesky.",
            "“both.zip” has another zip in it. Unpack it, then upload “twitter-2024.zip”.",
        ]
    )
    expect(errors.first.locator("svg")).to_be_visible()
    expect(page.locator("[data-rows] progress:visible")).to_have_count(0)
    expect(page.get_by_role("link", name="Continue with the uploaded files")).to_be_hidden()
    assert (Upload.objects.count(), violations(page)) == (0, [])


def test_archive_beside_a_file_that_is_none_is_gone_on_with(desk: Desk, archives: list[Path], tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(1000))
    page = desk("/desk/")
    page.set_input_files("#archive", [film, archives[0]])
    page.get_by_role("link", name="Continue with the uploaded files").click()
    arrived(page, 1)


def test_plain_form_works_without_a_script(desk: Desk, archives: list[Path]) -> None:
    page = desk("/desk/archives/", java_script_enabled=False)
    page.set_input_files("#archive", archives[2])
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("An X archive of @moraglintel, made on 20 January 2020.").wait_for()


@pytest.mark.parametrize("place", ["[data-drop]", "h1"])
def test_archive_that_is_let_fall_on_the_start_page_arrives(desk: Desk, archives: list[Path], place: str) -> None:
    page = desk("/desk/")
    let_fall(page, place, archives[:2])
    arrived(page, 2)
    assert {upload.name for upload in Upload.objects.all()} == {path.name for path in archives[:2]}


def let_fall(page: Page, selector: str, files: list[Path]) -> None:
    """As a hand drags them out of a folder: what a script makes up is not what a browser gives."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    for step in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": step, "x": box["x"] + 20, "y": box["y"] + 20, "data": data})
