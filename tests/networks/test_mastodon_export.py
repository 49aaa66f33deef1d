"""Exports of a Mastodon account: a tar.gz, a zip, a folder or the outbox alone, whole, cut off, or made to harm."""

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from homespun.conversations.models import Post, Source
from homespun.networks import known
from homespun.networks.errors import NetworkError
from homespun.networks.exports import Told
from homespun.networks.mastodon import export
from homespun.networks.values import Page, Visibility
from homespun.people.models import Account
from tests.core.pictures import jpeg

AS = "https://www.w3.org/ns/activitystreams"
HOME = "https://fell.example"
ME = f"{HOME}/users/bryony"
PICTURE = "media_attachments/files/112/070/570/original/0123456789abcdef.jpg"
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def create(n: int, text: str, **more: Any) -> dict[str, Any]:
    uri = f"{ME}/statuses/{n}"
    note = {"id": uri, "type": "Note", "attributedTo": ME, "published": f"2024-03-10T09:{n:02}:00Z", "content": f"<p>{text}</p>"}
    note |= {"to": [f"{AS}#Public"], "cc": [f"{ME}/followers"], "url": f"{HOME}/@bryony/{n}"} | more
    return {"id": f"{uri}/activity", "type": "Create", "actor": ME, "published": note["published"], "object": note}


def activities() -> list[dict[str, Any]]:
    picture = {"type": "Document", "mediaType": "image/jpeg", "url": f"/{PICTURE}", "name": "Two planks"}
    boost = {
        "id": f"{ME}/statuses/5/activity",
        "type": "Announce",
        "actor": ME,
        "published": "2024-03-10T09:05:00Z",
        "to": [f"{AS}#Public"],
    }
    return [
        create(1, "The ladder, by far."),
        create(2, "A stile.", attachment=[picture]),
        create(3, "For those who follow.", to=[f"{ME}/followers"], cc=[]),
        create(4, "For you alone.", to=["https://stile.example/users/hettie"], cc=[]),
        boost | {"object": "https://stile.example/users/hettie/statuses/1"},
        create(6, "And steep.", inReplyTo=f"{ME}/statuses/1"),
    ]


def contents(items: list[Any] | None = None) -> dict[str, bytes]:
    items = activities() if items is None else items
    outbox = {"@context": AS, "id": "outbox.json", "type": "OrderedCollection", "totalItems": len(items), "orderedItems": items}
    actor = {"@context": AS, "id": ME, "type": "Person", "preferredUsername": "bryony", "name": "Bryony Tarrowell", "outbox": "outbox.json"}
    likes = {"type": "OrderedCollection", "orderedItems": ["https://stile.example/users/hettie/statuses/9"]}
    return {
        PICTURE: jpeg(40, 30),
        "outbox.json": json.dumps(outbox).encode(),
        "likes.json": json.dumps(likes).encode(),
        "bookmarks.json": json.dumps(likes).encode(),
        "actor.json": json.dumps(actor).encode(),
    }


def as_tar(path: Path, files: dict[str, bytes]) -> Path:
    path = path.with_suffix(".tar.gz")
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), int(NOW.timestamp())
            tar.addfile(info, io.BytesIO(content))
    return path


def as_zip(path: Path, files: dict[str, bytes]) -> Path:
    path = path.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def as_folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def as_outbox(path: Path, files: dict[str, bytes]) -> Path:
    path = path.with_suffix(".json")
    path.write_bytes(files["outbox.json"])
    return path


Make = Callable[[Path, dict[str, bytes]], Path]
FORMS: list[Make] = [as_tar, as_zip, as_folder, as_outbox]


def read(path: Path, cursor: dict[str, Any] | None = None) -> list[Page]:
    opened = known.opened(path)
    try:
        return list(opened.pages(cursor or {}))
    finally:
        opened.close()


def texts(pages: list[Page]) -> list[str]:
    return [post.text for page in pages for post in page.posts]


@pytest.mark.parametrize("make", FORMS)
def test_export_is_recognised_and_read_in_every_form(tmp_path: Path, make: Make) -> None:
    path = make(tmp_path / "export", contents())
    assert export.holds(path)
    opened = known.opened(path)
    assert (opened.kind, opened.owner.uri, opened.owner.handle, dict(opened.declared)) == (
        "mastodon-export",
        ME,
        "bryony@fell.example",
        {"posts": 6},
    )
    posts = [post for page in opened.pages({}) for post in page.posts]
    opened.close()
    assert [post.visibility for post in posts] == [
        Visibility.PUBLIC,
        Visibility.PUBLIC,
        Visibility.FOLLOWERS,
        Visibility.DIRECT,
        Visibility.PUBLIC,
        Visibility.PUBLIC,
    ]
    assert [(each.file, each.alt) for each in posts[1].media] == [(PICTURE, "Two planks")]
    assert [(each.kind, each.uri) for each in posts[4].references] == [("repost", "https://stile.example/users/hettie/statuses/1")]
    assert posts[5].parent == posts[0].uri


def test_same_export_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    prints = set()
    for make in (as_tar, as_zip, as_folder):
        opened = known.opened(make(tmp_path / make.__name__, contents()))
        prints.add(opened.fingerprint)
        opened.close()
    assert len(prints) == 1


def test_what_was_liked_or_bookmarked_is_counted_and_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = known.opened(as_zip(tmp_path / "export", contents()))
    assert opened.private == 2
    assert not [name for name, _member in opened.media() if "likes" in name]
    assert "hettie/statuses/9" not in "".join(post.uri for page in opened.pages({}) for post in page.posts)
    opened.close()


