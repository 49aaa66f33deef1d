"""Bundles: each list of imports in `static/css` becomes one file, so that a page asks for one stylesheet.

Sources stay as they are written; the bundle carries a digest of them, so that a stale one is never linked.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
SOURCES = STATIC / "css"
BUNDLES = STATIC / "parts"
NAMES = ("homespun", "public")

IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\((\w+)\))?;')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def link(name: str, *, debug: bool) -> str:
    """The static path of a stylesheet: its source while one works on it or where no fresh bundle lies, else the bundle."""
    return f"css/{name}.css" if debug or not is_fresh(name) else f"parts/{name}.css"


@cache
def is_fresh(name: str) -> bool:
    bundle = BUNDLES / f"{name}.css"
    return bundle.exists() and bundle.read_text(encoding="utf-8").startswith(stamp(name))


def build(name: str) -> Path:
    """Write the bundle of one list and return where it lies."""
    bundle = BUNDLES / f"{name}.css"
    BUNDLES.mkdir(exist_ok=True)
    bundle.write_text(stamp(name) + compact(inlined(SOURCES / f"{name}.css")), encoding="utf-8")
    return bundle


def stamp(name: str) -> str:
    digest = hashlib.sha256(inlined(SOURCES / f"{name}.css").encode()).hexdigest()
    return f"/* {digest[:16]} */\n"


def inlined(path: Path) -> str:
    """The text of a stylesheet with each import replaced by what it names, wrapped in its layer."""

    def included(match: re.Match[str]) -> str:
        text = inlined(path.parent / match[1])
        return f"@layer {match[2]} {{\n{text}\n}}" if match[2] else text

    return IMPORT.sub(included, path.read_text(encoding="utf-8"))


def compact(text: str) -> str:
    """Without comments and without the white space that only people need."""
    text = re.sub(r"\s+", " ", COMMENT.sub("", text))
    return re.sub(r"\s*([{};,>])\s*", r"\1", text).replace(";}", "}").strip() + "\n"
