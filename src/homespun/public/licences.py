"""The licences of fonts and scripts that stand in the pages, as they came with them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

FOLDER = "parts/licences"


@dataclass(frozen=True)
class Licence:
    name: str
    text: str


@cache
def licences() -> list[Licence]:
    """None where the parts have not been fetched yet."""
    folder = finders.find(FOLDER)
    found = sorted(Path(folder).glob("*.txt")) if isinstance(folder, str) else []
    return [Licence(path.stem, path.read_text(encoding="utf-8", errors="replace")) for path in found]
