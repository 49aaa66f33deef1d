"""Real servers, started once for all of these tests. What they are made of is kept in `BSKY_TOOLS`, else beside our own environment."""

import os
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.bluesky import Network

HERE = Path(__file__).parent
SCRIPT = HERE / "bluesky_network" / "network.sh"
TOOLS = HERE.parents[1] / ".venv" / "bluesky-network"
PORTS = (0, 2, 3, 4, 7, 10, 11)  # behind the first


@pytest.fixture(scope="session")
def bluesky() -> Iterator[Network]:
    """A Bluesky network of its own: directory, personal data server, app view, stream. Empty at first."""
    folder = tempfile.mkdtemp(prefix="bluesky-")
    settings = {"BSKY_DIR": folder, "BSKY_PORT_BASE": str(free_ports()), "BSKY_PYTHON": sys.executable}
    environment = {"BSKY_TOOLS": str(TOOLS)} | dict(os.environ) | settings

    def said(command: str) -> str:
        done = subprocess.run([str(SCRIPT), command], env=environment, stdout=subprocess.PIPE, text=True, check=False, timeout=900)
        assert done.returncode == 0, f"the Bluesky network: {command} failed"
        return done.stdout

    try:
        network = Network(dict(line.split("=", 1) for line in shlex.split(said("start"))))
        yield network
        network.close()
    finally:
        said("destroy")


def free_ports() -> int:
    """The first of a row of ports that nobody has."""
    for first in range(21000, 32000, 20):
        if all(is_free(first + port) for port in PORTS):
            return first
    raise AssertionError("no free ports")


def is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
