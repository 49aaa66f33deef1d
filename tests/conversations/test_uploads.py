"""Archives on their way in: pieces that go on after a broken line, caps, content, and what is swept."""

import io
import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from homespun.conversations.models import Upload
from homespun.conversations.sample import archives
from homespun.conversations.uploads import pieces, recognition
from homespun.core.models import AuditEntry
from homespun.users.models import User
from tests.conversations.archive_pages import NOW, client, data, hettie, member

__all__ = ["client", "data", "hettie"]

PLACE = "/desk/archives/uploads/"
ZIP = b"PK\x03\x04" + bytes(range(256)) * 40


def begun(client: Client, size: int = len(ZIP), name: str = "stilewise.zip") -> str:
    answer = client.post(PLACE, {"name": name, "size": size, "fingerprint": f"{name} {size} 1"})
    assert answer.status_code == 201
    address: str = answer.json()["address"]
    return address


def sent(client: Client, address: str, piece: bytes, at: int) -> tuple[int, str | None]:
    answer = client.patch(address, piece, content_type="application/offset+octet-stream", headers={"Upload-Offset": str(at)})
    return answer.status_code, answer.headers.get("Upload-Offset")


def where(client: Client, address: str) -> tuple[str, str]:
    answer = client.head(address)
    return answer.headers["Upload-Offset"], answer.headers["Upload-Length"]


def test_file_comes_in_pieces_and_is_whole(client: Client, data: Path) -> None:
    address = begun(client)
    assert sent(client, address, ZIP[:5000], 0) == (204, "5000")
    assert where(client, address) == ("5000", str(len(ZIP)))
    assert sent(client, address, ZIP[5000:9000], 5000) == (204, "9000")
    [upload] = Upload.objects.all()
    assert (pieces.path(upload).read_bytes(), upload.complete) == (ZIP[:9000], False)
    assert pieces.path(upload) == data / "uploads" / upload.token / "stilewise.zip"


def test_same_file_chosen_again_goes_on_where_it_broke_off(client: Client, data: Path) -> None:
    address = begun(client)
    sent(client, address, ZIP[:5000], 0)
    again = client.post(PLACE, {"name": "stilewise.zip", "size": len(ZIP), "fingerprint": f"stilewise.zip {len(ZIP)} 1"})
    assert (again.json()["address"], again.headers["Upload-Offset"]) == (address, "5000")


def test_other_file_of_the_same_name_gets_a_place_of_its_own(client: Client, data: Path) -> None:
    assert begun(client, size=4000) != begun(client, size=4001)


def test_piece_for_another_place_is_told_where_the_file_ends(client: Client, data: Path) -> None:
    address = begun(client)
    sent(client, address, ZIP[:5000], 0)
    assert sent(client, address, ZIP[6000:], 6000) == (409, "5000")
    assert where(client, address)[0] == "5000"


def test_piece_beyond_the_announced_size_is_refused(client: Client, data: Path) -> None:
    address = begun(client, size=100)
    assert sent(client, address, ZIP[:101], 0) == (422, None)


def test_piece_that_broke_off_is_kept_as_far_as_it_came(hettie: User, data: Path) -> None:
    upload = pieces.begin(by=hettie, now=NOW, name="a.zip", size=len(ZIP), fingerprint="1")
    assert pieces.append(upload=upload, at=0, piece=io.BytesIO(ZIP[:3000]), length=8000, now=NOW) == 3000
    assert pieces.offset(upload) == 3000


def test_two_writers_of_one_file_do_not_mix(hettie: User, data: Path) -> None:
    upload = pieces.begin(by=hettie, now=NOW, name="a.zip", size=len(ZIP), fingerprint="1")
    with pieces.opened(upload), pytest.raises(pieces.Elsewhere):
        pieces.append(upload=upload, at=0, piece=io.BytesIO(ZIP), length=len(ZIP), now=NOW)


@pytest.mark.parametrize("start", [b"\x89PNG\r\n\x1a\n" + bytes(40), b"%PDF-1.7\0\0", b"\x00\x00\x00\x18ftypmp42"])
def test_what_is_no_archive_is_refused_with_its_first_piece(client: Client, data: Path, start: bytes) -> None:
    address = begun(client, size=5_000_000, name="holiday.zip")
    answer = client.patch(address, start, content_type="application/offset+octet-stream", headers={"Upload-Offset": "0"})
    assert (answer.status_code, answer.content.decode()) == (
        422,
        "“holiday.zip” isn’t an archive. Upload the .zip you downloaded from X, Mastodon or Bluesky.",
    )
    assert (Upload.objects.count(), list((data / "uploads").iterdir())) == (0, [])


def test_empty_file_is_refused(client: Client, data: Path) -> None:
    answer = client.post(PLACE, {"name": "a.zip", "size": "0", "fingerprint": "1"})
    assert (answer.status_code, answer.content.decode()) == (413, "This file is empty. Choose another one.")


def test_file_larger_than_the_disk_is_refused_in_words(client: Client, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10 * 2**30, 8 * 2**30, 2 * 2**30))
    answer = client.post(PLACE, {"name": "a.zip", "size": str(3 * 2**30), "fingerprint": "1"})
    assert (answer.status_code, answer.content.decode()) == (
        413,
        "This file needs more disk space than the 1.5 GB that are free. Free some space and try again.",
    )


