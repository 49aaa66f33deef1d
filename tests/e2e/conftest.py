"""The product as a whole: `homespun serve` in a throw-away data folder, and a browser that is sent to it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.look import Eyes

COMMAND = str(Path(sys.executable).with_name("homespun"))


@dataclass(frozen=True)
class Product:
    """A running Homespun."""

    url: str
    data: Path
    claim: str

    def run(self, *words: str) -> str:
        """What `homespun WORDS` prints beside the running server."""
        done = subprocess.run([COMMAND, *words], env=environment(self.data, self.url), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    data = tmp_path_factory.mktemp("product") / "data"
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = data.parent / "serve.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port)],
            env=environment(data, url),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Product(url, data, waited_for_claim(process, log))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def environment(data: Path, url: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HOMESPUN_", "DJANGO_"))}
    return kept | {"HOMESPUN_DATA": str(data), "HOMESPUN_URL": url}


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def waited_for_claim(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(600):
        found = re.search(r"http://\S+/claim/\S+", log.read_text())
        if found:
            return found[0].rstrip(".")
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(f"no claim address was printed:\n{log.read_text()}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a new visitor on a desk, whose console errors and requests to elsewhere fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/London")
    opened = context.new_page()
    eyes = Eyes(opened)
    yield opened
    context.close()
    assert eyes.trouble == []
