"""The command as a stranger to the code meets it: a process of its own, in a data folder of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HOMESPUN = [sys.executable, "-m", "homespun.config"]


@dataclass
class Homespun:
    """Runs `homespun` in one data folder."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("HOMESPUN_", "DJANGO_"))}
        return kept | {"HOMESPUN_DATA": str(self.data), **self.settings}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*HOMESPUN, *words], env=self.environment, capture_output=True, text=True, timeout=120)

    def json(self, *words: str) -> Any:
        done = self(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*HOMESPUN, *words], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )

    def at(self, data: Path) -> "Homespun":
        return Homespun(data, self.settings)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its database, to be copied: making one takes a second or two."""
    data = tmp_path_factory.mktemp("made") / "data"
    assert Homespun(data)("upgrade").returncode == 0
    return data


@pytest.fixture
def homespun(tmp_path: Path) -> Homespun:
    """In a data folder that is not there yet."""
    return Homespun(tmp_path / "data")


@pytest.fixture
def settled(tmp_path: Path, made: Path) -> Homespun:
    """In a data folder with an empty database."""
    subprocess.run(["cp", "-a", str(made), str(tmp_path / "data")], check=True)
    return Homespun(tmp_path / "data")
