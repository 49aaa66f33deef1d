"""A published story of fifty items: rendered, kept, and on the line. Measured in a process and a data folder of its own."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figure import Figure


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        around = os.environ | {"HOMESPUN_DATA": folder, "DJANGO_SETTINGS_MODULE": "homespun.config.settings"}
        subprocess.run([str(Path(sys.executable).with_name("homespun")), "story", "list"], check=True, capture_output=True, env=around)
        made = subprocess.run([sys.executable, "-m", "bench.telling"], check=True, stdout=subprocess.PIPE, env=around)
    return [Figure(*figure) for figure in json.loads(made.stdout)]