def test_reading_goes_on_behind_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    path = as_tar(tmp_path / "export", contents())
    pages = read(path)
    assert [page.cursor for page in pages] == [{"item": 0}, {"item": 2}, {"item": 4}, {"item": 6}]
    assert texts(read(path, pages[2].cursor)) == ["", "And steep."]


@pytest.mark.parametrize("indent", [None, 2])
def test_large_outbox_is_read_piece_by_piece(tmp_path: Path, indent: int | None) -> None:
    items = [create(n % 60, f"Stile {n} " + 'é"}]{[' * 50) for n in range(3000)]
    files = contents(items)
    files["outbox.json"] = json.dumps(json.loads(files["outbox.json"]), indent=indent, ensure_ascii=False).encode()
    found = texts(read(as_zip(tmp_path / "export", files)))
    assert (len(found), found[2999][:10]) == (3000, "Stile 2999")


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_outbox_that_was_cut_off_gives_what_there_is_and_says_so(tmp_path: Path, cut: float) -> None:
    files = contents([create(n % 60, f"Stile {n}") for n in range(200)])
    files["outbox.json"] = files["outbox.json"][: int(len(files["outbox.json"]) * cut)]
    pages = read(as_folder(tmp_path / "export", files))
    assert len(texts(pages)) == pytest.approx(200 * cut, abs=3)
    assert [str(each.why) for page in pages for each in page.unread][-1].startswith("It ends in the middle")


def test_garbled_item_is_said_and_what_was_before_it_is_kept(tmp_path: Path) -> None:
    files = contents()
    files["outbox.json"] = files["outbox.json"].replace(b'"type": "Announce"', b'"type": Announce')
    pages = read(as_folder(tmp_path / "export", files))
    assert len(texts(pages)) == 4
    assert "no JSON behind item 4" in str(pages[-1].unread[-1].why)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_tar_that_was_cut_off_is_said_in_a_sentence(tmp_path: Path, cut: float) -> None:
    path = as_tar(tmp_path / "export", contents())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    with pytest.raises(NetworkError, match="damaged or incomplete"):
        export.opened(path, Told())


def test_paths_that_lead_out_are_left_shut_and_said(tmp_path: Path) -> None:
    bad = {"../../evil.json": b"{}", "/etc/evil.json": b"{}", "media_attachments/../../evil.jpg": b"x"}
    for make in (as_tar, as_zip):
        opened = known.opened(make(tmp_path / make.__name__, bad | contents()))
        assert [name for name, _member in opened.media()] == [PICTURE]
        (page, *_rest) = opened.pages({})
        assert len(page.unread) == 3
        opened.close()


def test_links_in_a_tar_lead_nowhere(tmp_path: Path) -> None:
    path = as_tar(tmp_path / "export", contents())
    linked = tmp_path / "linked.tar"
    with tarfile.open(path) as old, tarfile.open(linked, "w") as new:
        for member in old:
            new.addfile(member, old.extractfile(member))
        link = tarfile.TarInfo("media_attachments/files/passwd.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        new.addfile(link)
    opened = known.opened(linked)
    assert [name for name, _member in opened.media()] == [PICTURE]
    opened.close()


def test_bombs_are_left_shut(tmp_path: Path) -> None:
    zeros = {"media_attachments/files/zeros.jpg": b"\0" * 100_000_000}
    with pytest.raises(NetworkError, match="unpacks to far more"):
        known.opened(as_tar(tmp_path / "bomb", zeros | contents()))
    opened = known.opened(as_zip(tmp_path / "bomb", zeros | contents()))
    with pytest.raises(NetworkError, match="unpacks to far more"):
        opened.open(dict(opened.media())["media_attachments/files/zeros.jpg"])
    opened.close()


def test_other_files_are_none_of_these(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    (tmp_path / "b.gz").write_bytes(b"\x1f\x8b rubbish")
    as_zip(tmp_path / "c", {"data/tweets.js": b""})
    as_tar(tmp_path / "d", {"notes.txt": b""})
    assert [export.holds(path) for path in [*sorted(tmp_path.iterdir()), tmp_path / "none"]] == [False] * 5


def test_beginnings_of_exports_are_known(tmp_path: Path) -> None:
    tar, outbox = as_tar(tmp_path / "e", contents()).read_bytes(), contents()["outbox.json"]
    assert [export.begins(each[:512]) for each in (tar, outbox, b"%PDF-1.7", b'{"a": 1}')] == [True, True, False, False]


@pytest.mark.django_db
def test_collected_twice_brings_nothing_new(tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DATA, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "media"
    answers = []
    for make in (as_tar, as_zip):
        call_command("collect", str(make(tmp_path / make.__name__, contents())), "--json")
        answers.append(json.loads(capsys.readouterr().out))
    assert [(each["kind"], each["new"], each["unreadable"]) for each in answers] == [("mastodon-export", 6, []), ("mastodon-export", 0, [])]
    assert (answers[0]["media"], Source.objects.count()) == (1, 1)
    assert Account.objects.get(uri=ME).name == "Bryony Tarrowell"
    assert [post.text for post in Post.objects.all().quotable().order_by("pk")] == ["The ladder, by far.", "A stile.", "", "And steep."]
    assert Post.objects.get(text="And steep.").conversation == Post.objects.get(text="The ladder, by far.").conversation
