"""The only reader of the environment: every setting that an operator can make, typed, with its default."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ADDRESS = "address"  # of the data folder: where `serve` was reached last, so that the commands beside it print links that lead there
DEFAULT_URL = "http://127.0.0.1:8000"


def data_folder() -> Path:
    return Path(os.environ.get("HOMESPUN_DATA", "homespun-data")).absolute()


def address() -> str:
    """What is set; else what `serve` has noted; else where it listens by itself."""
    return (os.environ.get("HOMESPUN_URL") or noted_address(data_folder()) or DEFAULT_URL).rstrip("/")


def noted_address(data: Path) -> str:
    try:
        return (data / ADDRESS).read_text(encoding="utf8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


@dataclass(frozen=True)
class Environ:
    """What the environment says. Documented row by row in docs/operating.md."""

    data: Path = field(default_factory=data_folder)
    url: str = field(default_factory=address)
    debug: bool = field(default_factory=lambda: os.environ.get("HOMESPUN_DEBUG", "") == "1")
    email_url: str = field(default_factory=lambda: os.environ.get("HOMESPUN_EMAIL_URL", ""))
    email_from: str = field(default_factory=lambda: os.environ.get("HOMESPUN_EMAIL_FROM", ""))
    allow_addresses: str = field(default_factory=lambda: os.environ.get("HOMESPUN_ALLOW_ADDRESSES", ""))
    bluesky_appview: str = field(default_factory=lambda: os.environ.get("HOMESPUN_BLUESKY_APPVIEW", ""))
    bluesky_plc: str = field(default_factory=lambda: os.environ.get("HOMESPUN_BLUESKY_PLC", ""))
    bluesky_stream: str = field(default_factory=lambda: os.environ.get("HOMESPUN_BLUESKY_STREAM", ""))

    @property
    def split_url(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def is_secure(self) -> bool:
        return self.split_url.scheme == "https"


environ = Environ()
