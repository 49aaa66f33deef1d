"""From a file to posts in the background: begun, stopped, gone on with, failed in words, and thrown away once it is read."""

from pathlib import Path

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from homespun.conversations import actions, sample, tasks
from homespun.conversations.models import Post, Run, Source, Upload
from homespun.conversations.uploads import bringing, pieces, slices
from homespun.conversations.uploads.recognition import Whose
from homespun.core.jobs.worker import run_waiting
from homespun.users.models import User
from tests.conversations.archive_pages import NOW, client, data, hettie

__all__ = ["client", "data", "hettie"]


def arrived(client: Client, packed: bytes, name: str = "stilewise.zip") -> Upload:
    """An archive that has been sent whole."""
    place = client.post("/desk/archives/uploads/", {"name": name, "size": len(packed), "fingerprint": name}).json()["address"]
    client.patch(place, packed, content_type="application/offset+octet-stream", headers={"Upload-Offset": "0"})
    return Upload.objects.get(name=name)


def said(upload: Upload, whose: str = "ours", **more: str) -> dict[str, str]:
    prefix = upload.token[:8]
    return {f"{prefix}-{key}": value for key, value in {"whose_is_it": whose, **more}.items()}


def source_of(run: Run) -> Source:
    assert run.source is not None
    return run.source


def owner(run: Run) -> str:
    account = source_of(run).account
    assert account is not None
    return account.handle


def test_archive_is_read_in_the_background_and_its_file_thrown_away(client: Client, data: Path) -> None:
    upload = arrived(client, sample.archives()[0].packed())
    answer = client.post(f"/desk/archives/uploads/{upload.token}/run/", said(upload))
    run = Run.objects.get()
    assert (answer.headers["Location"], run.state, Upload.objects.count()) == (f"/desk/archives/{run.pk}/", Run.State.WAITING, 0)
    run_waiting()
    run.refresh_from_db()
    assert (run.state, owner(run), source_of(run).is_ours) == (Run.State.DONE, "stilewise", True)
    assert (list((data / "uploads").iterdir()), Post.objects.filter(author__is_own=True).exists()) == ([], True)
    assert client.get(f"/desk/archives/{run.pk}/").content.decode().count("Imported the archive of @stilewise") == 2


def test_archive_of_a_customer_does_not_become_ours(client: Client, data: Path) -> None:
    upload = arrived(client, sample.archives()[1].packed())
    client.post(f"/desk/archives/uploads/{upload.token}/run/", said(upload, "theirs"))
    run_waiting()
    run = Run.objects.get()
    assert (run.state, source_of(run).is_ours, Post.objects.filter(author__is_own=True).exists()) == (Run.State.DONE, False, False)


def test_file_of_nobody_is_read_as_of_whom_one_says(client: Client, data: Path) -> None:
    tweets = sample.archives()[2].files["data/tweet.js"]
    upload = arrived(client, tweets, "tweet.js")
    client.post(f"/desk/archives/uploads/{upload.token}/run/", said(upload, "theirs", account="@moraglintel"))
    run_waiting()
    assert owner(Run.objects.get()) == "moraglintel"


def test_run_that_was_stopped_goes_on(hettie: User, data: Path) -> None:
    [run, *_others] = bringing.bring_sample(by=hettie, now=NOW)
    bringing.cancel(by=hettie, now=NOW, run=run)
    run_waiting()
    run.refresh_from_db()
    assert (run.state, Run.objects.filter(state=Run.State.DONE).count()) == (Run.State.CANCELLED, 2)
    bringing.go_on(by=hettie, now=NOW, run=run)
    run_waiting()
    run.refresh_from_db()
    assert (run.state, list((data / "uploads").iterdir())) == (Run.State.DONE, [])


def test_run_whose_file_is_gone_says_so(hettie: User, data: Path) -> None:
    [run, *_others] = bringing.bring_sample(by=hettie, now=NOW)
    bringing.cancel(by=hettie, now=NOW, run=run)
    pieces.throw_away(Path(run.path))
    with pytest.raises(pieces.Refused, match="isn’t here any more"):
        bringing.go_on(by=hettie, now=NOW, run=run)


def test_archive_that_cannot_be_read_fails_in_words(hettie: User, data: Path) -> None:
    broken = data / "inbox" / "cut.zip"
    broken.write_bytes(sample.archives()[0].packed()[:4000])
    run = bringing.bring(by=hettie, now=NOW, path=broken, name="cut.zip", whose=Whose(ours=True))
    run_waiting()
    run.refresh_from_db()
    assert (run.state, run.error.count("is damaged or incomplete"), broken.exists()) == (Run.State.FAILED, 1, True)


def test_full_disk_stops_a_run_in_words(hettie: User, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [run, *_others] = bringing.bring_sample(by=hettie, now=NOW)

    def full(**_given: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(actions, "read_some", full)
    run_waiting()
    run.refresh_from_db()
    assert (run.state, run.error) == (Run.State.FAILED, "The disk is full. Free some space, then continue the import.")


def test_run_that_nobody_reads_is_picked_up(hettie: User, data: Path) -> None:
    runs = bringing.bring_sample(by=hettie, now=NOW)

    DBTaskResult.objects.all().delete()
    tasks.pick_up.call()
    run_waiting()
    assert Run.objects.filter(state=Run.State.DONE).count() == len(runs)


def test_run_that_a_task_waits_for_is_not_picked_up_twice(hettie: User, data: Path) -> None:
    bringing.bring_sample(by=hettie, now=NOW)
    assert list(slices.left_lying(now=NOW)) == []


def test_sample_shows_what_it_is_there_to_show(hettie: User, data: Path) -> None:
    bringing.bring_sample(by=hettie, now=NOW)
    run_waiting()
    held = set(Post.objects.values_list("uri", flat=True))
    wanted = ("r1", "r4", "r7", "r16", "w10", "d1", "g1", "t4", "c2", "p1", "l1")
    assert [key for key in wanted if sample.LINES[key].uri not in held] == []
    assert [key for key in ("r9", "c1") if sample.LINES[key].uri in held] == []
    talks = [Post.objects.get(uri=sample.LINES[key].uri).conversation for key in ("r1", "r10")]
    assert [(talk.posts, talk.missing) for talk in talks] == [(14, 0), (1, 1)]


def test_archive_is_taken_out_in_the_background(client: Client, hettie: User, data: Path) -> None:
    bringing.bring_sample(by=hettie, now=NOW)
    run_waiting()
    morags = Run.objects.get(source__account__handle="moraglintel")
    shown = client.get(f"/desk/archives/{morags.pk}/removal/").content.decode()
    client.post(f"/desk/archives/{morags.pk}/removal/")
    assert (
        shown.count("24 posts will be removed"),
        client.get("/desk/archives/").content.decode().count('<p class="hint">Removing</p>'),
    ) == (1, 1)
    run_waiting()
    assert (Run.objects.filter(pk=morags.pk).exists(), Post.objects.filter(author__handle="moraglintel").exists()) == (False, False)
    assert Run.objects.filter(state=Run.State.DONE).count() == 2


def test_run_that_never_read_anything_is_taken_out_at_once(client: Client, hettie: User, data: Path) -> None:
    [run, *_others] = bringing.bring_sample(by=hettie, now=NOW)
    client.post(f"/desk/archives/{run.pk}/removal/")
    assert (Run.objects.filter(pk=run.pk).exists(), len(list((data / "uploads").iterdir()))) == (False, 2)
