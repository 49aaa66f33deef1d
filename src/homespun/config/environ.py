"""The only reader of the environment: every setting that an operator can make, typed, with its default."""

import os
import sys
from argparse import ArgumentError, ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ADDRESS = "address"  # of the data folder: where `serve` was reached last, so that the commands beside it print links that lead there
DEFAULT_URL = "http://127.0.0.1:8000"


def data_folder() -> Path:
    return Path(os.environ.get("HOMESPUN_DATA", "homespun-data")).absolute()


@dataclass(frozen=True)
class Address:
    """Where the pages are served."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.shown_host}:{self.port}"

    @property
    def shown_host(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"[{host}]" if ":" in host else host


def address() -> str:
    """What is set; else where this very `serve` listens; else what the last one noted; else where it listens by itself."""
    set_or_told = os.environ.get("HOMESPUN_URL") or told_address(sys.argv)
    return (set_or_told or noted_address(data_folder()) or DEFAULT_URL).rstrip("/")


def told_address(argv: Sequence[str]) -> str:
    """Where `homespun serve` is told to listen, as its processes are forked with its own settings. Empty for other commands."""
    if list(argv[1:2]) != ["serve"]:
        return ""
    parser = ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    try:
        told, _others = parser.parse_known_args(argv[2:])
    except ArgumentError:  # the command itself says what is wrong
        return ""
    return Address(told.host, told.port).url


def noted_address(data: Path) -> str:
    try:
        return (data / ADDRESS).read_text(encoding="utf8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def address_is_known() -> bool:
    return bool(os.environ.get("HOMESPUN_URL") or noted_address(data_folder()))


@dataclass(frozen=True)
class Environ:
    """What the environment says. Documented row by row in docs/operating.md."""

    data: Path = field(default_factory=data_folder)
    url: str = field(default_factory=address)
    url_is_known: bool = field(default_factory=address_is_known)  # set, or noted by `serve`: not only where it listens by itself
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
