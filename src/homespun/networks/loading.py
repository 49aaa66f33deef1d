"""Names of a package that are loaded when somebody first asks for them: whoever reads an archive of X waits for no other network."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def later(package: str, places: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package (PEP 562) whose names stand in these modules of it."""

    def found(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"{package} has no {name}")
        return getattr(import_module(f"{package}.{places[name]}"), name)

    return found
