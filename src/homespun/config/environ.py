"""The only reader of the environment: every setting that an operator can make, typed, with its default."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True)
class Environ:
    """What the environment says. Documented row by row in docs/operating.md."""

    data: Path = field(default_factory=lambda: Path(os.environ.get("HOMESPUN_DATA", "homespun-data")).absolute())
    url: str = field(default_factory=lambda: os.environ.get("HOMESPUN_URL", "http://127.0.0.1:8000").rstrip("/"))
    debug: bool = field(default_factory=lambda: os.environ.get("HOMESPUN_DEBUG", "") == "1")
    email_url: str = field(default_factory=lambda: os.environ.get("HOMESPUN_EMAIL_URL", ""))
    email_from: str = field(default_factory=lambda: os.environ.get("HOMESPUN_EMAIL_FROM", ""))
    allow_addresses: str = field(default_factory=lambda: os.environ.get("HOMESPUN_ALLOW_ADDRESSES", ""))

    @property
    def split_url(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def is_secure(self) -> bool:
        return self.split_url.scheme == "https"


environ = Environ()
