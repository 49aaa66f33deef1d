"""What to say of a file that no network can import: what it is, and what to do instead."""

import re
import zipfile
from pathlib import Path

from homespun.networks.said import Said
from homespun.networks.said import said as _

HEAD = 1 << 16  # bytes that are looked at
NAMES = 5_000  # files of a zip that are looked at
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
PACKED = ((b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "RAR"))
STORIFY = re.compile(rb"storify\.com/|\"storify\"|storify-common", re.IGNORECASE)
WORDPRESS = re.compile(rb"xmlns:wp=[\"']https?://wordpress\.org/export/")
TWEETS_CSV = re.compile(rb"\"?tweet_id\"?,\"?in_reply_to_status_id", re.IGNORECASE)
MESSAGES = re.compile(r"(?:^|/)(?:direct-messages?(?:-group)?(?:-headers)?|like|account|profile)(?:-part\d+)?\.js$")


def explain(path: Path) -> Said:
    """Why what lies at this path can't be imported."""
    if path.is_dir():
        return _explain_folder(path)
    with path.open("rb") as file:
        start = file.read(HEAD)
    return _explain_zip(path) if start.startswith(ZIP) else explain_start(path.name, start)


def is_wordpress(path: Path) -> bool:
    """Whether this is a file that WordPress exported."""
    if not path.is_file():  # a pipe would be waited for
        return False
    try:
        with path.open("rb") as file:
            return WORDPRESS.search(file.read(HEAD)) is not None
    except OSError:  # whoever opens it says why
        return False


def explain_start(name: str, start: bytes) -> Said:
    """The same of a file that isn't a zip, by how it begins: the rest may not have arrived."""
    for magic, kind in PACKED:
        if start.startswith(magic):
            return _("“%(name)s” is a %(kind)s file, which Homespun can’t open. Unpack it, then upload the folder.", name=name, kind=kind)
    if start[:2] == b"\x1f\x8b" or start[257:262] == b"ustar":
        return _(
            "“%(name)s” isn’t a Mastodon export: it has no outbox.json. If it holds another archive, unpack it, then upload the folder.",
            name=name,
        )
    if TWEETS_CSV.match(start.removeprefix(b"\xef\xbb\xbf").lstrip()):
        return _(
            "“%(name)s” is only the list from an old X archive. Upload the whole .zip, or the folder that “%(name)s” is in.", name=name
        )
    if WORDPRESS.search(start):
        return _(
            "“%(name)s” is a WordPress export, which Homespun can’t import yet. Add the blog’s address in Settings > Listening instead.",
            name=name,
        )
    if STORIFY.search(start):
        return _(
            "“%(name)s” is a Storify story, which Homespun can’t import yet. Import the archives of the people quoted in it instead.",
            name=name,
        )
    if MESSAGES.search(name):
        return _without_posts(name)
    return not_an_archive(name)


def not_an_archive(name: str) -> Said:
    return _("“%(name)s” isn’t an archive. Upload the .zip you downloaded from X, Mastodon or Bluesky.", name=name)


def _without_posts(name: str) -> Said:
    return _("“%(name)s” is from an X archive, but has no posts. Upload the whole .zip that you downloaded from X.", name=name)


def _explain_folder(path: Path) -> Said:
    files = [file.relative_to(path).as_posix() for file in sorted(path.rglob("*")) if file.is_file()][:NAMES]
    if not files:
        return _("The folder “%(name)s” is empty. Choose the folder you unpacked the archive into.", name=path.name)
    if inner := next((name for name in files if name.lower().endswith(".zip")), ""):
        return _("The folder “%(name)s” has a zip in it. Upload “%(inner)s” instead.", name=path.name, inner=inner)
    if any(MESSAGES.search(name) for name in files):
        return _without_posts(path.name)
    return _("The folder “%(name)s” has no archive in it. Choose the folder that holds “data”, or upload the .zip.", name=path.name)


def _explain_zip(path: Path) -> Said:
    with zipfile.ZipFile(path) as opened:
        files = [info.filename for info in opened.infolist()[:NAMES] if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    if not files:
        return _("“%(name)s” is an empty zip. Download it again from X, Mastodon or Bluesky.", name=path.name)
    if inner := next((name for name in files if name.lower().endswith(".zip")), ""):
        return _("“%(name)s” has another zip in it. Unpack it, then upload “%(inner)s”.", name=path.name, inner=inner.rpartition("/")[2])
    if any(MESSAGES.search(name) for name in files):
        return _without_posts(path.name)
    if any(name.rpartition("/")[2] == "tweets.csv" for name in files):
        return _(
            "“%(name)s” has tweets.csv, but not the posts in data/js/tweets. Upload the whole .zip that you downloaded from X.",
            name=path.name,
        )
    return not_an_archive(path.name)
