"""What an import costs: its CPU beside the bare floor and beside twitter-to-sqlite on the same tweets, and its largest process.

python -m bench.ingest [TWEETS]
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.figure import Figure
from bench.tweets import write

TWEETS = 200_000
ROUNDS = 3
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
        rounds = [one_round(folder / str(number), tweets) for number in range(ROUNDS)]
    floors, ours, sizes, theirs = zip(*rounds, strict=True)
    figures = [
        Figure(f"importing {count:,} tweets, CPU to the floor's", median_ratio(ours, floors), 1.4, kind="ratio"),
        Figure("its largest process", max(sizes), 200, "MB", kind="ratio"),
        Figure(f"importing {count:,} tweets, CPU", median(ours), 60.0, "s"),
    ]
    if all(theirs):
        figures.append(Figure("importing, CPU to that of twitter-to-sqlite", median_ratio(ours, theirs), 0.6, kind="ratio"))
    return figures


def one_round(folder: Path, tweets: Path) -> tuple[float, float, float, float]:
    """CPU seconds of the floor and of an import, MB of its largest process, and CPU seconds of twitter-to-sqlite (0 without it), one
    after another, so that whatever else the machine does meets all of them."""
    own = os.environ | {"HOMESPUN_DATA": str(folder / "data")}
    folder.mkdir()
    spent([str(BIN / "homespun"), "doctor"], own, may_fail=True)
    floor, _ = spent([sys.executable, "-m", "bench.floor", str(tweets), str(folder / "floor.db")], own)
    ours, largest = spent([str(BIN / "homespun"), "collect", str(tweets.parent.parent), "--json"], own)
    peer, theirs = BIN / "twitter-to-sqlite", 0.0
    if peer.exists():
        only_name = tweets.with_name("tweet.js")  # that it knows
        only_name.hardlink_to(tweets)
        theirs, _ = spent([str(peer), "import", str(folder / "peer.db"), str(only_name)], own)
        only_name.unlink()
    return floor, ours, largest, theirs


def median_ratio(these: Sequence[float], those: Sequence[float]) -> float:
    return median(this / that for this, that in zip(these, those, strict=True))


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
