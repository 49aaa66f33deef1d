"""How fast a million posts are read: search newest first and ranked, as one types too, a conversation, and the Conversations page.

The posts are made once by `bench.million` and kept in a folder of their own (`HOMESPUN_BENCH`, else below the temporary files).
Milliseconds are those of the process at hand, with all that an answer holds: keys, count, cards, excerpts, rendered pages.
"""

import importlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figure import Figure
from bench.million import MILLION, fill

SIZE = int(os.environ.get("HOMESPUN_BENCH_POSTS", MILLION))


def measure() -> list[Figure]:
    ready()
    # Django's settings read the data folder when they are first imported, so what needs them comes in only now.
    figures: list[Figure] = importlib.import_module("bench.reading").figures()
    return figures


def ready() -> Path:
    """The data folder with the posts in it; made where it is not there yet."""
    folder = Path(os.environ.get("HOMESPUN_BENCH") or Path(tempfile.gettempdir()) / "homespun-bench") / f"read-{SIZE}"
    os.environ["HOMESPUN_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "homespun.config.settings"
    if not (folder / "filled").exists():
        began = time.perf_counter()
        print(f"  making {SIZE:,} posts, once", flush=True)
        homespun("doctor")
        fill(folder / "homespun.sqlite3", SIZE)
        homespun("upgrade")
        (folder / "filled").touch()
        print(f"  made in {time.perf_counter() - began:.0f} s", flush=True)
    return folder


def homespun(command: str) -> None:
    subprocess.run([str(Path(sys.executable).with_name("homespun")), command], check=True, capture_output=True)
