"""`make bench`: every figure beside its goal; the exit status says whether the ratios hold.

python -m bench.run [ingest] [read] [story] [mastodon] [bluesky] [idle]
"""

import importlib
import sys

from bench.figure import Figure

NAMES = ("ingest", "read", "story", "mastodon", "bluesky", "idle")


def main(names: list[str]) -> int:
    figures = [figure for name in names or NAMES for figure in measured(name)]
    missed = [figure for figure in figures if figure.decides and not figure.holds]
    print(f"\n{len(figures)} figures, {len(missed)} ratios over their goal by more than a tenth.")
    return 1 if missed or not figures else 0


def measured(name: str) -> list[Figure]:
    print(f"\n{name}", flush=True)
    figures: list[Figure] = importlib.import_module(f"bench.{name}").measure()
    for figure in figures:
        print(line(figure), flush=True)
    return figures


def line(figure: Figure) -> str:
    verdict = "holds" if figure.value <= figure.goal else "within grace" if figure.holds else "MISSED" if figure.decides else "slow"
    return f"  {figure.name:<58} {figure.value:>10.2f} {figure.unit:<6} goal {figure.goal:>8.2f}  {verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
