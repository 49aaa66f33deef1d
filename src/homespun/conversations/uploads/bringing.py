"""Beginning, stopping, going on, taking out."""

from datetime import datetime
from pathlib import Path

from homespun.conversations.models import Run, Upload
from homespun.conversations.uploads.recognition import Whose
from homespun.users.models import User


def bring_upload(*, by: User, now: datetime, upload: Upload, whose: Whose) -> Run:
    raise NotImplementedError


def bring(*, by: User, now: datetime, path: Path, name: str, whose: Whose, sample: bool = False) -> Run:
    raise NotImplementedError


def cancel(*, by: User, now: datetime, run: Run) -> None:
    raise NotImplementedError


def go_on(*, by: User, now: datetime, run: Run) -> None:
    raise NotImplementedError


def remove(*, by: User, now: datetime, run: Run) -> None:
    raise NotImplementedError


def bring_sample(*, by: User, now: datetime) -> list[Run]:
    raise NotImplementedError
