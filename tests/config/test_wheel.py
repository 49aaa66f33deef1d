"""A built wheel holds all that pages need: whoever installs it needs no Node and no checkout."""

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.config.conftest import Homespun
from tests.config.test_serve import asked, free_port, serving

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel alone, unpacked before everything else on the path; its dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("homespun-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", str(folder / "site"), str(wheel)], check=True)
    return folder / "site"


def test_a_wheel_serves_its_pages_and_what_they_need(installed: Path, tmp_path: Path) -> None:
    homespun = Homespun(tmp_path / "data", {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"})
    port = free_port()
    with serving(homespun, port):
        assert asked(f"http://127.0.0.1:{port}/healthz")["well"] is True
        for name in ("parts/htmx.min.js", "parts/icons.svg", "parts/homespun.css", "parts/fonts/figtree-latin.woff2"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/static/{name}", timeout=10) as answer:
                assert answer.status == 200
    findings = {finding["name"]: finding["state"] for finding in homespun.json("doctor")["findings"]}
    assert (findings["parts"], findings["database"]) == ("well", "well")


def test_a_wheel_carries_the_licence(installed: Path) -> None:
    (licence,) = installed.glob("homespun-*.dist-info/licenses/LICENSE")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in licence.read_text()
