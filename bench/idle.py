"""What `homespun serve` costs while nothing happens: CPU of all its processes, and the memory that they take together.

Small servers have one slow core and 512 MB. The memory is PSS: what processes share is counted once.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.figure import Figure

SETTLING = 20.0  # seconds after the first answer
LOOKING = 65.0  # seconds: every minute the schedule comes round
CPU, MEMORY = 1.0, 200.0  # goals: per cent of a core, and MB
TICKS = os.sysconf("SC_CLK_TCK")


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMESPUN_")} | {"HOMESPUN_DATA": folder}
        port = free_port()
        words = [sys.executable, "-m", "homespun.config", "serve", "--port", str(port)]
        serve = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}")
            time.sleep(SETTLING)
            return figures(serve.pid)
        finally:
            serve.send_signal(signal.SIGTERM)
            serve.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def wait_until_it_answers(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def figures(serve: int) -> list[Figure]:
    processes = with_children(serve)
    before, begun = sum(map(cpu_seconds, processes)), time.monotonic()
    time.sleep(LOOKING)
    per_cent = (sum(map(cpu_seconds, processes)) - before) / (time.monotonic() - begun) * 100
    return [
        Figure(f"CPU of an idle serve ({len(processes)} processes)", per_cent, CPU, "%", "ratio"),
        Figure("Memory of an idle serve (PSS)", sum(map(pss, processes)), MEMORY, "MB", "ratio"),
    ]


def with_children(process: int) -> list[int]:
    found = [process]
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += with_children(int(child))
    return found


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def pss(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
