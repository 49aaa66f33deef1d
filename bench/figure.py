"""What a benchmark gives back: one measured figure beside its goal."""

from dataclasses import dataclass
from typing import Literal

GRACE = 1.1  # a tenth: a ratio up to this much over its goal still holds


@dataclass(frozen=True)
class Figure:
    """A smaller value is better. Ratios (taken in one run) decide the exit status; milliseconds and the like only warn."""

    name: str
    value: float
    goal: float
    unit: str = ""
    kind: Literal["ratio", "ms"] = "ms"

    @property
    def holds(self) -> bool:
        return self.value <= self.goal * GRACE

    @property
    def decides(self) -> bool:
        return self.kind == "ratio"
