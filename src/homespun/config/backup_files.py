"""The backups that lie in the data folder: their names, sizes and dates."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from homespun.config.environ import environ

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,90}\.zip")
NIGHTLY = re.compile(r"nightly-\d{8}-\d{6}\.zip")
LEFT = 24 * 3600  # seconds after which half a backup belongs to nobody


@dataclass(frozen=True)
class BackupFile:
    name: str
    size: int
    made_at: datetime

    @property
    def is_nightly(self) -> bool:
        return bool(NIGHTLY.fullmatch(self.name))


def backups_folder() -> Path:
    return environ.data / "backups"


def new_name(now: datetime, *, nightly: bool) -> str:
    return f"{'nightly' if nightly else 'homespun'}-{now.astimezone(UTC):%Y%m%d-%H%M%S}.zip"


def backup_files() -> list[BackupFile]:
    """All whole backups in the folder, newest first, whoever put them there."""
    found = []
    for path in backups_folder().glob("*.zip"):
        if backup_path(path.name):
            about = path.stat()
            found.append(BackupFile(path.name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC)))
    return sorted(found, key=lambda file: (file.made_at, file.name), reverse=True)


def backup_path(name: str) -> Path | None:
    """Where the backup of this name lies; None for anything else, so that no name leads out of the folder."""
    path = backups_folder() / name
    return path if NAME.fullmatch(name) and path.is_file() and not path.is_symlink() else None


def prune_nightly(keep: int) -> list[str]:
    """Delete all but the newest nightly backups; gives back the names of those deleted."""
    old = [file.name for file in backup_files() if file.is_nightly][keep:]
    for name in old:
        (backups_folder() / name).unlink(missing_ok=True)
    return old


def sweep_parts() -> None:
    """Delete halves of backups that a killed process left."""
    for pattern in ("*.zip.part", ".copy-*.sqlite3*", "..copy-*.sqlite3*"):
        for path in backups_folder().glob(pattern):
            if time.time() - path.stat().st_mtime > LEFT:
                path.unlink(missing_ok=True)
