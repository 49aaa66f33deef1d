"""Taking an archive out: the pictures that only it held go with it, and never under the hands of another reading."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from homespun.conversations import actions
from homespun.conversations.actions import media as reading_media
from homespun.conversations.models import Post, PostMedia, Source
from homespun.core import media
from homespun.core.models import MediaFile
from tests.conversations.test_collect import NOW, archive, collected, own_folder

__all__ = ["archive", "own_folder"]
pytestmark = pytest.mark.django_db


def remove() -> None:
    actions.remove_source(by=None, now=NOW, source=Source.objects.get())


def test_picture_goes_with_its_archive(archive: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    collected(archive)
    path = media.path_of(MediaFile.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        remove()
    assert (Post.objects.count(), MediaFile.objects.count(), path.exists()) == (0, 0, False)


def test_picture_that_is_brought_again_meanwhile_stays(archive: Path, django_capture_on_commit_callbacks: Any) -> None:
    collected(archive)
    path = media.path_of(MediaFile.objects.get())
    with django_capture_on_commit_callbacks() as waiting:
        remove()
    with path.open("rb") as picture:
        media.keep(picture, now=NOW)
    for callback in waiting:
        callback()
    assert (MediaFile.objects.count(), path.exists()) == (1, True)


def test_picture_that_was_just_taken_out_is_not_pointed_at(archive: Path) -> None:
    collected(archive)
    found = PostMedia.objects.get()
    PostMedia.objects.update(file=None)
    gone = found.file_id
    assert gone is not None
    MediaFile.objects.all().delete()
    reading_media.attach({found.name: gone})
    assert PostMedia.objects.get().file_id is None