@pytest.mark.parametrize(
    ("number", "begins"), [(28, "The disk is full."), (122, "The disk is full."), (5, "The connection or the disk failed")]
)
def test_piece_that_cannot_be_written_keeps_what_came(hettie: User, data: Path, number: int, begins: str) -> None:
    upload = pieces.begin(by=hettie, now=NOW, name="a.zip", size=len(ZIP), fingerprint="1")
    pieces.append(upload=upload, at=0, piece=io.BytesIO(ZIP), length=3000, now=NOW)

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(number, "made up")

    with pytest.raises(pieces.Refused, match=f"^{begins}"):
        pieces.append(upload=upload, at=3000, piece=Broken(), length=3000, now=NOW)
    assert pieces.offset(upload) == 3000


@pytest.mark.parametrize("odd", ["", "-1", "x", "\u00b2", "9" * 5000])
def test_place_or_size_that_is_no_number_is_refused(client: Client, data: Path, odd: str) -> None:
    address = begun(client)
    assert client.patch(address, ZIP, content_type="application/offset+octet-stream", headers={"Upload-Offset": odd}).status_code == 400
    assert client.post(PLACE, {"name": "a.zip", "size": odd, "fingerprint": odd}).status_code == 413


def test_upload_of_another_member_is_nowhere(client: Client, data: Path, db: None) -> None:
    upload = pieces.begin(by=member("Tuesday"), now=NOW, name="a.zip", size=10, fingerprint="1")
    assert client.head(f"{PLACE}{upload.token}/").status_code == 404
    assert client.delete(f"{PLACE}{upload.token}/").status_code == 404


def test_upload_is_thrown_away_with_its_file(client: Client, data: Path) -> None:
    address = begun(client)
    sent(client, address, ZIP[:5000], 0)
    assert client.delete(address).status_code == 204
    assert (list((data / "uploads").iterdir()), Upload.objects.count()) == ([], 0)
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["upload.begin", "upload.discard"]


def test_stale_upload_is_swept_and_a_fresh_one_stays(hettie: User, data: Path) -> None:
    stale = pieces.begin(by=hettie, now=NOW - timedelta(days=8), name="a.zip", size=len(ZIP), fingerprint="1")
    pieces.append(upload=stale, at=0, piece=io.BytesIO(ZIP), length=3000, now=NOW - timedelta(days=8))
    fresh = pieces.begin(by=hettie, now=NOW, name="b.zip", size=len(ZIP), fingerprint="2")
    pieces.append(upload=fresh, at=0, piece=io.BytesIO(ZIP), length=3000, now=NOW)
    assert pieces.sweep(now=NOW) == 1
    assert [each.name for each in (data / "uploads").iterdir()] == [fresh.token]


def test_small_file_comes_by_a_plain_form(client: Client, data: Path) -> None:
    packed = archives()[0].packed()
    answer = client.post("/desk/archives/", {"archive": [SimpleUploadedFile("stilewise.zip", packed)]})
    assert answer.headers["Location"] == "/desk/archives/"
    [upload] = Upload.objects.all()
    assert (upload.complete, upload.refusal, pieces.path(upload).read_bytes() == packed) == (True, "", True)


def test_name_that_climbs_out_stays_a_name(hettie: User, data: Path) -> None:
    upload = pieces.begin(by=hettie, now=NOW, name="../../secrets/django-key", size=10, fingerprint="1")
    assert (upload.name, pieces.path(upload).parent.parent) == ("django-key", data / "uploads")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("..", "archive"),
        ("C:\\\\files\\\\my archive.zip", "my archive.zip"),
        ("a\0b\n.zip", "ab.zip"),
        ("é" * 150 + ".zip", "é" * 98 + ".zip"),
        (".hidden", "hidden"),
    ],
)
def test_name_becomes_one_that_a_disk_can_hold(name: str, kept: str) -> None:
    assert pieces.safe_name(name) == kept


@pytest.mark.parametrize(
    ("name", "is_sent"),
    [
        ("twitter-2022/data/tweets.js", True),
        ("data/tweets-part12.js", True),
        ("data/js/tweets/2013_02.js", True),
        ("data/deleted-tweet-headers.js", True),
        ("data/tweets_media/1-a.jpg", True),
        ("data/direct-messages.js", False),
        ("data/direct_messages_media/1-a.jpg", False),
        ("data/phone-number.js", False),
        ("data/account-creation-ip.js", False),
        ("data/tweets.js.exe", False),
        ("Your archive.html", False),
        ("saved/Hettie on X.html", True),
        ("saved/1170500000000000001.json", True),
        ("saved/settings.json", False),
    ],
)
def test_of_a_folder_only_what_is_read_is_sent(name: str, is_sent: bool) -> None:
    assert bool(recognition.ALLOWED.search(name)) == is_sent


def test_export_without_a_sentence_of_its_own_is_not_taken_for_one_of_x() -> None:
    assert recognition.Found("gopher-hole", "hettie", made="2026-03-10").sentence == "An export of @hettie, made on 10 March 2026."
    assert recognition.Found("gopher-hole").sentence == "An export. It doesn’t say whose it is."
