"""What an import costs: its CPU beside the bare floor and beside twitter-to-sqlite on the same tweets, and its largest process.

python -m bench.ingest [TWEETS]
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figure import Figure
from bench.tweets import write

TWEETS = 200_000
BIN = Path(sys.executable).parent
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def measure(count: int = TWEETS) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tweets = write(folder / "archive", count)
        own = os.environ | {"HOMESPUN_DATA": str(folder / "data")}
        spent([str(BIN / "homespun"), "doctor"], own, may_fail=True)
        floor, _ = spent([sys.executable, "-m", "bench.floor", str(tweets), str(folder / "floor.db")], own)
        ours, largest = spent([str(BIN / "homespun"), "collect", str(folder / "archive"), "--json"], own)
        figures = [
            Figure(f"importing {count:,} tweets, CPU to the floor's", ours / floor, 2.0, kind="ratio"),
            Figure("its largest process", largest, 200, "MB", kind="ratio"),
        ]
        peer = BIN / "twitter-to-sqlite"
        if peer.exists():
            old_name = tweets.rename(tweets.with_name("tweet.js"))  # the only name that it knows
            theirs, _ = spent([str(peer), "import", str(folder / "peer.db"), str(old_name)], own)
            figures.append(Figure("importing, CPU to that of twitter-to-sqlite", ours / theirs, 2 / 3, kind="ratio"))
        return figures


def spent(command: list[str], environment: dict[str, str], *, may_fail: bool = False) -> tuple[float, float]:
    """CPU seconds and MB of the largest process."""
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], env=environment, capture_output=True, text=True, check=not may_fail
    )
    if measured.returncode:
        return 0.0, 0.0
    seconds, kilobytes = measured.stdout.split()
    return float(seconds), int(kilobytes) / 1024


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TWEETS
    for figure in measure(count):
        print(f"{figure.name}: {figure.value:.2f} {figure.unit} (goal {figure.goal:.2f})")
