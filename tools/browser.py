"""Prints where a Chromium for the browser tests is: an installed one, else Playwright's own, else Debian's package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main() -> int:
    path = os.environ.get("HOMESPUN_TEST_BROWSER") or installed() or playwrights() or debians()
    if not path:
        print("There is no Chromium here, and none could be installed. Install chromium, then run this again.", file=sys.stderr)
        return 1
    print(path)
    return 0


def installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def playwrights() -> str | None:
    run(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium-headless-shell")
    found = sorted((Path.home() / ".cache/ms-playwright").glob("chromium*/chrome-*linux*/*shell"))
    return str(found[-1]) if found else None


def debians() -> str | None:
    if shutil.which("apt-get") and run("apt-get", "update") and run("apt-get", "install", "-y", "--no-install-recommends", "chromium"):
        return installed()
    return None


def run(*command: str) -> bool:
    """What it says goes to standard error: standard output is the answer."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, stdout=sys.stderr, env=environment, timeout=240).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    sys.exit(main())
